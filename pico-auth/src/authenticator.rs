//! The whole story of a request's identity: verify the tokens, read the claims, resolve the roles.

mod bearer;
mod builder;
mod caller;
mod issuer;
mod issuers;
mod parts;
mod recheck;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::issuers::Issuers;
use crate::binding::Credentials;
use crate::challenge::Wording;
use crate::claims::FromClaims;
use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, AuthConfigurationError, AuthUnavailableError, MissingTokenError, TokenKind,
};
#[cfg(feature = "axum")]
use crate::names::Hierarchy;
use crate::settings::AuthClientSettings;
use crate::token::AuthScheme;

pub use self::builder::AuthenticatorBuilder;

/// Token in, [`SecurityContext`] or error out. It knows no web framework. Cheap to clone; clones are the
/// same authenticator.
///
/// What it does with the tokens of a request, in this order; the first failure is the answer:
///
/// 1. where several issuers are trusted, find the one that the bearer token names; a token that is not a
///    JWT names none, and belongs to the one that takes such tokens;
/// 2. verify the bearer token: form, key, signature, claims, or as
///    [`AuthenticatorBuilder::token_verifier`] says; and read it, also as the application's claims type, if
///    it has one;
/// 3. ask whether it was revoked;
/// 4. check that who sent it is who it is bound to, if it is bound (DPoP, client certificates);
/// 5. verify the agent token, if one was sent, by the same rules and the same issuer's keys; it is always
///    a JWT;
/// 6. resolve the caller's roles.
///
/// A JWT that was verified is remembered (setting `token_cache_capacity`): while its times and its key allow
/// it, its signature and claims are not looked at again, in 2 and in 5. The rest is done for each request, but
/// for a claims type that is [read once](crate::FromClaims::READ_ONCE), and for roles: those that the claims
/// tell belong to the token, and those of a resolver are kept for as long as
/// [`RoleResolver::cache_for`](crate::RoleResolver::cache_for) says.
#[derive(Clone)]
pub struct Authenticator {
    /// `None` where the settings say `enabled = false`: nobody can be identified.
    issuers: Option<Arc<Issuers>>,
}

impl Authenticator {
    /// An authenticator that fetches the issuer's keys when the first token needs one. The issuer may
    /// be down: the service starts all the same.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] as [`AuthClientSettings::validate`].
    pub fn new(settings: AuthClientSettings) -> Result<Self, AuthConfigurationError> {
        Self::builder(settings).build()
    }

    /// An authenticator that reads the claims of every bearer token as `C`, too: the same as
    /// [`builder`](Self::builder) with [`claims`](AuthenticatorBuilder::claims).
    ///
    /// ```
    /// use pico_auth::{AuthClientSettings, AuthConfigurationError, Authenticator, Claims};
    ///
    /// #[derive(Claims)]
    /// struct MyClaims {
    ///     tenant: String,
    ///     #[claim(roles, path = "realm_access.roles")]
    ///     roles: Vec<String>,
    /// }
    ///
    /// fn authenticator(settings: AuthClientSettings) -> Result<Authenticator, AuthConfigurationError> {
    ///     Authenticator::typed::<MyClaims>(settings)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`AuthenticatorBuilder::build`].
    pub fn typed<C: FromClaims>(
        settings: AuthClientSettings,
    ) -> Result<Self, AuthConfigurationError> {
        Self::builder(settings).claims::<C>().build()
    }

    /// An authenticator with parts of your own.
    pub fn builder(settings: AuthClientSettings) -> AuthenticatorBuilder {
        AuthenticatorBuilder::new(settings)
    }

    /// An authenticator that trusts several issuers, each with its own settings, keys and claims type. A
    /// token belongs to the issuer that its `iss` names exactly, and never sees the keys of another.
    ///
    /// A subject is unique only within its issuer (RFC 7519 §4.1.2): data that belongs to a caller
    /// belongs to [`SecurityContext::issuer`] and [`subject`](SecurityContext::subject) together.
    ///
    /// ```
    /// use pico_auth::providers::{Auth0, Keycloak};
    /// use pico_auth::{AuthClientSettings, AuthConfigurationError, Authenticator};
    ///
    /// # fn example() -> Result<(), AuthConfigurationError> {
    /// let settings = |issuer| AuthClientSettings::builder().issuer(issuer).audience("orders-api");
    /// let staff = settings("https://id.example/realms/staff").build()?;
    /// let customers = settings("https://example.eu.auth0.com/").build()?;
    /// let authenticator = Authenticator::trusting([
    ///     Authenticator::builder(staff).claims::<Keycloak>(),
    ///     Authenticator::builder(customers).claims::<Auth0>(),
    /// ])?;
    /// # let _ = authenticator;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`AuthenticatorBuilder::build`]; for `issuer` where there is none or one is given twice; for
    /// `enabled` where it is `false` for one: leave that one out; for `token_verifier` where more than
    /// one has a token verifier or introspection: a token that is not a JWT names no issuer.
    pub fn trusting(
        issuers: impl IntoIterator<Item = AuthenticatorBuilder>,
    ) -> Result<Self, AuthConfigurationError> {
        let trusted = Issuers::default();
        for issuer in issuers {
            trusted.add(issuer.issuer()?)?;
        }
        if trusted.names().is_empty() {
            let problem = "there is none: name at least one issuer, or nobody can be identified";
            return Err(AuthConfigurationError::new("issuer", problem));
        }
        Ok(Self::of(trusted))
    }

