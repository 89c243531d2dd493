//! Who authenticates the callers of an application, where the token is found, and how refusals are answered.

use std::fmt;
use std::sync::Arc;

use axum::response::Response;
use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};

use super::bearer::{AGENT_HEADER, AuthorizationHeader, TokenExtractor};
use super::certificate::CertificateHeader;
use super::presented::PROOF;
use super::protected_resource::ProtectedResource;
use super::response::BodyStyle;
use crate::audit::Auditor;
use crate::authenticator::Authenticator;
use crate::error::{AuthClientError, AuthConfigurationError};
use crate::events;

/// Makes the application's own answer of a refusal.
pub(super) type ErrorHook = dyn Fn(&AuthClientError, Response) -> Response + Send + Sync;

/// An [`Authenticator`], the [`TokenExtractor`] that finds its tokens in a request, and the form in which
/// refusals are answered.
///
/// Made from an authenticator alone, it looks at the `Authorization` header and answers
/// `{"detail": ".."}`: `router.secured_by(authenticator)`.
#[derive(Clone)]
pub struct Authentication {
    pub(super) authenticator: Authenticator,
    pub(super) extractor: Arc<dyn TokenExtractor>,
    /// Where a proxy names the client's certificate; else the connection's own is taken.
    pub(super) certificate_header: Option<Arc<CertificateHeader>>,
    /// `None` where nothing is observed but refusals, by the log.
    pub(super) observation: Option<Arc<Observation>>,
    pub(super) body: BodyStyle,
    pub(super) hook: Option<Arc<ErrorHook>>,
    resource: Option<ProtectedResource>,
}

/// What is observed of requests.
#[derive(Clone)]
pub(super) struct Observation {
    pub(super) auditor: Option<Auditor>,
    pub(super) names_callers: bool,
    pub(super) request_id: HeaderName,
}

impl Default for Observation {
    fn default() -> Self {
        Self {
            auditor: None,
            names_callers: false,
            request_id: HeaderName::from_static("x-request-id"),
        }
    }
}

impl Authentication {
    /// Looks for the token in the `Authorization` header.
    pub fn new(authenticator: Authenticator) -> Self {
        Self::with_extractor(authenticator, AuthorizationHeader)
    }

    /// Looks for the token where `extractor` says, in place of the `Authorization` header.
    pub fn with_extractor(authenticator: Authenticator, extractor: impl TokenExtractor) -> Self {
        Self {
            authenticator,
            extractor: Arc::new(extractor),
            certificate_header: None,
            observation: None,
            body: BodyStyle::default(),
            hook: None,
            resource: None,
        }
    }

    /// Believes a header of a trusted proxy about the client's certificate, for tokens that are bound to
    /// one (RFC 8705). A [`ClientCertificate`](crate::ClientCertificate) in the extensions of a request is
    /// no longer looked at: it would be the proxy's own.
    #[must_use]
    pub fn certificate_header(mut self, header: CertificateHeader) -> Self {
        self.certificate_header = Some(Arc::new(header));
        self
    }

    /// Hands every decision to `auditor`; see [`audit`](crate::audit) for what is recorded. One auditor can
    /// serve any number of services.
    #[must_use]
    pub fn audited_by(mut self, auditor: Auditor) -> Self {
        self.observation().auditor = Some(auditor);
        self
    }

    /// Where audit records take the request's id from. Default: `x-request-id`. Unless a proxy or a layer
    /// outside of authentication sets the header, callers choose it; 128 characters of it are kept.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `request_id_header` where `name` is not a header name, or is one
    /// whose value is a secret: `authorization`, `proxy-authorization`, `cookie`, `dpop` or
    /// `x-agent-authorization`.
    pub fn request_id_header(mut self, name: &str) -> Result<Self, AuthConfigurationError> {
        let wrong =
            |why| AuthConfigurationError::new("request_id_header", format!("`{name}` {why}"));
        let header = HeaderName::try_from(name).map_err(|_| wrong("is not a header name"))?;
        if [
            AUTHORIZATION,
            PROXY_AUTHORIZATION,
            COOKIE,
            AGENT_HEADER,
            PROOF,
        ]
        .contains(&header)
        {
            return Err(wrong("holds a secret, which the audit log must not have"));
        }
        self.observation().request_id = header;
        Ok(self)
    }

