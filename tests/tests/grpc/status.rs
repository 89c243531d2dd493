//! Each error as a gRPC status.

use std::error::Error;
use std::time::Duration;

use pico_auth::{
    AuthClientError, AuthConfigurationError, AuthUnavailableError, Dependency,
    InsufficientPermissionsError, MissingTokenError, Permission, TokenExpiredError,
    TokenInvalidError, TokenInvalidReason, TokenKind,
};
use tonic::{Code, Status};

fn metadata<'s>(status: &'s Status, key: &str) -> Option<&'s str> {
    let value = status.metadata().get(key)?;
    Some(value.to_str().unwrap())
}

#[test]
fn each_error_has_its_code_its_message_and_its_reason() {
    let invalid = |reason| TokenInvalidError::new(TokenKind::Bearer, reason);
    let bad = Some(r#"Bearer error="invalid_token""#);
    let cases: [(AuthClientError, Code, &str, &str, Option<&str>); 9] = [
        (
            MissingTokenError::new(TokenKind::Bearer).into(),
            Code::Unauthenticated,
            "Missing or invalid Authorization header",
            "missing_token",
            Some("Bearer"),
        ),
        (
            MissingTokenError::new(TokenKind::Agent).into(),
            Code::Unauthenticated,
            "Endpoint requires X-Agent-Authorization header (agent token)",
            "missing_token",
            Some("Bearer"),
        ),
        (
            TokenExpiredError::new(TokenKind::Bearer).into(),
            Code::Unauthenticated,
            "Token has expired",
            "expired",
            bad,
        ),
        (
            invalid(TokenInvalidReason::Signature).into(),
            Code::Unauthenticated,
            "Invalid token: Signature verification failed",
            "signature",
            bad,
        ),
        (
            invalid(TokenInvalidReason::DpopNonce("n-1".into())).into(),
            Code::Unauthenticated,
            "Invalid token: The DPoP proof must hold the nonce of this answer",
            "dpop_nonce",
            Some(r#"DPoP error="use_dpop_nonce""#),
        ),
        (
            InsufficientPermissionsError::of(Permission::Role, "admin").into(),
            Code::PermissionDenied,
            "Requires one of roles: ['admin']",
            "insufficient_permissions",
            Some(r#"Bearer error="insufficient_scope""#),
        ),
        (
            InsufficientPermissionsError::of(Permission::Scope, "pay").into(),
            Code::PermissionDenied,
            "Requires one of scopes: ['pay']",
            "insufficient_permissions",
            Some(r#"Bearer error="insufficient_scope", scope="pay""#),
        ),
        (
            AuthUnavailableError::new(Dependency::Roles).into(),
            Code::Unavailable,
            "Roles are temporarily unavailable",
            "roles",
            None,
        ),
        (
            AuthConfigurationError::new("issuer", "is missing").into(),
            Code::Internal,
            "Authentication is misconfigured",
            "configuration",
            None,
        ),
    ];
    for (error, code, message, reason, challenge) in cases {
        let status = Status::from(error.clone());
        assert_eq!((status.code(), status.message()), (code, message));
        assert_eq!(metadata(&status, "auth-reason"), Some(reason));
        assert_eq!(metadata(&status, "www-authenticate"), challenge, "{reason}");
        let nonce = (reason == "dpop_nonce").then_some("n-1");
        assert_eq!(metadata(&status, "dpop-nonce"), nonce);
        let pushback = (code == Code::Unavailable).then_some("5000");
        assert_eq!(metadata(&status, "grpc-retry-pushback-ms"), pushback);
        let source = status.source().unwrap();
        let source = source.downcast_ref::<AuthClientError>().unwrap();
        assert_eq!(source.code(), error.code());
    }
}

#[test]
fn each_leaf_is_a_status_as_the_base_is() {
    let statuses: [(Status, Code); 6] = [
        (MissingTokenError::default().into(), Code::Unauthenticated),
        (TokenExpiredError::default().into(), Code::Unauthenticated),
        (
            TokenInvalidError::new(TokenKind::Agent, TokenInvalidReason::Issuer).into(),
            Code::Unauthenticated,
        ),
        (
            InsufficientPermissionsError::of(Permission::Group, "ops").into(),
            Code::PermissionDenied,
        ),
        (
            AuthUnavailableError::new(Dependency::SigningKeys).into(),
            Code::Unavailable,
        ),
        (
            AuthConfigurationError::new("audience", "is empty").into(),
            Code::Internal,
        ),
    ];
    for (status, code) in statuses {
        assert_eq!(status.code(), code, "{status:?}");
        assert!(metadata(&status, "auth-reason").is_some());
    }
}

#[test]
fn a_client_is_never_told_to_try_again_at_once_or_never() {
    for (wait, expected) in [
        (Duration::ZERO, "1"),
        (Duration::from_micros(10), "1"),
        (Duration::from_millis(250), "250"),
        (Duration::from_secs(7), "7000"),
        (Duration::MAX, "2147483647"),
    ] {
        let outage = AuthUnavailableError::new(Dependency::SigningKeys).with_retry_after(wait);
        let status = Status::from(outage);
        let pushback = metadata(&status, "grpc-retry-pushback-ms");
        assert_eq!(pushback, Some(expected), "{wait:?}");
    }
}

#[test]
fn what_a_log_may_know_of_a_token_is_not_sent_and_a_setting_is_not_named() {
    let expired = TokenExpiredError::new(TokenKind::Bearer);
    let expired = expired.with_trace(Some("kid-1"), Some("jti-1"));
    let outage = AuthUnavailableError::new(Dependency::SigningKeys).with_cause("10.0.0.1 is down");
    let configuration = AuthConfigurationError::new("revocation_bearer", "is s3cret");
    for status in [
        Status::from(expired),
        Status::from(outage),
        Status::from(configuration),
    ] {
        let sent = status.into_http::<String>();
        let sent = format!("{:?} {}", sent.headers(), sent.body());
        for secret in ["kid-1", "jti-1", "10.0.0.1", "revocation_bearer", "s3cret"] {
            assert!(!sent.contains(secret), "{sent}");
        }
    }
}

/// A role may hold what a header must not.
#[test]
fn names_of_rules_cannot_break_out_of_the_status() {
    let error = InsufficientPermissionsError::of(Permission::Role, "a\r\ngrpc-status: 0\u{fc}%");
    let response = Status::from(error).into_http::<String>();
    assert_eq!(response.headers()["grpc-status"], "7");
    let status = Status::from_header_map(response.headers()).unwrap();
    assert!(status.message().contains("grpc-status: 0\u{fc}%"));
}
