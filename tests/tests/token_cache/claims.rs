use std::sync::atomic::{AtomicBool, Ordering};

use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authenticator, AuthenticatorBuilder, Claims, FromClaims, TokenInvalidReason,
    requires_role,
};

use super::support::refusal;

static SUSPENDED: AtomicBool = AtomicBool::new(false);

fn is_active(_: &str) -> Result<(), &'static str> {
    if SUSPENDED.load(Ordering::SeqCst) {
        return Err("the tenant is suspended");
    }
    Ok(())
}

#[derive(Claims)]
struct Tenant {
    #[claim(validate = is_active)]
    tenant: String,
}

/// One that computes nothing of its own, and one that holds one that does.
#[derive(Claims)]
struct Plain {
    #[claim(roles, default)]
    roles: Vec<String>,
}

#[derive(Claims)]
struct Around {
    #[claim(default)]
    #[expect(dead_code, reason = "it is only asked whether it is read once")]
    inside: Vec<Tenant>,
}

#[test]
fn a_claims_type_is_read_once_only_where_no_function_of_yours_takes_part() {
    let read_once = [Plain::READ_ONCE, Tenant::READ_ONCE, Around::READ_ONCE];
    assert_eq!(read_once, [true, false, false]);
}

/// The token is remembered; what the application says of its claims today is not what it said before.
#[tokio::test]
async fn a_validator_that_changes_its_mind_is_heard() {
    let issuer = TestIssuer::in_memory();
    let authenticator: Authenticator =
        issuer.authenticator_with(issuer.settings(), AuthenticatorBuilder::claims::<Tenant>);
    let token = issuer.token("ada").claim("tenant", "acme").sign();
    for _ in 0..3 {
        let caller = authenticator.authenticate(&token, None).await.unwrap();
        assert_eq!(caller.claims::<Tenant>().unwrap().tenant, "acme");
    }
    SUSPENDED.store(true, Ordering::SeqCst);
    let reason = refusal(&authenticator, &token).await;
    let expected = TokenInvalidReason::RefusedClaim("tenant".into(), "the tenant is suspended");
    assert_eq!(reason, expected);
    SUSPENDED.store(false, Ordering::SeqCst);
    assert!(authenticator.authenticate(&token, None).await.is_ok());
}

/// Roles that a claims type takes from the token come with it, remembered or not.
#[tokio::test]
async fn roles_of_a_claims_type_are_those_of_the_token() {
    #[requires_role("admin")]
    async fn admin() -> Result<(), AuthClientError> {
        Ok(())
    }

    let issuer = TestIssuer::in_memory();
    let authenticator =
        issuer.authenticator_with(issuer.settings(), AuthenticatorBuilder::claims::<Plain>);
    let [admins, viewers] =
        ["admin", "viewer"].map(|role| issuer.token("ada").claim("roles", vec![role]).sign());
    for _ in 0..2 {
        for (token, is_admin) in [(&admins, true), (&viewers, false)] {
            let caller = authenticator.authenticate(token, None).await.unwrap();
            assert_eq!(caller.has_role("admin"), is_admin);
            let answer = caller.scope(admin()).await;
            assert_eq!(answer.is_ok(), is_admin);
        }
    }
}
