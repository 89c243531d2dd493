//! The HTTP client: no redirects, no plain http but to loopback, an end to everything.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, redirect};
use url::Url;

use super::freshness::max_age;
use super::url_rules::is_loopback;
use crate::error::AuthConfigurationError;
use crate::token::RawToken;

/// How much an answer may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) total: Duration,
    pub(crate) connect: Duration,
    pub(crate) body: usize,
}

/// A client for the server at one configured URL.
pub(crate) struct HttpClient {
    client: Client,
    limits: Limits,
}

/// What a document request found.
pub(crate) enum Reply {
    Document(Vec<u8>),
    /// There is no such document (or none for us).
    Absent,
}

impl HttpClient {
    /// A client for the URL of the setting `key`.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `key` where TLS cannot be set up.
    pub(crate) fn new(
        key: &'static str,
        configured: &Url,
        limits: Limits,
    ) -> Result<Self, AuthConfigurationError> {
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
        let client = builder.build().map_err(|error| {
            let problem = format!("the HTTP client cannot be set up: {error:?}");
            AuthConfigurationError::new(key, problem)
        })?;
        Ok(Self { client, limits })
    }

    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }

    /// Asks for a JSON document.
    pub(crate) async fn get(&self, url: &Url) -> Result<Reply, FetchError> {
        self.get_as(url, None).await
    }

    /// Asks for a JSON document, and for how long the server says it may be kept.
    pub(crate) async fn get_with_max_age(
        &self,
        url: &Url,
    ) -> Result<(Reply, Option<Duration>), FetchError> {
        let request = self.client.get(url.clone());
        let (reply, headers) = self.exchange("GET", url, request, None).await?;
        Ok((reply, max_age(&headers)))
    }

    /// Posts a form, and asks for a JSON document in return. The form and `authorization` may hold
    /// secrets; neither gets into errors.
    pub(crate) async fn post_form(
        &self,
        url: &Url,
        form: String,
        authorization: Option<&HeaderValue>,
    ) -> Result<Reply, FetchError> {
        let request = self.client.post(url.clone()).body(form);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (reply, _) = self.exchange("POST", url, request, authorization).await?;
        Ok(reply)
    }

    /// Asks for a JSON document with this `Authorization`, if any.
    pub(crate) async fn get_as(
        &self,
        url: &Url,
        authorization: Option<&HeaderValue>,
    ) -> Result<Reply, FetchError> {
        let request = self.client.get(url.clone());
        let (reply, _) = self.exchange("GET", url, request, authorization).await?;
        Ok(reply)
    }

    /// Sends a request of this client to `url`, and reads the answer.
    async fn exchange(
        &self,
        method: &'static str,
        url: &Url,
        mut request: RequestBuilder,
        authorization: Option<&HeaderValue>,
    ) -> Result<(Reply, HeaderMap), FetchError> {
        let refused = |why| FetchError::new(method, url, why);
        let failed = |error: reqwest::Error| FetchError {
            cause: Some(error.without_url()),
            ..refused("the request failed")
        };
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let request = request.header(ACCEPT, "application/json");
        let mut response = request.send().await.map_err(failed)?;
        let headers = std::mem::take(response.headers_mut());
        match response.status().as_u16() {
            200 => {}
            401 | 403 | 404 | 405 => return Ok((Reply::Absent, headers)),
            300..=399 => return Err(refused("redirects are not followed")),
            _ => return Err(refused("the status is not 200")),
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(refused("the document is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((Reply::Document(body), headers))
    }
}

/// The value of an `Authorization` header with this token; neither shows it. `key` names the setting.
///
/// # Errors
///
/// [`AuthConfigurationError`] for `key` where it does not have the form of a token.
pub(crate) fn bearer(
    key: &'static str,
    token: &str,
) -> Result<HeaderValue, AuthConfigurationError> {
    // Without the text itself.
    let wrong = || {
        let problem = "is not a token: write it without `Bearer` and without white space";
        AuthConfigurationError::new(key, problem)
    };
    let token = RawToken::from_bytes(token.as_bytes()).ok_or_else(wrong)?;
    let value = format!("Bearer {}", token.as_str());
    let mut value = HeaderValue::try_from(value).map_err(|_| wrong())?;
    value.set_sensitive(true);
    Ok(value)
}

/// A query may hold an API key.
pub(crate) fn without_query(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url
}

/// Why there is no answer, or none that means anything. For logs only.
#[derive(Debug)]
pub(crate) struct FetchError {
    method: &'static str,
    url: String,
    why: &'static str,
    cause: Option<reqwest::Error>,
}

impl FetchError {
    pub(crate) fn new(method: &'static str, url: &Url, why: &'static str) -> Self {
        Self {
            method,
            url: without_query(url).into(),
            why,
            cause: None,
        }
    }

    /// A document that was fetched and is not what it should be.
    pub(crate) fn of_document(url: &Url, why: &'static str) -> Self {
        Self::new("GET", url, why)
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.method, self.url, self.why)?;
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
