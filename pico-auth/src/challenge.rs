//! The `WWW-Authenticate` challenge of a refusal (RFC 6750 §3).

use crate::error::AuthClientError;

/// The value of `WWW-Authenticate` for `error`, if it has one.
///
/// A missing token gets no error code (RFC 6750 §3.1: the client may not know that it needs one). An
/// outage gets no challenge: the caller's token is not at fault. `scope` appears only for rules on
/// scopes of the bearer token: for the agent's it would make clients widen the wrong token.
pub fn www_authenticate(error: &AuthClientError) -> Option<String> {
    match error {
        AuthClientError::MissingToken(_) => Some("Bearer".to_owned()),
        AuthClientError::TokenExpired(_) | AuthClientError::TokenInvalid(_) => {
            Some(r#"Bearer error="invalid_token""#.to_owned())
        }
        AuthClientError::InsufficientPermissions(error) => {
            let mut challenge = r#"Bearer error="insufficient_scope""#.to_owned();
            if let Some(scope) = scope(error.scopes()) {
                challenge.push_str(", scope=\"");
                challenge.push_str(&scope);
                challenge.push('"');
            }
            Some(challenge)
        }
        AuthClientError::AuthUnavailable(_) | AuthClientError::AuthConfiguration(_) => None,
    }
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
}
