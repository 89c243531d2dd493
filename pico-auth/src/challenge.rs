//! The `WWW-Authenticate` challenge of a refusal (RFC 6750 §3, RFC 9449 §7.1).

use crate::error::{AuthClientError, TokenInvalidReason, TokenKind};
use crate::token::AuthScheme;

/// The value of `WWW-Authenticate` for `error`, if it has one, where tokens come by the scheme `Bearer`.
///
/// A missing token gets no error code (RFC 6750 §3.1: the client may not know that it needs one). An
/// outage gets no challenge: the caller's token is not at fault. `scope` appears only for rules on
/// scopes of the bearer token: for the agent's it would make clients widen the wrong token.
///
/// The axum layers of this crate add the scheme `DPoP` where the authenticator accepts it.
pub fn www_authenticate(error: &AuthClientError) -> Option<String> {
    Schemes::default().challenge(error, AuthScheme::Bearer)
}

/// By which schemes tokens may come.
pub(crate) struct Schemes {
    /// Whether a token may come by `Bearer` that is bound to nothing.
    pub(crate) unbound: bool,
    /// The algorithms of accepted DPoP proofs, separated by spaces.
    pub(crate) dpop: Option<String>,
}

impl Default for Schemes {
    fn default() -> Self {
        Self {
            unbound: true,
            dpop: None,
        }
    }
}

impl Schemes {
    /// The challenge for `error`, where the token came by `used`.
    ///
    /// Who used `DPoP` knows it, and is told of it alone. Others hear of all schemes, so that a client
    /// whose bound token was refused as a bearer token learns how to send it (RFC 9449 §7.2).
    pub(crate) fn challenge(&self, error: &AuthClientError, used: AuthScheme) -> Option<String> {
        let (code, scope) = match error {
            AuthClientError::MissingToken(_) => (None, None),
            AuthClientError::TokenExpired(error) if error.token() == TokenKind::Agent => {
                return Some(bearer(Some("invalid_token"), None));
            }
            AuthClientError::TokenInvalid(error) if error.token() == TokenKind::Agent => {
                return Some(bearer(Some("invalid_token"), None));
            }
            AuthClientError::TokenInvalid(error) => match error.reason() {
                TokenInvalidReason::DpopProof(_) => {
                    return Some(self.dpop(Some("invalid_dpop_proof"), None));
                }
                TokenInvalidReason::DpopNonce(_) => {
                    return Some(self.dpop(Some("use_dpop_nonce"), None));
                }
                _ => (Some("invalid_token"), None),
            },
            AuthClientError::TokenExpired(_) => (Some("invalid_token"), None),
            AuthClientError::InsufficientPermissions(error) => {
                (Some("insufficient_scope"), scope(error.scopes()))
            }
            AuthClientError::AuthUnavailable(_) | AuthClientError::AuthConfiguration(_) => {
                return None;
            }
        };
        let scope = scope.as_deref();
        Some(match (used, &self.dpop) {
            (_, None) => bearer(code, scope),
            (AuthScheme::Bearer, Some(_)) if self.unbound => {
                format!("{}, {}", bearer(code, scope), self.dpop(None, None))
            }
            (_, Some(_)) => self.dpop(code, scope),
        })
    }

    fn dpop(&self, code: Option<&str>, scope: Option<&str>) -> String {
        let algorithms = self.dpop.as_deref();
        write(
            "DPoP",
            [("error", code), ("scope", scope), ("algs", algorithms)],
        )
    }
}

fn bearer(code: Option<&str>, scope: Option<&str>) -> String {
    write("Bearer", [("error", code), ("scope", scope)])
}

fn write<const N: usize>(scheme: &str, parameters: [(&str, Option<&str>); N]) -> String {
    let parameters: Vec<_> = parameters
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}=\"{}\"", value?)))
        .collect();
    format!("{scheme} {}", parameters.join(", "))
        .trim_end()
        .to_owned()
}

/// The value of `scope`, where there are scopes to name.
fn scope(scopes: &[Box<str>]) -> Option<String> {
    let nameable = !scopes.is_empty() && scopes.iter().all(|scope| is_scope_token(scope));
    nameable.then(|| scopes.join(" "))
}

