//! Tokens as the providers document them, and what nobody but an attacker or a broken mapper sends.
//! The documentation pages are named in `pico-auth/src/providers`.

use pico_auth::providers::{Auth0, Cognito, EntraId, Keycloak, Okta};
use pico_auth::{
    AuthClientError, AuthClientSettings, Authenticator, AuthenticatorBuilder, FromClaims,
    StaticKeys, authorize, requires_role,
};
use serde_json::{Value, json};

use crate::support::{ISSUER, authenticate, authenticator, caller, exactly, list, refusal, token};

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// Each change either is refused with this claim, or (`None`) admits a caller with nothing.
async fn hostile<C: FromClaims>(cases: &[(&str, Value, Option<&str>)]) {
    for (name, value, refused) in cases {
        let claims = with(json!({ "token_use": "access" }), name, value.clone());
        if let Some(claim) = refused {
            let refusal = refusal::<C>(claims).await;
            assert!(
                refusal.contains(&format!("claim '{claim}'")),
                "{value}: {refusal}"
            );
            assert!(!refusal.contains("admin"), "{refusal}");
            continue;
        }
        let caller = authenticate::<C>(claims).await.unwrap();
        let granted = caller.roles().len() + caller.groups().len() + caller.scopes().len();
        assert_eq!(granted, 0, "{name}: {value}");
    }
}

#[tokio::test]
async fn keycloak() {
    let caller = caller::<Keycloak>(json!({
        "typ": "Bearer", "azp": "storefront", "sid": "s", "acr": "1",
        "realm_access": { "roles": ["offline_access", "manager"] },
        "resource_access": {
            "orders.api": { "roles": ["refund"] },
            "orders": { "api": { "roles": ["admin"] }, "roles": ["list"] },
            "account": { "roles": ["manage-account", "view-profile"] },
        },
        "scope": "openid profile email", "email_verified": true, "groups": ["/staff"],
        "preferred_username": "alice", "email": "alice@example.test",
    }))
    .await;
    assert_eq!(list(caller.roles()), ["offline_access", "manager"]);
    assert_eq!(list(caller.groups()), ["/staff"]);
    assert_eq!(list(caller.scopes()), ["openid", "profile", "email"]);
    let claims = caller.claims::<Keycloak>().unwrap();
    assert_eq!(claims.preferred_username(), Some("alice"));
    // A dot is part of the name; it does not step into `orders`.
    assert_eq!(list(claims.client_roles("orders.api")), ["refund"]);
    assert_eq!(list(claims.client_roles("orders")), ["list"]);
    assert_eq!(claims.client_roles("orders.api.roles").len(), 0);
    assert!(!caller.has_role("refund") && !caller.has_role("admin"));
}

/// The client scope `microprofile-jwt`.
#[tokio::test]
async fn groups_of_keycloak_may_be_roles_of_the_realm() {
    let caller = caller::<Keycloak>(json!({
        "typ": "Bearer", "upn": "alice", "groups": ["offline_access", "manager"],
    }))
    .await;
    assert_eq!(list(caller.groups()), ["offline_access", "manager"]);
    assert!(caller.has_group("manager") && !caller.has_group("/manager"));
    assert_eq!(caller.roles().len(), 0);
}

#[tokio::test]
async fn a_lightweight_keycloak_token_grants_nothing() {
    let lightweight = || token(json!({ "typ": "Bearer", "azp": "storefront", "sid": "s" }));
    let authenticator = authenticator::<Keycloak>();
    let with_sub = lightweight().sign();
    let caller = authenticator.authenticate(&with_sub, None).await.unwrap();
    assert_eq!((caller.roles().len(), caller.groups().len()), (0, 0));
    assert_eq!(caller.scopes().len(), 0);

    let without_sub = lightweight().without_claim("sub").sign();
    let refused = authenticator.authenticate(&without_sub, None).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "Invalid token: Missing claim 'sub'"
    );
}

