//! Claims as a type of the application.

use std::any::Any;
use std::sync::Arc;

use super::grants::Decided;
use super::{ClaimError, Grants, Named, RawClaims};

/// A type that the claims of a token can be read into. `#[derive(Claims)]` implements it.
///
/// [`AuthenticatorBuilder::claims`](crate::AuthenticatorBuilder::claims) makes an authenticator read it
/// from every bearer token; then
/// [`SecurityContext::claims`](crate::SecurityContext::claims) and the extractor
/// `Claims` have it.
///
/// Written by hand:
///
/// ```
/// use pico_auth::{ClaimError, FromClaims, Grants, Named, RawClaims};
///
/// /// Roles are the members of an object: `{"roles": {"admin": true, "auditor": false}}`.
/// struct Switches {
///     on: Vec<String>,
/// }
///
/// impl FromClaims for Switches {
///     const NAMED: Named = Named::NOTHING.roles();
///
///     fn from_claims(claims: &RawClaims) -> Result<Self, ClaimError> {
///         let roles = claims.get("roles").ok_or_else(|| ClaimError::missing("roles"))?;
///         let roles = roles.as_object().ok_or_else(|| ClaimError::invalid("roles"))?;
///         let on = roles.iter().filter(|(_, on)| **on == true).map(|(name, _)| name.clone());
///         Ok(Self { on: on.collect() })
///     }
///
///     fn grants(&self) -> Grants {
///         Grants::new().roles(&self.on)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a claims type",
    label = "no `FromClaims`",
    note = "write `#[derive(pico_auth::Claims)]` on it"
)]
pub trait FromClaims: Sized + Send + Sync + 'static {
    /// What [`grants`](Self::grants) decides. What is not named here is ignored there. A token whose
    /// claims name no subject, or an empty one, is refused where the subject is decided here.
    const NAMED: Named = Named::NOTHING;

    /// Whether what is read, and what it grants, depends on the claims alone: not on the time, a table that
    /// changes, or anything else. Then it is read once for each token that is remembered, and kept with it.
    /// Default `false`: read on every request.
    ///
    /// `#[derive(Claims)]` says `true` where no function of yours takes part (`validate`, `default = ..`,
    /// `deserialize`) and all its fields say so.
    const READ_ONCE: bool = false;

    /// Reads the claims of a verified token.
    ///
    /// # Errors
    ///
    /// [`ClaimError`], which becomes a `TokenInvalidError` with a reason that names the claim.
    fn from_claims(claims: &RawClaims) -> Result<Self, ClaimError>;

    /// What these claims grant.
    fn grants(&self) -> Grants {
        Grants::new()
    }
}

/// Claims of some type, with what they have decided.
#[derive(Clone)]
pub(crate) struct TypedClaims {
    pub(crate) claims: Arc<dyn Any + Send + Sync>,
    pub(crate) decided: Decided,
}

impl TypedClaims {
    pub(crate) fn new<C: FromClaims>(claims: C) -> Self {
        Self {
            decided: claims.grants().decided(C::NAMED),
            claims: Arc::new(claims),
        }
    }
}

/// How an authenticator reads claims of a type it does not name.
#[derive(Clone, Copy)]
pub(crate) struct ClaimsReader {
    pub(crate) named: Named,
    pub(crate) read_once: bool,
    pub(crate) read: fn(&RawClaims) -> Result<TypedClaims, ClaimError>,
}

impl ClaimsReader {
    pub(crate) fn of<C: FromClaims>() -> Self {
        Self {
            named: C::NAMED,
            read_once: C::READ_ONCE,
            read: |raw| {
                let typed = TypedClaims::new(C::from_claims(raw)?);
                // `sub` names somebody in another way: who it names may be another caller here.
                if C::NAMED.subject && typed.decided.subject.is_none() {
                    return Err(ClaimError::missing("subject"));
                }
                Ok(typed)
            },
        }
    }
}