/// `scope-token` of RFC 6749 §3.3. Anything else could break out of the quotes.
fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty()
        && scope
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{
        AuthUnavailableError, Dependency, InsufficientPermissionsError, MissingTokenError,
        Permission, RequiredPermissions, TokenExpiredError, TokenKind,
    };

    fn challenge(error: impl Into<AuthClientError>) -> Option<String> {
        www_authenticate(&error.into())
    }

    fn names<const N: usize>(
        how: fn(Permission, Box<[Box<str>]>) -> RequiredPermissions,
        permission: Permission,
        names: [&str; N],
    ) -> InsufficientPermissionsError {
        InsufficientPermissionsError::new(how(permission, names.map(Box::from).into()))
    }

    #[test]
    fn a_missing_token_has_no_error_code() {
        for token in [TokenKind::Bearer, TokenKind::Agent] {
            assert_eq!(
                challenge(MissingTokenError::new(token)).as_deref(),
                Some("Bearer")
            );
        }
    }

    #[test]
    fn a_bad_token_is_invalid_token() {
        assert_eq!(
            challenge(TokenExpiredError::new(TokenKind::Agent)).as_deref(),
            Some(r#"Bearer error="invalid_token""#)
        );
    }

    #[test]
    fn an_outage_is_not_the_token_s_fault() {
        assert_eq!(
            challenge(AuthUnavailableError::new(Dependency::SigningKeys)),
            None
        );
    }

    #[test]
    fn scope_names_a_set_that_suffices() {
        let one = names(RequiredPermissions::OneOf, Permission::Scope, ["a", "b"]);
        let all = names(RequiredPermissions::AllOf, Permission::Scope, ["a", "b"]);
        assert_eq!(
            challenge(one).as_deref(),
            Some(r#"Bearer error="insufficient_scope", scope="a""#)
        );
        assert_eq!(
            challenge(all).as_deref(),
            Some(r#"Bearer error="insufficient_scope", scope="a b""#)
        );
    }

    #[test]
    fn scope_is_named_only_for_scopes_of_the_bearer_token() {
        for permission in [Permission::Role, Permission::Group, Permission::AgentScope] {
            let error = InsufficientPermissionsError::of(permission, "a");
            assert_eq!(
                challenge(error).as_deref(),
                Some(r#"Bearer error="insufficient_scope""#),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn a_quote_in_a_scope_cannot_break_out_of_the_challenge() {
        let error = InsufficientPermissionsError::of(Permission::Scope, "a\", realm=\"x");
        assert_eq!(
            challenge(error).as_deref(),
            Some(r#"Bearer error="insufficient_scope""#)
        );
    }

    #[test]
    fn who_may_use_two_schemes_hears_of_both() {
        let schemes = Schemes {
            unbound: true,
            dpop: Some("ES256 PS256".to_owned()),
        };
        let missing = MissingTokenError::new(TokenKind::Bearer).into();
        let expired = TokenExpiredError::new(TokenKind::Bearer).into();
        let of_agent = TokenExpiredError::new(TokenKind::Agent).into();
        for (error, used, expected) in [
            (
                &missing,
                AuthScheme::Bearer,
                r#"Bearer, DPoP algs="ES256 PS256""#,
            ),
            (
                &expired,
                AuthScheme::Bearer,
                r#"Bearer error="invalid_token", DPoP algs="ES256 PS256""#,
            ),
            (
                &expired,
                AuthScheme::DPoP,
                r#"DPoP error="invalid_token", algs="ES256 PS256""#,
            ),
            (
                &of_agent,
                AuthScheme::DPoP,
                r#"Bearer error="invalid_token""#,
            ),
        ] {
            assert_eq!(schemes.challenge(error, used).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_bad_proof_is_challenged_by_its_own_scheme_also_where_no_authenticator_is_known() {
        for (reason, expected) in [
            (
                TokenInvalidReason::DpopProof("is missing"),
                r#"DPoP error="invalid_dpop_proof""#,
            ),
            (
                TokenInvalidReason::DpopNonce("n".into()),
                r#"DPoP error="use_dpop_nonce""#,
            ),
        ] {
            let error = crate::error::TokenInvalidError::new(TokenKind::Bearer, reason);
            assert_eq!(challenge(error).as_deref(), Some(expected));
        }
    }
}