#[tokio::test]
async fn verify_caller_beside_the_roles_of_keycloak_is_no_role() {
    let caller = caller::<Keycloak>(json!({
        "realm_access": { "roles": ["manager"], "verify_caller": true },
        "resource_access": {
            "orders": { "roles": ["list"], "verify_caller": false },
            "account": { "verify_caller": true },
        },
    }))
    .await;
    assert_eq!(list(caller.roles()), ["manager"]);
    let claims = caller.claims::<Keycloak>().unwrap();
    assert_eq!(list(claims.client_roles("orders")), ["list"]);
    assert_eq!(claims.client_roles("account").len(), 0);
}

#[tokio::test]
async fn hostile_keycloak() {
    let roles = Some("realm_access.roles");
    hostile::<Keycloak>(&[
        ("realm_access", json!({ "roles": "admin" }), roles),
        ("realm_access", json!({ "roles": { "admin": true } }), roles),
        ("realm_access", json!({ "roles": [["admin"]] }), roles),
        ("realm_access", json!(["admin"]), roles),
        ("realm_access", json!("admin"), roles),
        (
            "realm_access",
            json!({ "realm_access": { "roles": ["admin"] } }),
            None,
        ),
        ("realm_access.roles", json!(["admin"]), None),
        ("roles", json!(["admin"]), None),
        ("role", json!("admin"), None),
        (
            "resource_access",
            json!({ "realm_access": { "roles": ["admin"] } }),
            None,
        ),
        (
            "resource_access",
            json!({ "a": { "roles": "admin" } }),
            Some("resource_access.roles"),
        ),
        (
            "resource_access",
            json!({ "a": ["admin"] }),
            Some("resource_access"),
        ),
        (
            "resource_access",
            json!({ "roles": ["admin"] }),
            Some("resource_access"),
        ),
        ("resource_access", json!(["admin"]), Some("resource_access")),
        ("groups", json!("admin"), Some("groups")),
        ("scope", json!(["admin"]), Some("scope")),
    ])
    .await;
    // The reverse of the collision: the nested client is not the dotted one.
    let nested = json!({ "resource_access": { "my": { "client": { "roles": ["admin"] } } } });
    let caller = caller::<Keycloak>(nested).await;
    let claims = caller.claims::<Keycloak>().unwrap();
    assert_eq!(claims.client_roles("my.client").len(), 0);
    assert_eq!(claims.client_roles("my").len(), 0);
}

#[tokio::test]
async fn auth0() {
    let caller = caller::<Auth0>(json!({
        "azp": "app", "client_id": null, "scope": "openid read:orders",
        "permissions": ["read:orders", "delete:orders", "write:*"], "org_id": "org_1",
    }))
    .await;
    assert_eq!(
        list(caller.roles()),
        ["read:orders", "delete:orders", "write:*"]
    );
    assert_eq!(list(caller.scopes()), ["openid", "read:orders"]);
    assert!(caller.has_role("delete:orders"));
    assert!(
        !caller.has_scope("delete:orders"),
        "the client was not given it"
    );
    assert!(
        !caller.has_role("write:orders"),
        "no wildcards among permissions"
    );
    let claims = caller.claims::<Auth0>().unwrap();
    assert_eq!(
        (claims.org_id(), claims.client_id()),
        (Some("org_1"), Some("app"))
    );
}

#[tokio::test]
async fn auth0_with_the_rfc_9068_profile() {
    let token = token(json!({
        "aud": [ISSUER.audience(), "https://tenant.example.test/userinfo"],
        "client_id": "app", "jti": "j", "scope": "openid read:orders",
        "permissions": ["read:orders"],
    }))
    .header("typ", "at+jwt");
    let settings = ISSUER.settings().require_rfc9068(true);
    let authenticator = ISSUER.authenticator_with(settings, AuthenticatorBuilder::claims::<Auth0>);
    let caller = authenticator
        .authenticate(&token.sign(), None)
        .await
        .unwrap();
    assert_eq!(list(caller.roles()), ["read:orders"]);
    assert_eq!(list(caller.scopes()), ["openid", "read:orders"]);
    assert_eq!(caller.claims::<Auth0>().unwrap().client_id(), Some("app"));
}

