//! Only one place says what the roles are, and a claims type does not open another.

use pico_auth::{
    ClaimError, Claims, FromClaims, Grants, Named, RawClaims, RoleResolver, TokenClaims,
};
use serde_json::json;

use crate::support::{ISSUER, authenticator, caller, list, refusal, token};

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

/// Says by hand that callers are known by their e-mail address.
struct ByEmail {
    email: String,
}

impl FromClaims for ByEmail {
    const NAMED: Named = Named::NOTHING.subject();

    fn from_claims(claims: &RawClaims) -> Result<Self, ClaimError> {
        let email = claims.get("email").and_then(|email| email.as_str());
        let email = email.unwrap_or_default().to_owned();
        Ok(Self { email })
    }

    fn grants(&self) -> Grants {
        Grants::new().subject(&self.email)
    }
}

#[derive(Claims)]
struct FlatByEmail {
    #[claim(flatten)]
    _caller: ByEmail,
}

/// Who has no e-mail address must not become the caller whose address is their `sub`.
#[tokio::test]
async fn an_empty_subject_is_not_replaced_by_that_of_another_claim() {
    let good = caller::<ByEmail>(json!({ "email": "a@b" })).await;
    assert_eq!(good.subject(), "a@b");
    for claims in [
        json!({}),
        json!({ "email": "" }),
        json!({ "email": ["a@b"] }),
    ] {
        for refusal in [
            refusal::<ByEmail>(claims.clone()).await,
            refusal::<FlatByEmail>(claims.clone()).await,
        ] {
            assert_eq!(
                refusal, "Invalid token: Missing claim 'subject'",
                "{claims}"
            );
        }
    }
}

/// Whose agent it is, is asked of the subject that rules see. `sub` names callers in another way: the
/// same word may be somebody else there.
#[tokio::test]
async fn an_agent_of_whoever_has_my_sub_as_their_subject_is_not_mine() {
    let settings = ISSUER.settings().agent_user_must_match_subject(true);
    let authenticator =
        ISSUER.authenticator_with(settings, pico_auth::AuthenticatorBuilder::claims::<ByEmail>);
    let mine = token(json!({ "email": "me@b" })).sign();
    let agent_of = |user: &str| {
        let agent = ISSUER.token("agent-7").agent_scopes(["a"]);
        agent.claim("user_id", user).sign()
    };
    let context = authenticator
        .authenticate(&mine, Some(&agent_of("me@b")))
        .await;
    assert_eq!(context.unwrap().subject(), "me@b");
    for user in ["user-1", "you@b"] {
        let refusal = authenticator
            .authenticate(&mine, Some(&agent_of(user)))
            .await;
        let refusal = refusal.unwrap_err().to_string();
        assert_eq!(refusal, "Invalid agent token: Invalid claim 'user_id'");
    }
}

/// Roles go with the type that granted them, as groups and scopes do.
#[test]
fn roles_of_replaced_claims_do_not_stay() {
    let before = pico_auth::SecurityContext::test("u1")
        .role("viewer")
        .build();
    let roles = vec!["admin".to_owned()];
    let admin = before.with_claims(Roles { roles });
    assert_eq!(list(admin.roles()), ["admin"]);
    let tenant = "acme".to_owned();
    let after = admin.with_claims(NoRoles { tenant });
    assert_eq!(list(after.roles()), ["viewer"]);
}
