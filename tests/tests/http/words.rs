//! Refusals in the words of the application: problem details, terse ones, its own.

use axum::body::Body;
use axum::http::header::{LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, middleware};
use pico_auth::routing::get;
use pico_auth::{
    AuthClientError, AuthUnavailableError, Authentication, Dependency, Policy, Requirement,
    SecureRouter, SecuredService, TokenHeader, authenticated, requires_authentication,
    requires_role,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Answer, App, INSUFFICIENT_SCOPE, ISSUER, MISSING, ambient, send, viewer};

type TestResult = Result<&'static str, AuthClientError>;

#[requires_role("admin")]
async fn admin() -> TestResult {
    Ok("admin")
}

const PAY: Policy = Policy::require(Requirement::any_scope(&["pay"]));

#[requires_authentication(acr = "mfa")]
async fn strong() -> TestResult {
    Ok("strong")
}

/// Refused by the handler, not by its gate.
#[authenticated]
async fn inside() -> TestResult {
    admin().await
}

#[authenticated]
async fn outage() -> TestResult {
    Err(AuthUnavailableError::new(Dependency::Roles).into())
}

/// Hides that the route is there.
#[authenticated]
async fn hidden() -> Response {
    let mut answer = admin().await.unwrap_err().into_response();
    *answer.status_mut() = StatusCode::NOT_FOUND;
    *answer.body_mut() = Body::from("nothing here");
    answer
}

/// With the complete error in a header, as a layer that logs sees it.
async fn logged(mut response: Response) -> Response {
    if let Some(error) = response.extensions().get::<AuthClientError>() {
        let error = HeaderValue::from_str(&error.to_string()).unwrap();
        response.headers_mut().insert("x-log", error);
    }
    response
}

fn app(authentication: Authentication) -> SecuredService {
    SecureRouter::new()
        .route("/admin", get(admin))
        .route("/pay", get(PAY.guard(|| async { "paid" })))
        .route("/strong", get(strong))
        .route("/inside", get(inside))
        .route("/outage", get(outage))
        .route("/hidden", get(hidden))
        .layer(middleware::map_response(logged))
        .secured_by(authentication)
}

fn authentication() -> Authentication {
    Authentication::new(ISSUER.authenticator())
}

async fn serve(authentication: Authentication) -> App {
    App::secured(app(authentication)).await
}

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

const ADMIN_DETAIL: &str = "Requires one of roles: ['admin']";

#[tokio::test]
async fn problem_details_have_the_same_detail() {
    let app = serve(authentication().problem_details()).await;
    for (path, token, status, title, detail) in [
        ("/admin", None, 401, "Unauthorized", MISSING),
        ("/admin", Some(viewer()), 403, "Forbidden", ADMIN_DETAIL),
        ("/inside", Some(viewer()), 403, "Forbidden", ADMIN_DETAIL),
        (
            "/outage",
            Some(viewer()),
            503,
            "Service Unavailable",
            "Roles are temporarily unavailable",
        ),
    ] {
        let answer = app.get(path, token.as_deref()).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        let expected =
            json!({ "type": "about:blank", "title": title, "status": status, "detail": detail });
        assert_eq!(body(&answer), expected, "{path}");
        assert_eq!(answer.challenge().is_some(), status != 503);
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
    }
}

#[tokio::test]
async fn terse_refusals_do_not_tell_what_was_required_but_logs_do() {
    let app = serve(authentication().terse()).await;
    let viewer = viewer();
    for (path, log) in [
        ("/admin", ADMIN_DETAIL),
        ("/inside", ADMIN_DETAIL),
        ("/pay", "Requires one of scopes: ['pay']"),
    ] {
        let answer = app.get(path, Some(&viewer)).await;
        answer.refuses(
            path,
            403,
            "Insufficient permissions",
            Some(INSUFFICIENT_SCOPE),
        );
        assert_eq!(answer.header("x-log"), Some(log));
    }
    let answer = app.get("/strong", Some(&viewer)).await;
    let challenge = r#"Bearer error="insufficient_user_authentication", acr_values="mfa""#;
    answer.refuses(
        "step-up",
        401,
        "Insufficient authentication",
        Some(challenge),
    );
    app.get("/admin", None).await.is_missing("no token");
}