#[requires_role("read:orders")]
async fn for_all() -> Result<(), AuthClientError> {
    Ok(())
}

#[authorize(all(role("read:orders"), when(!ctx.subject().ends_with("@clients"))))]
async fn for_users() -> Result<(), AuthClientError> {
    Ok(())
}

#[tokio::test]
async fn an_auth0_token_without_a_user_has_the_permissions_of_its_client() {
    let machine = caller::<Auth0>(json!({
        "sub": "app@clients", "azp": "app", "client_id": null, "gty": "client-credentials",
        "scope": "read:orders", "permissions": ["read:orders"],
    }))
    .await;
    assert!(machine.has_role("read:orders"));
    machine.clone().scope(for_all()).await.unwrap();
    let refused = machine.scope(for_users()).await.unwrap_err();
    assert_eq!(refused.status_code(), 403);

    let user = caller::<Auth0>(json!({ "permissions": ["read:orders"] })).await;
    user.scope(for_users()).await.unwrap();
}

#[tokio::test]
async fn an_auth0_token_of_two_clients_is_refused() {
    let refused = refusal::<Auth0>(json!({ "azp": "app", "client_id": "another" })).await;
    assert_eq!(
        refused,
        "Invalid token: Invalid claim 'azp': another claim names another client"
    );
    let caller = caller::<Auth0>(json!({ "azp": "app", "client_id": "app" })).await;
    assert_eq!(caller.claims::<Auth0>().unwrap().client_id(), Some("app"));
}

/// Auth0 and v1.0 of Entra ID write one.
#[tokio::test]
async fn the_slash_at_the_end_of_an_issuer_counts() {
    let (with, without) = (
        "https://tenant.example.test/",
        "https://tenant.example.test",
    );
    for (issuer, iss, accepted) in [
        (with, with, true),
        (with, without, false),
        (without, with, false),
    ] {
        let settings = ISSUER.settings().issuer(issuer).build().unwrap();
        let token = token(json!({ "iss": iss })).sign();
        let outcome = exactly(settings).authenticate(&token, None).await;
        assert_eq!(outcome.is_ok(), accepted, "{issuer} {iss}");
    }
}

#[tokio::test]
async fn hostile_auth0() {
    hostile::<Auth0>(&[
        ("permissions", json!("admin"), Some("permissions")),
        (
            "permissions",
            json!("read:orders admin"),
            Some("permissions"),
        ),
        (
            "permissions",
            json!({ "permissions": ["admin"] }),
            Some("permissions"),
        ),
        (
            "permissions",
            json!([{ "permission_name": "admin" }]),
            Some("permissions"),
        ),
        ("https://example.test/permissions", json!(["admin"]), None),
        ("role", json!("admin"), None),
        ("scp", json!(["admin"]), None),
        ("scope", json!(["admin"]), Some("scope")),
    ])
    .await;
}

#[tokio::test]
async fn entra_id() {
    let caller = caller::<EntraId>(json!({
        "ver": "2.0", "tid": "tenant", "oid": "object", "azp": "app", "azpacr": "1",
        "name": "Alice", "preferred_username": "alice@example.test",
        "roles": ["Orders.Approve"], "scp": "Orders.Read Orders.Write",
        "groups": ["0b1c2d3e-0000-0000-0000-000000000001"],
        "wids": ["62e90394-0000-0000-0000-000000000002"],
    }))
    .await;
    assert_eq!(list(caller.roles()), ["Orders.Approve"]);
    assert_eq!(
        list(caller.groups()),
        ["0b1c2d3e-0000-0000-0000-000000000001"]
    );
    assert_eq!(list(caller.scopes()), ["Orders.Read", "Orders.Write"]);
    let claims = caller.claims::<EntraId>().unwrap();
    assert_eq!(
        (claims.oid(), claims.tid(), claims.client_id()),
        (Some("object"), Some("tenant"), Some("app"))
    );
}

