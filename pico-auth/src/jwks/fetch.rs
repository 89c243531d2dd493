//! One fetch of a key set over HTTP: which documents are asked for, and what is accepted as answer.
//!
//! Nothing is remembered between fetches; discovery runs each time, so a moved `jwks_uri` is
//! followed no later than the key set itself would be.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::key_set::KeySet;
use crate::error::AuthConfigurationError;
use crate::fetch::url_rules::out_of_document;
use crate::fetch::{FetchError, HttpClient, Limits, Reply, without_query};
use crate::strict::json_object;

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

/// What a fetch has brought.
pub(super) struct Fetched {
    pub(super) keys: KeySet,
    /// How long the issuer says they may be kept.
    pub(super) max_age: Option<Duration>,
}

pub(super) struct Fetcher {
    client: HttpClient,
    location: Location,
}

impl Fetcher {
    pub(super) fn new(location: Location, limits: Limits) -> Result<Self, AuthConfigurationError> {
        Ok(Self {
            client: HttpClient::new("jwks_endpoint", location.configured_url(), limits)?,
            location,
        })
    }

    pub(super) const fn location(&self) -> &Location {
        &self.location
    }

    /// Fetches the key set, discovery included, within the total time.
    pub(super) async fn key_set(&self) -> Result<Fetched, FetchError> {
        tokio::time::timeout(self.client.limits().total, self.locate_and_get())
            .await
            .unwrap_or_else(|_| {
                Err(FetchError::of_document(
                    self.location.configured_url(),
                    "timed out",
                ))
            })
    }

    async fn locate_and_get(&self) -> Result<Fetched, FetchError> {
        let url = match &self.location {
            Location::Endpoint(url) => url.clone(),
            Location::Issuer { name, url } => self.discover(name, url).await?,
        };
        let (reply, max_age) = self.client.get_with_max_age(&url).await?;
        match reply {
            Reply::Document(body) => KeySet::parse(&body)
                .map(|keys| Fetched { keys, max_age })
                .map_err(|why| FetchError::of_document(&url, why)),
            Reply::Absent => Err(FetchError::of_document(&url, "there is no key set")),
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
            if let Reply::Document(body) = self.client.get(&url).await? {
                return jwks_uri(&body, name, issuer)
                    .map_err(|why| FetchError::of_document(&url, why));
            }
        }
        Ok(at(&format!("{path}/api/v1/auth/jwks")))
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
