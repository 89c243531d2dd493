//! Only one place says what the roles are, and a claims type does not open another.

use pico_auth::{AuthenticatorBuilder, Claims, RoleResolver, TokenClaims};
use serde_json::json;

use crate::support::{ISSUER, authenticator, caller, list, token};

#[derive(Claims)]
struct Roles {
    #[claim(roles)]
    roles: Vec<String>,
}

#[derive(Claims)]
struct NoRoles {
    tenant: String,
}

struct Resolver;

impl RoleResolver for Resolver {
    async fn resolve(
        &self,
        _: &TokenClaims,
    ) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(vec!["resolved".to_owned()])
    }
}

#[test]
fn two_sources_of_roles_are_a_configuration_error() {
    let settings = || ISSUER.settings().build().unwrap();
    let with_claim = ISSUER.settings().roles_claim("roles").build().unwrap();
    for builder in [
        pico_auth::Authenticator::builder(settings()).role_resolver(Resolver),
        pico_auth::Authenticator::builder(with_claim),
    ] {
        let error = builder.claims::<Roles>().build().unwrap_err();
        assert_eq!(error.key(), "roles_claim");
    }
}

#[tokio::test]
async fn a_type_without_roles_leaves_them_where_they_were() {
    let claims = json!({ "tenant": "acme", "role": "viewer", "groups": ["staff"], "scope": "a b" });
    let caller = caller::<NoRoles>(claims.clone()).await;
    assert_eq!(list(caller.roles()), ["viewer"]);
    assert_eq!(list(caller.groups()), ["staff"]);
    assert_eq!(list(caller.scopes()), ["a", "b"]);
    assert_eq!(caller.claims::<NoRoles>().unwrap().tenant, "acme");

    let resolving = ISSUER.authenticator_with(ISSUER.settings(), |parts| {
        parts.claims::<NoRoles>().role_resolver(Resolver)
    });
    let caller = resolving.authenticate(&token(claims).sign(), None).await;
    assert_eq!(list(caller.unwrap().roles()), ["resolved"]);
}

/// A token is verified before it is read: a forged one is told of its signature.
#[tokio::test]
async fn a_forged_token_is_not_told_what_the_service_reads() {
    let token = token(json!({})).with_signature(&[0; 64]);
    let refusal = authenticator::<Roles>().authenticate(&token, None).await;
    let refusal = refusal.unwrap_err().to_string();
    assert_eq!(refusal, "Invalid token: Signature verification failed");
}

#[derive(Claims)]
struct ObjectId {
    #[claim(subject, path = "oid")]
    id: String,
}

/// The agent acts for the subject that handlers see, not for whoever `sub` says.
#[tokio::test]
async fn an_agent_of_the_user_in_sub_where_another_claim_is_the_subject() {
    let settings = ISSUER.settings().agent_user_must_match_subject(true);
    let authenticator =
        ISSUER.authenticator_with(settings, AuthenticatorBuilder::claims::<ObjectId>);
    let bearer = token(json!({ "oid": "ada" })).sign();
    let agent = |user: &str| ISSUER.token("agent-7").claim("user_id", user).sign();

    let (of_ada, of_sub) = (agent("ada"), agent("user-1"));
    let caller = authenticator.authenticate(&bearer, Some(&of_ada)).await;
    assert_eq!(caller.unwrap().subject(), "ada");
    let refusal = authenticator.authenticate(&bearer, Some(&of_sub)).await;
    let refusal = refusal.unwrap_err().to_string();
    assert_eq!(refusal, "Invalid agent token: Invalid claim 'user_id'");
}