#[tokio::test]
async fn entra_id_v1() {
    let caller = caller::<EntraId>(json!({
        "ver": "1.0", "tid": "tenant", "oid": "object", "appid": "app", "appidacr": "1",
        "unique_name": "alice@example.test", "scp": "Orders.Read",
    }))
    .await;
    assert_eq!(list(caller.scopes()), ["Orders.Read"]);
    assert_eq!(caller.roles().len(), 0);
    assert_eq!(caller.claims::<EntraId>().unwrap().client_id(), Some("app"));
}

#[tokio::test]
async fn entra_id_without_a_user() {
    let caller = caller::<EntraId>(json!({
        "ver": "2.0", "tid": "tenant", "oid": "object", "sub": "object", "azp": "app",
        "azpacr": "1", "idtyp": "app", "roles": ["Orders.Read.All"],
    }))
    .await;
    // They are the application's own.
    assert_eq!(list(caller.roles()), ["Orders.Read.All"]);
    assert_eq!(
        caller.scopes().len(),
        0,
        "nobody delegated anything to the application"
    );
    assert_eq!(caller.groups().len(), 0);
    assert_eq!(caller.claims::<EntraId>().unwrap().client_id(), Some("app"));
}

#[tokio::test]
async fn an_entra_id_token_of_two_clients_is_refused() {
    let both = |azp: Value, appid: Value| json!({ "azp": azp, "appid": appid });
    let refused = refusal::<EntraId>(both(json!("app"), json!("another"))).await;
    assert_eq!(
        refused,
        "Invalid token: Invalid claim 'azp': another claim names another client"
    );
    let mistyped = refusal::<EntraId>(both(json!("app"), json!(["app"]))).await;
    assert_eq!(mistyped, "Invalid token: Invalid claim 'appid'");
    for (azp, appid) in [(json!("app"), json!("app")), (Value::Null, json!("app"))] {
        let caller = caller::<EntraId>(both(azp, appid)).await;
        assert_eq!(caller.claims::<EntraId>().unwrap().client_id(), Some("app"));
    }
}

#[tokio::test]
async fn entra_id_overage_is_refused() {
    let overage = "Invalid token: Invalid claim 'groups': the groups are too many for the token \
                   (overage); assign groups to the application or use app roles";
    for claims in [
        json!({
            "_claim_names": { "groups": "src1" },
            "_claim_sources": { "src1": { "endpoint": "https://graph.example.test/getMemberObjects" } },
        }),
        json!({ "_claim_names": { "groups": "src1" }, "groups": ["some"] }),
        json!({ "hasgroups": true }),
    ] {
        assert_eq!(refusal::<EntraId>(claims).await, overage);
    }
}

#[tokio::test]
async fn hostile_entra_id() {
    hostile::<EntraId>(&[
        ("roles", json!("admin"), Some("roles")),
        ("roles", json!({ "value": ["admin"] }), Some("roles")),
        ("_claim_names", json!({ "roles": "src1" }), Some("roles")),
        ("_claim_names", json!("groups"), Some("_claim_names")),
        ("_claim_names", json!({}), None),
        ("hasgroups", json!("true"), Some("hasgroups")),
        // Documented is only `true`; this says as much as no claim at all.
        ("hasgroups", json!(false), None),
        ("groups", json!("admin"), Some("groups")),
        ("groups", json!(["admin", 1]), Some("groups")),
        ("scp", json!(["admin"]), Some("scp")),
        ("scope", json!("admin"), None),
        ("role", json!("admin"), None),
        ("wids", json!(["admin"]), None),
    ])
    .await;
}

#[tokio::test]
async fn okta() {
    let caller = caller::<Okta>(json!({
        "ver": 1, "cid": "client", "uid": "00u1", "scp": ["openid", "orders:read"],
        "groups": ["Everyone", "Finance"], "auth_time": 1_700_000_000,
    }))
    .await;
    assert_eq!(list(caller.groups()), ["Everyone", "Finance"]);
    assert_eq!(list(caller.scopes()), ["openid", "orders:read"]);
    assert_eq!(caller.claims::<Okta>().unwrap().uid(), Some("00u1"));
}