    /// Names known callers in the log: their subject, at most 256 characters of it, as field `enduser.id` of
    /// events, and of the span of the request where it was made with that field. Default: they are not named,
    /// for a subject can be personal data.
    #[must_use]
    pub fn log_callers(mut self) -> Self {
        self.observation().names_callers = true;
        events::will_be_used();
        self
    }

    fn observation(&mut self) -> &mut Observation {
        Arc::make_mut(self.observation.get_or_insert_default())
    }

    /// Names the metadata of this service in each challenge for the caller's token (`resource_metadata`,
    /// RFC 9728 §5.1), so that clients find out where to get one. The document itself is served by
    /// [`ProtectedResource::routes`], or by
    /// [`SecureRouter::protected_resource_metadata`](crate::SecureRouter::protected_resource_metadata), which
    /// does both.
    #[must_use]
    pub fn protected_resource(mut self, resource: ProtectedResource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Answers refusals as problem details (`application/problem+json`, RFC 9457), with the same `detail`:
    ///
    /// ```json
    /// {"type":"about:blank","title":"Forbidden","status":403,"detail":"Requires one of roles: ['admin']"}
    /// ```
    #[must_use]
    pub fn problem_details(mut self) -> Self {
        self.body.is_problem = true;
        self
    }

    /// Does not tell callers what a rule requires: the `detail` of 403 is `Insufficient permissions`, and its
    /// challenge names no scope. A client cannot find out then which scope to ask for.
    ///
    /// Who must authenticate anew is told how in the challenge all the same (`acr_values`, `max_age`), as no
    /// client could do it otherwise; the `detail` says `Insufficient authentication`. The error in the
    /// extensions of the response says everything, for layers that log.
    ///
    /// Over gRPC ([`AuthLayer::grpc`](crate::AuthLayer)) it is the message of the status, also of one that ends a
    /// stream.
    #[must_use]
    pub fn terse(mut self) -> Self {
        self.body.is_terse = true;
        self
    }

    /// Lets `hook` rewrite the answer of each refusal, for a format of the application's own. It sees the
    /// error, which is complete, and the answer as it would be sent:
    ///
    /// ```
    /// use axum::response::{IntoResponse, Response};
    /// use axum::Json;
    /// use pico_auth::{AuthClientError, Authentication, Authenticator};
    ///
    /// fn in_our_form(error: &AuthClientError, answer: Response) -> Response {
    ///     let code = answer.status().as_u16();
    ///     Json(serde_json::json!({ "error": { "code": code, "message": error.to_string() } })).into_response()
    /// }
    ///
    /// fn authentication(authenticator: Authenticator) -> Authentication {
    ///     Authentication::new(authenticator).on_error(in_our_form)
    /// }
    /// ```
    ///
    /// A refusal stays one. The hook can give it another status, of 400 to 599, or redirect it; any other,
    /// such as the 200 that a new `Response` has, is not meant, and the refusal keeps its own. The headers
    /// `WWW-Authenticate`, `Retry-After` and `DPoP-Nonce` are added where the hook gives none of that name. If
    /// it panics, the refusal is answered without it, and the log says so.
    ///
    /// It is called for refusals of the endpoint and of functions and extractors behind it, and wherever else a
    /// handler answers with an [`AuthClientError`], unless the handler gave the answer another status. It is not
    /// called for other errors of the application, for layers outside of authentication, such as a
    /// [`CsrfProtection`](crate::CsrfProtection) that was added by `layer`, and over gRPC.
    ///
    /// [`SecurityContext::current`](crate::SecurityContext::current) is the caller as whom the handler ran, and
    /// `None` where the endpoint refused. The last call decides.
    #[must_use]
    pub fn on_error(
        mut self,
        hook: impl Fn(&AuthClientError, Response) -> Response + Send + Sync + 'static,
    ) -> Self {
        self.hook = Some(Arc::new(hook));
        self
    }

    /// Where the metadata of the service is.
    pub(super) fn resource_metadata(&self) -> Option<&str> {
        self.resource.as_ref().map(ProtectedResource::metadata_url)
    }

    /// Whether refusals are not right as an error writes them by itself.
    pub(super) fn has_words(&self) -> bool {
        self.resource.is_some()
            || self.hook.is_some()
            || self.body != BodyStyle::default()
            || self.authenticator.accepts_dpop()
    }
}

impl From<Authenticator> for Authentication {
    fn from(authenticator: Authenticator) -> Self {
        Self::new(authenticator)
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication").finish_non_exhaustive()
    }
}
