//! One fetch of a key set over HTTP: which documents are asked for, and what is accepted as answer.
//!
//! Nothing is remembered between fetches; discovery runs each time, so a moved `jwks_uri` is
//! followed no later than the key set itself would be.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::{Client, redirect};
use serde_json::Value;
use url::Url;

use super::key_set::KeySet;
use super::strict::json_object;
use super::url_rules::{is_loopback, out_of_document};

/// Where the key set is.
#[derive(Clone)]
pub(super) enum Location {
    /// At this URL.
    Endpoint(Url),
    /// Where the issuer says. `name` is the issuer as configured, `url` the same parsed.
    Issuer { name: String, url: Url },
}

impl Location {
    const fn configured_url(&self) -> &Url {
        match self {
            Self::Endpoint(url) | Self::Issuer { url, .. } => url,
        }
    }

    /// For logs.
    pub(super) fn without_query(&self) -> Url {
        without_query(self.configured_url())
    }
}

/// How much an answer may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) total: Duration,
    pub(super) connect: Duration,
    pub(super) body: usize,
}

pub(super) struct Fetcher {
    client: Client,
    location: Location,
    limits: Limits,
}

/// What a document request found.
enum Reply {
    Document(Vec<u8>),
    /// There is no such document (or none for us).
    Absent,
}

impl Fetcher {
    pub(super) fn new(location: Location, limits: Limits) -> Result<Self, reqwest::Error> {
        let configured = location.configured_url();
        let builder = Client::builder()
            .user_agent(concat!("pico-auth/", env!("CARGO_PKG_VERSION")))
            // A redirect would lead past the rules on URLs.
            .redirect(redirect::Policy::none())
            .connect_timeout(limits.connect)
            .timeout(limits.total);
        let builder = if is_loopback(configured) {
            // A proxy's loopback is not ours.
            builder.no_proxy()
        } else {
            builder.https_only(true)
        };
        Ok(Self {
            client: builder.build()?,
            location,
            limits,
        })
    }

    /// Fetches the key set, discovery included, within the total time.
    pub(super) async fn key_set(&self) -> Result<KeySet, FetchError> {
        tokio::time::timeout(self.limits.total, self.locate_and_get())
            .await
            .unwrap_or_else(|_| Err(FetchError::new(self.location.configured_url(), "timed out")))
    }

    async fn locate_and_get(&self) -> Result<KeySet, FetchError> {
        let url = match &self.location {
            Location::Endpoint(url) => url.clone(),
            Location::Issuer { name, url } => self.discover(name, url).await?,
        };
        match self.get(&url).await? {
            Reply::Document(body) => KeySet::parse(&body).map_err(|why| FetchError::new(&url, why)),
            Reply::Absent => Err(FetchError::new(&url, "there is no key set")),
        }
    }

    /// Finds the key set of an issuer: `OpenID` Connect Discovery §4, then RFC 8414 §3, then the place
    /// where pico-server-auth has it. Only the absence of a document leads on to the next: an
    /// attacker who can make one fail must not choose which is believed.
    async fn discover(&self, name: &str, issuer: &Url) -> Result<Url, FetchError> {
        let path = issuer.path().trim_end_matches('/');
        let at = |path: &str| {
            let mut url = issuer.clone();
            url.set_path(path);
            url
        };
        let metadata = [
            at(&format!("{path}/.well-known/openid-configuration")),
            at(&format!("/.well-known/oauth-authorization-server{path}")),
        ];
        for url in metadata {
            if let Reply::Document(body) = self.get(&url).await? {
                return jwks_uri(&body, name, issuer).map_err(|why| FetchError::new(&url, why));
            }
        }
        Ok(at(&format!("{path}/api/v1/auth/jwks")))
    }

    async fn get(&self, url: &Url) -> Result<Reply, FetchError> {
        let failed = |error: reqwest::Error| FetchError {
            cause: Some(error.without_url()),
            ..FetchError::new(url, "the request failed")
        };
        let request = self
            .client
            .get(url.clone())
            .header(ACCEPT, "application/json");
        let mut response = request.send().await.map_err(failed)?;
        match response.status().as_u16() {
            200 => {}
            401 | 403 | 404 | 405 => return Ok(Reply::Absent),
            300..=399 => return Err(FetchError::new(url, "redirects are not followed")),
            _ => return Err(FetchError::new(url, "the status is not 200")),
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(FetchError::new(url, "the document is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply::Document(body))
    }
}

/// Reads a metadata document. Its `issuer` must be the configured one, exactly (RFC 8414 §3.3):
/// another issuer's keys would make another issuer's tokens ours.
fn jwks_uri(document: &[u8], name: &str, issuer: &Url) -> Result<Url, &'static str> {
    let document =
        json_object(document).ok_or("not a JSON object, or one with duplicate members")?;
    if document.get("issuer").and_then(Value::as_str) != Some(name) {
        return Err("its `issuer` is not the configured issuer");
    }
    let uri = document.get("jwks_uri").and_then(Value::as_str);
    out_of_document(uri.ok_or("it has no `jwks_uri`")?, issuer).map_err(
        |_| "its `jwks_uri` is not allowed: it must be https and not point back at this host",
    )
}

/// A query may hold an API key.
fn without_query(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url
}

/// Why there is no key set. For logs only.
#[derive(Debug)]
pub(super) struct FetchError {
    url: String,
    why: &'static str,
    cause: Option<reqwest::Error>,
}

impl FetchError {
    pub(super) fn new(url: &Url, why: &'static str) -> Self {
        Self {
            url: without_query(url).into(),
            why,
            cause: None,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GET {}: {}", self.url, self.why)?;
        // The whole chain in one line, and therefore no `source`: reporters would say it twice.
        let mut cause = self.cause.as_ref().map(|cause| cause as &dyn Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for FetchError {}