#[tokio::test]
async fn okta_without_a_user() {
    let caller = caller::<Okta>(json!({
        "ver": 1, "cid": "client", "sub": "client", "scp": ["orders:read"],
    }))
    .await;
    assert_eq!(list(caller.scopes()), ["orders:read"]);
    assert_eq!(caller.groups().len(), 0);
    let claims = caller.claims::<Okta>().unwrap();
    assert_eq!((claims.uid(), claims.cid()), (None, Some(caller.subject())));
}

#[tokio::test]
async fn hostile_okta() {
    hostile::<Okta>(&[
        ("scp", json!("admin"), Some("scp")),
        ("scp", json!("openid admin"), Some("scp")),
        ("scp", json!({ "scp": ["admin"] }), Some("scp")),
        ("scope", json!("admin"), None),
        ("groups", json!("admin"), Some("groups")),
        ("groups", json!([["admin"]]), Some("groups")),
        ("Groups", json!(["admin"]), None),
    ])
    .await;
}

fn cognito_token() -> Value {
    json!({
        "token_use": "access", "client_id": "app-client", "username": "alice", "version": 2,
        "cognito:groups": ["eu-west-1_x_Staff", "admins"], "scope": "openid orders/read",
        "origin_jti": "o", "event_id": "e", "auth_time": 1_700_000_000,
    })
}

#[tokio::test]
async fn cognito() {
    let settings = AuthClientSettings::cognito("eu-west-1", "eu-west-1_x", "app-client");
    let settings = settings.accepted_algorithms(["ES256"]).build().unwrap();
    let issuer = settings.issuer.clone();
    let keys = StaticKeys::from_jwks(ISSUER.jwks().to_string()).unwrap();
    let authenticator = Authenticator::builder(settings)
        .key_source(keys)
        .claims::<Cognito>();
    let authenticator = authenticator.build().unwrap();

    let good = || {
        token(cognito_token())
            .claim("iss", &*issuer)
            .without_claim("aud")
            .without_header("typ")
    };
    let caller = authenticator
        .authenticate(&good().sign(), None)
        .await
        .unwrap();
    assert_eq!(list(caller.groups()), ["eu-west-1_x_Staff", "admins"]);
    assert_eq!(list(caller.scopes()), ["openid", "orders/read"]);
    assert_eq!(
        caller.claims::<Cognito>().unwrap().client_id(),
        "app-client"
    );

    for token in [
        // The ID token of the same user, client and pool, and what it could be bent to.
        good()
            .claim("token_use", "id")
            .claim("aud", "app-client")
            .without_claim("client_id"),
        good().claim("token_use", "id").claim("aud", "app-client"),
        good().without_claim("token_use"),
        good().claim("client_id", "another-client"),
        good()
            .claim("client_id", "another-client")
            .claim("aud", "app-client"),
        good().claim(
            "iss",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_y",
        ),
    ] {
        assert!(
            authenticator
                .authenticate(&token.sign(), None)
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn hostile_cognito() {
    hostile::<Cognito>(&[
        ("cognito:groups", json!("admin"), Some("cognito:groups")),
        (
            "cognito:groups",
            json!({ "0": "admin" }),
            Some("cognito:groups"),
        ),
        ("cognito", json!({ "groups": ["admin"] }), None),
        ("groups", json!(["admin"]), None),
        ("cognito:roles", json!(["admin"]), None),
        ("scope", json!(["admin"]), Some("scope")),
        ("scp", json!(["admin"]), None),
        ("client_id", json!(["admin"]), Some("client_id")),
    ])
    .await;
    // The type insists on `token_use` even without the preset.
    let silent = refusal::<Cognito>(json!({ "client_id": "a" })).await;
    assert_eq!(silent, "Invalid token: Missing claim 'token_use'");
    let bearer = refusal::<Cognito>(json!({ "client_id": "a", "token_use": "bearer" })).await;
    assert_eq!(
        bearer,
        "Invalid token: Invalid claim 'token_use': it must be `access`"
    );
}