    /// Trusts one more issuer from the next request on, in every clone.
    ///
    /// # Errors
    ///
    /// As [`trusting`](Self::trusting); for `enabled` where this authenticator is disabled.
    pub fn trust(&self, issuer: AuthenticatorBuilder) -> Result<(), AuthConfigurationError> {
        let Some(issuers) = &self.issuers else {
            let problem = "is false for this authenticator: it trusts nobody";
            return Err(AuthConfigurationError::new("enabled", problem));
        };
        issuers.add(issuer.issuer()?)
    }

    /// Trusts an issuer no more, from the next request on, in every clone. `false` where it was not
    /// trusted. The last one can go, too: then every token is refused.
    pub fn distrust(&self, issuer: &str) -> bool {
        self.issuers
            .as_ref()
            .is_some_and(|issuers| issuers.remove(issuer))
    }

    /// The issuers that are trusted now.
    pub fn issuers(&self) -> Vec<String> {
        self.issuers
            .as_ref()
            .map(|issuers| issuers.names())
            .unwrap_or_default()
    }

    fn of(issuers: Issuers) -> Self {
        Self {
            issuers: Some(Arc::new(issuers)),
        }
    }

    /// Waits until the keys of every trusted issuer are there and its list of revoked tokens, if it has
    /// one, answers, for services that would rather not start without them. All are fetched at the same
    /// time. Keys that are given need no waiting, and nobody waits where authentication is disabled.
    ///
    /// Where `revocation_fail_open` is set, one failed fetch of that list is enough: requests would not
    /// wait for it any longer either.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where keys or a list have not arrived after `timeout`, and at once where
    /// none of an issuer's keys can be used.
    pub async fn wait_until_ready(&self, timeout: Duration) -> Result<(), AuthUnavailableError> {
        match &self.issuers {
            Some(issuers) => issuers.ready(timeout).await,
            None => Ok(()),
        }
    }

    /// `false` where the settings say so: then everybody is refused where a token is needed.
    pub fn is_enabled(&self) -> bool {
        self.issuers.is_some()
    }

    /// Identifies the caller who sent `bearer`, and the agent who sent `agent`. A token that is bound to
    /// its sender is refused, as nothing else is shown; see [`authenticate_with`](Self::authenticate_with).
    ///
    /// # Errors
    ///
    /// - [`MissingTokenError`] where authentication is disabled;
    /// - [`TokenInvalidError`](crate::TokenInvalidError) and
    ///   [`TokenExpiredError`](crate::TokenExpiredError), which say of which token they speak;
    /// - [`AuthUnavailableError`] where keys, roles or the list of revoked
    ///   tokens cannot be known now, or the issuer cannot be asked.
    pub async fn authenticate(
        &self,
        bearer: &str,
        agent: Option<&str>,
    ) -> Result<SecurityContext, AuthClientError> {
        self.authenticate_with(Credentials::bearer(bearer).agent(agent))
            .await
    }

    /// Identifies the caller who sent these credentials.
    ///
    /// # Errors
    ///
    /// As [`authenticate`](Self::authenticate); where the token is bound to its sender, also
    /// [`TokenInvalidError`](crate::TokenInvalidError) with the reasons `SenderConstraint`, `DpopProof` and
    /// `DpopNonce`, and [`AuthUnavailableError`] where no more proofs can be
    /// remembered.
    pub async fn authenticate_with(
        &self,
        credentials: Credentials<'_>,
    ) -> Result<SecurityContext, AuthClientError> {
        if let Some(answer) = self.at_hand(&credentials) {
            return answer;
        }
        self.authenticate_at_length(&credentials).await
    }

    /// As [`authenticate_with`](Self::authenticate_with), for those who have looked [`at_hand`](Self::at_hand).
    pub(crate) async fn authenticate_at_length(
        &self,
        credentials: &Credentials<'_>,
    ) -> Result<SecurityContext, AuthClientError> {
        let Some(issuers) = &self.issuers else {
            return Err(MissingTokenError::new(TokenKind::Bearer).into());
        };
        let issuer = issuers.of(credentials.token)?;
        issuer.authenticate(credentials).await
    }

    /// As [`authenticate_with`](Self::authenticate_with), where the answer is known without waiting. Else
    /// `None`, and nothing was done that would be done twice.
    pub(crate) fn at_hand(
        &self,
        credentials: &Credentials<'_>,
    ) -> Option<Result<SecurityContext, AuthClientError>> {
        self.issuers.as_ref()?.at_hand(credentials)
    }

    /// What roles imply, by each issuer that is trusted now.
    #[cfg(feature = "axum")]
    pub(crate) fn hierarchies(&self) -> Vec<Hierarchy> {
        let issuers = self.issuers.as_ref();
        issuers
            .map(|issuers| issuers.hierarchies())
            .unwrap_or_default()
    }

    /// Whether tokens of any trusted issuer may come by the scheme `DPoP`.
    pub fn accepts_dpop(&self) -> bool {
        self.issuers
            .as_ref()
            .is_some_and(|issuers| issuers.accept_dpop())
    }

    /// The value of `WWW-Authenticate` for `error`, if it has one, where the token came by `used`: as
    /// [`www_authenticate`](crate::www_authenticate), with the schemes that are accepted. The axum layers
    /// of this crate send it; it is for other transports.
    pub fn www_authenticate(&self, error: &AuthClientError, used: AuthScheme) -> Option<String> {
        self.challenge(error, used, Wording::default())
    }

    /// The same in the words of an application.
    pub(crate) fn challenge(
        &self,
        error: &AuthClientError,
        used: AuthScheme,
        wording: Wording<'_>,
    ) -> Option<String> {
        let schemes = self.issuers.as_ref().map(|issuers| issuers.schemes());
        schemes.unwrap_or_default().challenge(error, used, wording)
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("issuers", &self.issuers())
            .finish_non_exhaustive()
    }
}