#[tokio::test]
async fn terse_problem_details() {
    let app = serve(authentication().terse().problem_details()).await;
    let answer = app.get("/admin", Some(&viewer())).await;
    assert_eq!(body(&answer)["detail"], "Insufficient permissions");
    assert!(!answer.body.contains("admin"));
}

/// What a layer that compresses and signs says of its body.
const OF_A_BODY: [(&str, &str); 6] = [
    ("content-encoding", "gzip"),
    ("etag", "\"1\""),
    ("last-modified", "Fri, 15 Jan 2027 08:00:00 GMT"),
    ("content-digest", "sha-256=:AA==:"),
    ("repr-digest", "sha-256=:AA==:"),
    ("digest", "sha-256=AA=="),
];

async fn compressed(mut response: Response) -> Response {
    for (name, value) in OF_A_BODY {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    *response.body_mut() = Body::from(&b"\x1f\x8b\x08 and so on"[..]);
    response
}

#[tokio::test]
async fn what_an_inner_layer_said_of_its_body_is_not_said_of_the_new_one() {
    for authentication in [authentication().problem_details(), authentication().terse()] {
        let router = SecureRouter::new()
            .route("/inside", get(inside))
            .route_layer(middleware::map_response(compressed));
        let app = App::secured(router.secured_by(authentication)).await;
        let answer = app.get("/inside", Some(&viewer())).await;
        assert_eq!(answer.status, 403);
        for (name, _) in OF_A_BODY {
            assert_eq!(answer.header(name), None, "{name}");
        }
        assert!(body(&answer)["detail"].is_string(), "{}", answer.body);
        let length = answer.body.len().to_string();
        assert_eq!(answer.header("content-length"), Some(&*length));
    }
}

#[tokio::test]
async fn a_hook_writes_its_own_body_and_the_refusal_stays_one() {
    let hook = |error: &AuthClientError, answer: Response| {
        let code = answer.status().as_u16();
        // A new response, which says 200 and has no challenge.
        Json(json!({ "error": { "code": code, "text": error.to_string() } })).into_response()
    };
    let app = serve(authentication().on_error(hook)).await;
    for (path, status, text, challenge) in [
        ("/admin", 403, ADMIN_DETAIL, Some(INSUFFICIENT_SCOPE)),
        ("/inside", 403, ADMIN_DETAIL, Some(INSUFFICIENT_SCOPE)),
        ("/outage", 503, "Roles are temporarily unavailable", None),
    ] {
        let answer = app.get(path, Some(&viewer())).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(
            body(&answer),
            json!({ "error": { "code": status, "text": text } })
        );
        assert_eq!(answer.challenge(), challenge);
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
        assert_eq!(
            answer.header("x-log"),
            Some(text),
            "the error is still there for logs"
        );
    }
}

#[tokio::test]
async fn a_hook_cannot_turn_a_refusal_into_a_success() {
    for status in [100, 200, 204, 206, 304, 302] {
        let hook = move |_: &AuthClientError, mut answer: Response| {
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            answer.headers_mut().remove(WWW_AUTHENTICATE);
            answer
        };
        let app = serve(authentication().on_error(hook)).await;
        let answer = app.get("/admin", Some(&viewer())).await;
        answer.refuses("as ever", 403, ADMIN_DETAIL, Some(INSUFFICIENT_SCOPE));
    }
}

#[tokio::test]
async fn a_hook_replaces_status_and_challenge_where_it_says_so() {
    let hook = |_: &AuthClientError, mut answer: Response| {
        *answer.status_mut() = StatusCode::NOT_FOUND;
        let challenge = HeaderValue::from_static("Bearer realm=\"a\"");
        answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        answer
    };
    let app = serve(authentication().on_error(hook)).await;
    let answer = app.get("/admin", None).await;
    answer.refuses("hidden", 404, MISSING, Some("Bearer realm=\"a\""));

    let login = |_: &AuthClientError, _: Response| Redirect::to("/login").into_response();
    let service = app_service(authentication().on_error(login)).await;
    assert_eq!(service.status(), StatusCode::SEE_OTHER);
    assert_eq!(service.headers()[LOCATION], "/login");
    assert_eq!(service.headers()[WWW_AUTHENTICATE], "Bearer");
}

/// The answer to `/admin` without a token, without a client that follows redirects.
async fn app_service(authentication: Authentication) -> Response {
    use tower::ServiceExt;
    let request = axum::extract::Request::get("/admin").body(Body::empty());
    app(authentication).oneshot(request.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_hook_that_panics_does_not_open_anything() {
    let hook = |_: &AuthClientError, _: Response| -> Response { panic!("of the hook") };
    let app = serve(authentication().terse().on_error(hook)).await;
    let answer = app.get("/pay", Some(&viewer())).await;
    answer.refuses(
        "as without",
        403,
        "Insufficient permissions",
        Some(INSUFFICIENT_SCOPE),
    );
    assert_eq!(
        answer.header("x-log"),
        Some("Requires one of scopes: ['pay']")
    );
}

/// Says as whom it runs.
fn naming(_: &AuthClientError, mut answer: Response) -> Response {
    let caller = HeaderValue::from_str(&ambient()).unwrap();
    answer.headers_mut().insert("x-caller", caller);
    answer
}

#[tokio::test]
async fn a_hook_runs_as_the_caller_of_its_own_request() {
    let header = TokenHeader::new("x-token").unwrap();
    let authentication =
        Authentication::with_extractor(ISSUER.authenticator(), header).on_error(naming);
    let inner = SecureRouter::new()
        .route("/inside", get(inside))
        .route("/admin", get(admin))
        .route("/open", get(Policy::AllowAnonymous.guard(admin)))
        .secured_by(authentication);
    // Around it, somebody else is the caller.
    let outer = SecureRouter::new().nest_service("/in", inner, Policy::Authenticated);
    let app = App::secured(outer.secured_by(ISSUER.authenticator())).await;
    for (path, token, caller) in [
        // Refused by a function.
        ("/in/inside", Some(viewer()), "vic"),
        ("/in/open", Some(viewer()), "nobody"),
        ("/in/open", None, "nobody"),
        // Refused by the gate.
        ("/in/admin", Some(viewer()), "nobody"),
        ("/in/admin", None, "nobody"),
    ] {
        let request = app.request(Method::GET, path);
        let request = request.bearer_auth(ISSUER.token("ada").sign());
        let answer = send(match &token {
            Some(token) => request.header("x-token", format!("Bearer {token}")),
            None => request,
        })
        .await;
        assert!([401, 403].contains(&answer.status), "{path} {answer:?}");
        assert_eq!(answer.header("x-caller"), Some(caller), "{path} {token:?}");
    }
}

#[tokio::test]
async fn what_a_handler_made_of_a_refusal_stays() {
    let hook = |_: &AuthClientError, _: Response| Json("hooked").into_response();
    for authentication in [
        authentication().problem_details(),
        authentication().terse(),
        authentication().on_error(hook),
    ] {
        let answer = serve(authentication)
            .await
            .get("/hidden", Some(&viewer()))
            .await;
        assert_eq!((answer.status, &*answer.body), (404, "nothing here"));
    }
}

#[tokio::test]
async fn of_two_applications_the_inner_one_decides() {
    let inner = app(authentication().on_error(|_, _| Json("inner").into_response()));
    let outer = authentication().on_error(|_, _| Json("outer").into_response());
    let router = SecureRouter::new().nest_service("/in", inner, Policy::OptionalAuthentication);
    let app = App::secured(router.secured_by(outer)).await;
    assert_eq!(
        app.get("/in/admin", Some(&viewer())).await.body,
        "\"inner\""
    );
    assert_eq!(app.get("/admin", None).await.body, "\"outer\"");
}
