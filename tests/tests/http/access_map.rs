//! The access map, served by the application that it is about.

use axum::http::HeaderValue;
use pico_auth::access_map::AccessMap;
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    Authenticator, Policy, Requirement, Role, SecureRouter, allow_anonymous, requires_role,
};
use reqwest::Method;
use tower_http::set_header::SetResponseHeaderLayer;

use super::support::{ADMIN, App, ISSUER, admin, viewer, whoami};

#[derive(Role)]
#[role(rename_all = "kebab-case")]
enum AppRole {
    #[role(implies(Admin))]
    Owner,
    Admin,
    /// No rule names it.
    Intern,
}

#[requires_role(AppRole::Admin)]
async fn reset() -> &'static str {
    "reset"
}

#[allow_anonymous]
async fn hello() -> &'static str {
    "hello"
}

const AUDITOR: Policy = Policy::require(Requirement::any_role(&["auditor"]));

fn application() -> SecureRouter {
    SecureRouter::new()
        .route("/hello", get(hello))
        .route("/reset", get(reset))
}

async fn serve(router: SecureRouter) -> App {
    App::secured(router.secured_by(ISSUER.authenticator())).await
}

fn token(role: &str) -> String {
    ISSUER.token("u1").role(role).sign()
}

#[tokio::test]
async fn only_who_the_rule_admits_sees_the_map() {
    let app = serve(application().access_map_routes("/map", AUDITOR)).await;
    for path in ["/map", "/map/map.json"] {
        let nobody = app.get(path, None).await;
        nobody.is_missing(path);
        let admin = app.get(path, Some(&admin())).await;
        assert_eq!(admin.status, 403, "{path}");
        for refusal in [nobody, admin] {
            assert!(!refusal.body.contains("/reset"), "{path}: the body leaks");
            assert_eq!(refusal.header("content-security-policy"), None, "{path}");
        }
        let auditor = token("auditor");
        assert_eq!(app.get(path, Some(&auditor)).await.status, 200, "{path}");
        let head = app.call(Method::HEAD, path, Some(&auditor)).await;
        assert_eq!((head.status, &*head.body), (200, ""), "{path}");
        let post = app.call(Method::POST, path, Some(&auditor)).await;
        assert_eq!(post.status, 405, "{path}");
    }
}

#[tokio::test]
async fn the_page_may_run_nothing_but_its_own_script() {
    let app = serve(application().access_map_routes("/map", AUDITOR)).await;
    let page = app.get("/map", Some(&token("auditor"))).await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    let (own, frames) = policy.rsplit_once("; ").unwrap();
    assert_eq!(frames, "frame-ancestors 'none'");
    assert!(own.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(page.body.contains(own), "the page says the same of itself");
    let json = app.get("/map/map.json", Some(&token("auditor"))).await;
    assert_eq!(json.header("content-type"), Some("application/json"));
    for answer in [page, json] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    }
}

#[tokio::test]
async fn the_map_is_that_of_the_whole_application() {
    let inner = SecureRouter::new().access_map_routes("/map/", AUDITOR);
    let router = SecureRouter::new()
        .nest("/inner", inner)
        .merge(SecureRouter::new().access_map_routes("/merged", AUDITOR))
        .merge(application())
        .route("/late", get(ADMIN.guard(whoami)));
    let map = router.access_map();
    let app = serve(router).await;
    for path in ["/inner/map/map.json", "/merged/map.json"] {
        let json = app.get(path, Some(&token("auditor"))).await;
        assert_eq!(json.body, map.to_json(), "{path}");
    }
    for path in ["/inner/map/", "/merged"] {
        let page = app.get(path, Some(&token("auditor"))).await;
        assert_eq!(page.body, map.to_html("Access map"), "{path}");
    }
    let own: Vec<_> = map
        .entries()
        .iter()
        .filter(|entry| entry.handler().starts_with("pico_auth::access_map_routes"))
        .map(|entry| (entry.path(), entry.handler()))
        .collect();
    assert_eq!(
        own,
        [
            ("/inner/map/", "pico_auth::access_map_routes::page"),
            ("/inner/map/map.json", "pico_auth::access_map_routes::json"),
            ("/merged", "pico_auth::access_map_routes::page"),
            ("/merged/map.json", "pico_auth::access_map_routes::json"),
        ]
    );
    let source = map.who_can("GET", "/merged").unwrap();
    let source = source.entry().source().unwrap();
    assert!(source.starts_with(file!()), "{source}: where it was called");
}

#[tokio::test]
async fn the_map_knows_what_roles_imply() {
    let router = application().access_map_routes("/map", AUDITOR);
    let by_hand = router.access_map().with_role_hierarchy::<AppRole>();
    assert_eq!(by_hand.roles(), ["admin", "auditor", "intern", "owner"]);
    let hierarchy = ISSUER.authenticator_with(ISSUER.settings(), |authenticator| {
        authenticator.role_hierarchy::<AppRole>()
    });
    let app = App::secured(router.secured_by(hierarchy)).await;
    let json = app.get("/map/map.json", Some(&token("auditor"))).await;
    let map = AccessMap::from_json(&json.body).unwrap();
    assert_eq!(map, by_hand);
    assert_eq!(
        map.who_can("GET", "/reset").unwrap().roles(),
        ["admin", "owner"]
    );

    // One of several issuers is enough.
    let other = TestIssuer::in_memory_at("https://other.test");
    let both = Authenticator::trusting([
        other.trusted(other.settings()),
        ISSUER
            .trusted(ISSUER.settings())
            .role_hierarchy::<AppRole>(),
    ]);
    let router = application().access_map_routes("/map", AUDITOR);
    let app = App::secured(router.secured_by(both.unwrap())).await;
    let json = app.get("/map/map.json", Some(&token("auditor"))).await;
    let of_both = AccessMap::from_json(&json.body).unwrap();
    assert_eq!(of_both.without_source(), map.without_source());
}

#[tokio::test]
async fn what_a_router_adds_holds_for_the_map_too() {
    let layer = SetResponseHeaderLayer::overriding(
        axum::http::HeaderName::from_static("x-inside"),
        HeaderValue::from_static("yes"),
    );
    let router = SecureRouter::<u32>::new()
        .access_map_routes("/map", Policy::AllowAnonymous.because("it is public"))
        .require(ADMIN)
        .route_layer(layer)
        .with_state(7);
    let app = serve(SecureRouter::new().nest("/inner", router)).await;
    for path in ["/inner/map", "/inner/map/map.json"] {
        assert_eq!(app.get(path, None).await.status, 401, "{path}");
        assert_eq!(app.get(path, Some(&viewer())).await.status, 403, "{path}");
        let answer = app.get(path, Some(&admin())).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("x-inside"), Some("yes"), "{path}");
        assert!(answer.body.contains("role"), "{path}");
    }
}

#[tokio::test]
async fn without_an_authenticator_nobody_sees_the_map() {
    let settings = ISSUER.settings().enabled(false).build().unwrap();
    let disabled = Authenticator::new(settings).unwrap();
    let router = application().access_map_routes("/map", AUDITOR);
    let app = App::secured(router.secured_by(disabled)).await;
    app.get("/map", None).await.is_missing("disabled");
    let answer = app.get("/map", Some(&token("auditor"))).await;
    assert_eq!(answer.status, 401);
    assert_eq!(app.get("/hello", None).await.status, 200);
}
