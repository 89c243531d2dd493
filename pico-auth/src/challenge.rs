//! The `WWW-Authenticate` challenge of a refusal (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3,
//! RFC 9728 §5.1).

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
    Schemes::default().challenge(error, AuthScheme::Bearer, Wording::default())
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

/// What an application adds to its challenges, or leaves out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wording<'w> {
    /// Where the metadata of the service is (RFC 9728 §5.1): visible ASCII without quotes.
    pub(crate) resource_metadata: Option<&'w str>,
    /// Whether the scopes that would suffice stay untold.
    pub(crate) is_terse: bool,
}

/// The parameters of a challenge, in the order in which they are written.
#[derive(Default)]
struct Parameters<'p> {
    error: Option<&'static str>,
    scope: Option<String>,
    acr_values: Option<String>,
    max_age: Option<String>,
    resource_metadata: Option<&'p str>,
}

impl Schemes {
    /// The challenge for `error`, where the token came by `used`.
    ///
    /// Who used `DPoP` knows it, and is told of it alone. Others hear of all schemes, so that a client
    /// whose bound token was refused as a bearer token learns how to send it (RFC 9449 §7.2).
    pub(crate) fn challenge(
        &self,
        error: &AuthClientError,
        used: AuthScheme,
        wording: Wording<'_>,
    ) -> Option<String> {
        let mut parameters = Parameters {
            resource_metadata: wording.resource_metadata,
            ..Parameters::default()
        };
        match error {
            AuthClientError::MissingToken(error) if error.token() == TokenKind::Agent => {
                // The metadata would lead to a token for the caller, who has one.
                parameters.resource_metadata = None;
            }
            AuthClientError::MissingToken(_) => {}
            AuthClientError::TokenExpired(error) if error.token() == TokenKind::Agent => {
                return Some(of_agent());
            }
            AuthClientError::TokenInvalid(error) if error.token() == TokenKind::Agent => {
                return Some(of_agent());
            }
            AuthClientError::TokenInvalid(error) => match error.reason() {
                TokenInvalidReason::DpopProof(_) => {
                    parameters.error = Some("invalid_dpop_proof");
                    return Some(self.dpop(&parameters));
                }
                TokenInvalidReason::DpopNonce(_) => {
                    parameters.error = Some("use_dpop_nonce");
                    return Some(self.dpop(&parameters));
                }
                _ => parameters.error = Some("invalid_token"),
            },
            AuthClientError::TokenExpired(_) => parameters.error = Some("invalid_token"),
            AuthClientError::InsufficientAuthentication(error) => {
                parameters.error = Some("insufficient_user_authentication");
                parameters.acr_values = space_separated(error.acr_values());
                parameters.max_age = error.max_age_seconds().map(|age| age.to_string());
            }
            AuthClientError::InsufficientPermissions(error) => {
                parameters.error = Some("insufficient_scope");
                if !wording.is_terse {
                    parameters.scope = space_separated(error.scopes());
                }
            }
            AuthClientError::CrossSiteRequest(_)
            | AuthClientError::AuthUnavailable(_)
            | AuthClientError::AuthConfiguration(_) => return None,
        }
        Some(match (used, &self.dpop) {
            (_, None) => bearer(&parameters),
            (AuthScheme::Bearer, Some(_)) if self.unbound => {
                let of_dpop = Parameters {
                    resource_metadata: parameters.resource_metadata,
                    ..Parameters::default()
                };
                format!("{}, {}", bearer(&parameters), self.dpop(&of_dpop))
            }
            (_, Some(_)) => self.dpop(&parameters),
        })
    }

    fn dpop(&self, parameters: &Parameters<'_>) -> String {
        write("DPoP", parameters, self.dpop.as_deref())
    }
}

fn bearer(parameters: &Parameters<'_>) -> String {
    write("Bearer", parameters, None)
}

/// The challenge for a bad token of an agent, which comes by no other scheme.
fn of_agent() -> String {
    bearer(&Parameters {
        error: Some("invalid_token"),
        ..Parameters::default()
    })
}

fn write(scheme: &str, parameters: &Parameters<'_>, algs: Option<&str>) -> String {
    let all = [
        ("error", parameters.error),
        ("scope", parameters.scope.as_deref()),
        ("acr_values", parameters.acr_values.as_deref()),
        ("max_age", parameters.max_age.as_deref()),
        ("resource_metadata", parameters.resource_metadata),
        ("algs", algs),
    ];
    let given: Vec<_> = all
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}=\"{}\"", value?)))
        .collect();
    format!("{scheme} {}", given.join(", "))
        .trim_end()
        .to_owned()
}

/// The value of a parameter that lists names, where there are some and each can stand in it.
fn space_separated(names: &[Box<str>]) -> Option<String> {
    let nameable = !names.is_empty() && names.iter().all(|name| is_scope_token(name));
    nameable.then(|| names.join(" "))
}

/// `scope-token` of RFC 6749 §3.3. Anything else could break out of the quotes.
pub(crate) fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty()
        && scope
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{
        AuthUnavailableError, Dependency, InsufficientAuthenticationError,
        InsufficientPermissionsError, MissingTokenError, Permission, RequiredPermissions,
        TokenExpiredError, TokenKind,
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
            assert_eq!(
                schemes
                    .challenge(error, used, Wording::default())
                    .as_deref(),
                Some(expected)
            );
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

    #[test]
    fn a_step_up_names_what_would_suffice() {
        let both = InsufficientAuthenticationError::new(["mfa", "phr"], Some(300));
        assert_eq!(
            challenge(both).as_deref(),
            Some(
                r#"Bearer error="insufficient_user_authentication", acr_values="mfa phr", max_age="300""#
            )
        );
        let quoted = InsufficientAuthenticationError::new(["a\", realm=\"x"], None);
        assert_eq!(
            challenge(quoted).as_deref(),
            Some(r#"Bearer error="insufficient_user_authentication""#)
        );
    }

    #[test]
    fn metadata_is_named_in_every_challenge_for_the_caller_and_in_none_for_the_agent() {
        let schemes = Schemes {
            unbound: true,
            dpop: Some("ES256".to_owned()),
        };
        let wording = Wording {
            resource_metadata: Some("https://a.example/m"),
            is_terse: false,
        };
        let named = |error: AuthClientError, used| schemes.challenge(&error, used, wording);
        let (bearer, agent) = (TokenKind::Bearer, TokenKind::Agent);
        assert_eq!(
            named(MissingTokenError::new(bearer).into(), AuthScheme::Bearer).as_deref(),
            Some(
                r#"Bearer resource_metadata="https://a.example/m", DPoP resource_metadata="https://a.example/m", algs="ES256""#
            )
        );
        for error in [
            AuthClientError::from(MissingTokenError::new(agent)),
            TokenExpiredError::new(agent).into(),
        ] {
            let challenge = named(error, AuthScheme::Bearer).unwrap_or_default();
            assert!(!challenge.contains("resource_metadata"), "{challenge}");
        }
    }

    #[test]
    fn a_terse_challenge_names_no_scope() {
        let error = InsufficientPermissionsError::of(Permission::Scope, "a").into();
        let wording = Wording {
            is_terse: true,
            ..Wording::default()
        };
        assert_eq!(
            Schemes::default()
                .challenge(&error, AuthScheme::Bearer, wording)
                .as_deref(),
            Some(r#"Bearer error="insufficient_scope""#)
        );
    }
}
