//! Connections to one Redis server: which URLs are taken, and TLS.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, IntoConnectionInfo, RedisConnectionInfo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::error::AuthConfigurationError;

const DEFAULT_PORT: u16 = 6379;

/// Why something with Redis failed, for logs.
pub(super) type Fault = Box<dyn std::error::Error + Send + Sync>;

pub(super) struct Server {
    host: Box<str>,
    port: u16,
    login: RedisConnectionInfo,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    pub(super) timeout: Duration,
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Server {
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `redis_url` and `redis_root_pem`, without the text: it may hold a
    /// password.
    pub(super) fn new(
        url: &str,
        plaintext: bool,
        root_pem: Option<&[u8]>,
        timeout: Duration,
    ) -> Result<Self, AuthConfigurationError> {
        let wrong = |problem: &'static str| AuthConfigurationError::new("redis_url", problem);
        let parsed = Url::parse(url).map_err(|_| wrong("is not an absolute URL"))?;
        if parsed.query().is_some() || parsed.fragment().is_some() {
            // `#insecure` would switch the verification of certificates off.
            return Err(wrong("must have neither a query nor a fragment"));
        }
        let encrypted = match parsed.scheme() {
            "rediss" => true,
            "redis" if plaintext || is_loopback(&parsed) => false,
            "redis" => {
                return Err(wrong(
                    "must be rediss: only loopback may be redis, or what \
                     `danger::allow_plaintext_redis` permits",
                ));
            }
            _ => return Err(wrong("must be `rediss://host:port/database`")),
        };
        // TLS is ours; the rest of the URL has the same meaning without it.
        let rest = parsed.as_str().trim_start_matches(parsed.scheme());
        let info = format!("redis{rest}").into_connection_info();
        let info = info.map_err(|_| wrong("is not `rediss://user:password@host:port/database`"))?;
        let host = match parsed.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(wrong("has no host")),
        };
        let tls = if encrypted {
            let name = ServerName::try_from(host.clone());
            let name = name.map_err(|_| wrong("has no valid host name"))?;
            Some((connector(root_pem)?, name))
        } else {
            None
        };
        Ok(Self {
            host: host.into(),
            port: parsed.port().unwrap_or(DEFAULT_PORT),
            login: info.redis_settings().clone(),
            tls,
            timeout,
        })
    }

    /// For logs.
    pub(super) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(super) async fn commands(&self) -> Result<MultiplexedConnection, Fault> {
        let stream = self.stream().await?;
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(self.timeout));
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&self.login, stream, config).await?;
        // Ends with the last clone of the connection.
        tokio::spawn(driver);
        Ok(connection)
    }

    pub(super) async fn subscriber(&self) -> Result<PubSub, Fault> {
        let stream = self.stream().await?;
        Ok(PubSub::new(&self.login, stream).await?)
    }

    async fn stream(&self) -> Result<Box<dyn Stream>, Fault> {
        let stream = TcpStream::connect((&*self.host, self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(match &self.tls {
            None => Box::new(stream),
            Some((connector, name)) => Box::new(connector.connect(name.clone(), stream).await?),
        })
    }
}

/// The crypto back-end is named here: the process-wide one panics where a user's tree has none or two.
fn connector(root_pem: Option<&[u8]>) -> Result<TlsConnector, AuthConfigurationError> {
    let wrong = |key, problem: String| AuthConfigurationError::new(key, problem);
    let no_tls = |error| wrong("redis_url", format!("TLS cannot be set up: {error}"));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(no_tls)?;
    let builder = match root_pem {
        None => builder.with_platform_verifier().map_err(no_tls)?,
        Some(pem) => {
            let problem = "is not a PEM file of certificates";
            let bad = || wrong("redis_root_pem", problem.to_owned());
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|_| bad())?;
                roots.add(certificate).map_err(|_| bad())?;
            }
            if roots.is_empty() {
                return Err(bad());
            }
            builder.with_root_certificates(roots)
        }
    };
    Ok(TlsConnector::from(Arc::new(builder.with_no_client_auth())))
}

fn is_loopback(url: &Url) -> bool {
    // A URL of this scheme keeps its host as it is written, addresses included.
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    })
}
