//! Protected-resource metadata (RFC 9728).

use axum::http::StatusCode;
use pico_auth::routing::get;
use pico_auth::{
    Algorithm, AuthConfigurationError, AuthLayer, Authentication, Policy, ProtectedResource,
    ProtectedResourceBuilder, SecureRouter,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{ADMIN, App, ISSUER, MISSING, viewer, whoami};

const METADATA: &str = "/.well-known/oauth-protected-resource";

fn builder(resource: &str) -> ProtectedResourceBuilder {
    ProtectedResource::builder(resource).authorization_server("https://id.example")
}

fn resource(url: &str) -> ProtectedResource {
    builder(url).build().unwrap()
}

#[tokio::test]
async fn everybody_gets_the_document() {
    let resource = builder("https://api.example")
        .authorization_server("http://127.0.0.1:8100")
        .scopes_supported(["orders:read", "orders:write"])
        .resource_name("Orders")
        .resource_documentation("https://api.example/docs?page=1")
        .jwks_uri("https://api.example/jwks")
        .dpop_signing_algorithms([Algorithm::ES256])
        .dpop_bound_access_tokens_required()
        .tls_client_certificate_bound_access_tokens()
        .parameter("resource_name#de", "Bestellungen")
        .build()
        .unwrap();
    let router = SecureRouter::new().protected_resource_metadata(&resource);
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    for token in [None, Some("garbage"), Some(&*viewer())] {
        let answer = app.get(METADATA, token).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let document: Value = serde_json::from_str(&answer.body).unwrap();
        let expected = json!({
            "resource": "https://api.example",
            "authorization_servers": ["https://id.example", "http://127.0.0.1:8100"],
            "bearer_methods_supported": ["header"],
            "scopes_supported": ["orders:read", "orders:write"],
            "resource_name": "Orders",
            "resource_name#de": "Bestellungen",
            "resource_documentation": "https://api.example/docs?page=1",
            "jwks_uri": "https://api.example/jwks",
            "dpop_signing_alg_values_supported": ["ES256"],
            "dpop_bound_access_tokens_required": true,
            "tls_client_certificate_bound_access_tokens": true,
        });
        assert_eq!(document, expected);
    }
    let preflight = app.call(Method::OPTIONS, METADATA, None).await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-headers"), Some("*"));
    let others = app.call(Method::POST, METADATA, None).await;
    assert_eq!(others.status, 401);
}

#[test]
fn the_well_known_path_stands_between_host_and_path() {
    for (url, expected) in [
        (
            "https://a.example",
            "https://a.example/.well-known/oauth-protected-resource",
        ),
        (
            "https://a.example/",
            "https://a.example/.well-known/oauth-protected-resource",
        ),
        (
            "https://a.example:8443/b/c",
            "https://a.example:8443/.well-known/oauth-protected-resource/b/c",
        ),
        (
            "https://a.example/b/",
            "https://a.example/.well-known/oauth-protected-resource/b/",
        ),
        (
            "http://localhost:1/b",
            "http://localhost:1/.well-known/oauth-protected-resource/b",
        ),
    ] {
        let resource = resource(url);
        assert_eq!(resource.metadata_url(), expected);
        assert!(expected.ends_with(resource.metadata_path()));
        assert_eq!(resource.resource(), url);
    }
}

#[test]
fn what_clients_must_not_be_told_is_refused_at_start_up() {
    let good = || builder("https://api.example");
    let key = |builder: ProtectedResourceBuilder| {
        let error: AuthConfigurationError = builder.build().unwrap_err();
        error.key().to_owned()
    };
    for url in [
        "http://api.example",
        "https://api.example#x",
        "https://api.example?tenant=1",
        "https://user@api.example",
        "https://api.example/a\"b",
        "https://api.example/:id",
        "https://api.example/*rest",
        "https://api.example/{id}",
        "/mcp",
        "",
    ] {
        assert_eq!(key(builder(url)), "protected_resource.resource", "{url}");
    }
    let no_server = ProtectedResource::builder("https://api.example");
    assert_eq!(key(no_server), "protected_resource.authorization_servers");
    for (wrong, expected) in [
        (
            good().authorization_server("http://id.example"),
            "authorization_servers",
        ),
        (
            good().authorization_server("https://id.example?a"),
            "authorization_servers",
        ),
        (
            good().authorization_server("https://id.example#a"),
            "authorization_servers",
        ),
        (good().scopes_supported(["a b"]), "scopes_supported"),
        (good().scopes_supported([""]), "scopes_supported"),
        (good().jwks_uri("http://api.example/jwks"), "jwks_uri"),
        (
            good().resource_documentation("docs"),
            "resource_documentation",
        ),
        (good().parameter("resource_tos_uri", 7), "resource_tos_uri"),
        (
            good().parameter("resource", "https://other.example"),
            "resource",
        ),
    ] {
        assert_eq!(key(wrong), format!("protected_resource.{expected}"));
    }
}

#[test]
fn a_url_with_a_password_is_refused_without_its_text() {
    for url in [
        "https://user:s3cret@api.example",
        "https://s3cret@api.example/a b",
        "http://user:s3cret@api.example#x",
        "user:s3cret@api.example",
        "http://api.example?key=s3cret",
        "https://api.example?key=s3cret#x",
    ] {
        for wrong in [
            builder(url),
            builder("https://api.example").authorization_server(url),
            builder("https://api.example").jwks_uri(url),
        ] {
            let error = wrong.build().unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }
    // Any other is named: one of several may be meant.
    let error = builder("http://api.example").build().unwrap_err();
    assert!(error.problem().contains("`http://api.example`"), "{error}");
}

#[tokio::test]
async fn challenges_name_the_metadata() {
    let resource = resource("https://api.example/mcp");
    let router = SecureRouter::new()
        .route("/me", get(Policy::Authenticated.guard(whoami)))
        .route("/admin", get(ADMIN.guard(whoami)))
        .protected_resource_metadata(&resource);
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let named =
        r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource/mcp""#;
    let missing = format!("Bearer {named}");
    app.get("/me", None)
        .await
        .refuses("no token", 401, MISSING, Some(&missing));
    app.get("/nowhere", None)
        .await
        .refuses("no route", 401, MISSING, Some(&missing));
    let invalid = format!(r#"Bearer error="invalid_token", {named}"#);
    let answer = app.get("/me", Some("a.b.c")).await;
    assert_eq!(answer.challenge(), Some(&*invalid));
    let refused = format!(r#"Bearer error="insufficient_scope", {named}"#);
    let answer = app.get("/admin", Some(&viewer())).await;
    answer.refuses(
        "no role",
        403,
        "Requires one of roles: ['admin']",
        Some(&refused),
    );
    assert_eq!(app.get(resource.metadata_path(), None).await.status, 200);
}

#[tokio::test]
async fn each_part_of_an_application_can_be_a_resource() {
    let part = |url| {
        SecureRouter::new()
            .route("/me", get(Policy::Authenticated.guard(whoami)))
            .protected_resource_metadata(&resource(url))
            // Under a rule of all routes, also of those that are added by the metadata.
            .require(ADMIN)
    };
    let router = SecureRouter::new()
        .nest("/a", part("https://api.example/a"))
        .nest(
            "/b",
            SecureRouter::new().nest("/c", part("https://api.example/b/c")),
        )
        .route("/me", get(Policy::Authenticated.guard(whoami)));
    let map = router.access_map();
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    for part in ["/a", "/b/c"] {
        let challenge =
            format!(r#"Bearer resource_metadata="https://api.example{METADATA}{part}""#);
        let answer = app.get(&format!("{part}/me"), None).await;
        assert_eq!(answer.challenge(), Some(&*challenge));
        let path = format!("{METADATA}{part}");
        assert_eq!(app.get(&path, None).await.status, 200);
        for method in ["GET", "OPTIONS"] {
            let access = map.who_can(method, &path).unwrap();
            assert!(access.entry().rule().admits_everybody());
            let reason = access.entry().reason();
            assert_eq!(reason, Some("OAuth protected resource metadata (RFC 9728)"));
        }
    }
    app.get("/me", None).await.is_missing("no resource");
}

#[tokio::test]
async fn a_resource_that_several_routers_name_is_served_once() {
    let resource = resource("https://api.example");
    let part = |path| {
        SecureRouter::new()
            .route(path, get(Policy::Authenticated.guard(whoami)))
            .protected_resource_metadata(&resource)
    };
    let router = part("/a")
        .merge(part("/b"))
        .nest("/c", part("/d"))
        .protected_resource_metadata(&resource);
    let map = router.access_map();
    let entries = map.entries().iter();
    let methods: Vec<_> = entries
        .filter(|entry| entry.path() == METADATA)
        .map(|entry| entry.method().to_owned())
        .collect();
    assert_eq!(methods, ["GET", "OPTIONS"]);
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    assert_eq!(app.get(METADATA, None).await.status, 200);
    let challenge = format!(r#"Bearer resource_metadata="https://api.example{METADATA}""#);
    for path in ["/a", "/b", "/c/d"] {
        let answer = app.get(path, None).await;
        answer.refuses(path, 401, MISSING, Some(&challenge));
    }
}

#[test]
#[should_panic(expected = "two different documents of protected-resource metadata")]
fn two_documents_at_one_path_are_a_mistake() {
    let of = |host| SecureRouter::new().protected_resource_metadata(&resource(host));
    let router = of("https://one.example").merge(of("https://two.example"));
    let _ = router.secured_by(ISSUER.authenticator());
}

#[tokio::test]
async fn a_plain_router_serves_it_outside_its_layer() {
    let resource = resource("https://api.example");
    let metadata = resource.routes();
    let authentication = Authentication::new(ISSUER.authenticator()).protected_resource(resource);
    let router = axum::Router::new()
        .route("/", axum::routing::get(|| async { StatusCode::OK }))
        .layer(AuthLayer::new(authentication).unwrap())
        .merge(metadata);
    let app = App::serve(router).await;
    let challenge = format!(r#"Bearer resource_metadata="https://api.example{METADATA}""#);
    app.get("/", None)
        .await
        .refuses("no token", 401, MISSING, Some(&challenge));
    assert_eq!(app.get(METADATA, None).await.status, 200);
}
