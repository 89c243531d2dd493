//! `SecureRouter`: every path, method and layer of an application, and who gets where.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use pico_auth::routing::{
    self, MethodFilter, MethodRouter, any, connect, delete, get, head, on, options, patch, post,
    put, trace,
};
use pico_auth::{Authenticator, Policy, SecureRouter};
use reqwest::Method;
use tower_http::cors::CorsLayer;
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;

use super::support::{ADMIN, App, ISSUER, admin, ambient, viewer, whoami};

const OPEN: Policy = Policy::AllowAnonymous;
const SIGNED_IN: Policy = Policy::Authenticated;

async fn serve(router: SecureRouter) -> App {
    App::secured(router.secured_by(ISSUER.authenticator())).await
}

fn open() -> MethodRouter {
    get(OPEN.guard(whoami))
}

fn closed() -> MethodRouter {
    get(ADMIN.guard(whoami))
}

/// What nobody, a viewer and an admin are answered.
async fn statuses(app: &App, method: Method, path: &str) -> [u16; 3] {
    let (viewer, admin) = (viewer(), admin());
    let mut statuses = [0; 3];
    let tokens = [None, Some(viewer.as_str()), Some(admin.as_str())];
    for (status, token) in statuses.iter_mut().zip(tokens) {
        *status = app.call(method.clone(), path, token).await.status;
    }
    statuses
}

/// Writes down that it ran, and for whom.
type Log = Arc<Mutex<Vec<String>>>;

macro_rules! logging {
    ($log:expr, $name:literal) => {{
        let log: Log = Arc::clone(&$log);
        from_fn(move |request: Request, next: Next| {
            log.lock().unwrap().push(format!("{} {}", $name, ambient()));
            next.run(request)
        })
    }};
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

// --- paths and methods -------------------------------------------------------------------------

#[tokio::test]
async fn what_does_not_exist_is_401_to_strangers_and_404_or_405_to_callers() {
    let app = serve(
        SecureRouter::new()
            .route("/closed", closed())
            .route("/open", open())
            .route("/items/{id}", closed().post(ADMIN.guard(whoami)))
            .nest("/nested", SecureRouter::new().route("/open", open())),
    )
    .await;
    for path in [
        "/",
        "/no",
        "/closed/",
        "/closed/x",
        "//closed",
        "/closed//",
        "/CLOSED",
        "/close%64x",
        "/closed%2f",
        "/closed;x",
        "/nested",
        "/nested/",
        "/nested/no",
        "/nested//open",
        "/nested/open/",
        "/items/",
        "/items/a/b",
        "/open%00",
    ] {
        assert_eq!(
            statuses(&app, Method::GET, path).await,
            [401, 404, 404],
            "{path}"
        );
    }
    for (method, path) in [
        (Method::POST, "/closed"),
        (Method::POST, "/open"),
        (Method::OPTIONS, "/open"),
        (Method::TRACE, "/open"),
        (Method::PUT, "/items/1"),
        (Method::DELETE, "/nested/open"),
        (Method::from_bytes(b"PROPFIND").unwrap(), "/open"),
        (Method::from_bytes(b"get").unwrap(), "/open"),
    ] {
        assert_eq!(
            statuses(&app, method.clone(), path).await,
            [401, 405, 405],
            "{method} {path}"
        );
    }
    let bad = ISSUER.token("u1").expired().sign();
    let answer = app.get("/no", Some(&bad)).await;
    answer.is_invalid("a bad token on an unknown path", "Token has expired");
    let answer = app.call(Method::POST, "/closed", Some(&viewer())).await;
    assert_eq!(answer.header("allow"), Some("GET,HEAD"), "RFC 9110 §15.5.6");
}

#[tokio::test]
async fn a_closed_path_cannot_be_reached_by_another_spelling() {
    let router = SecureRouter::new()
        .route("/closed", closed())
        .route("/a/{*rest}", any(ADMIN.guard(whoami)))
        .nest("/n", SecureRouter::new().route("/closed", closed()));
    let app = serve(router).await;
    for target in [
        "/closed",
        "/closed?x",
        "/closed#x",
        "/%63losed",
        "//closed",
        "/./closed",
        "/x/../closed",
        "http://other.test/closed",
        "http://user:pass@other.test/closed",
        "/n/closed",
        "/n//closed",
        "/n/../closed",
        "/a/../closed",
        "/a/%2e%2e/closed",
        "/a//",
        "/closed\\",
        "*",
        "closed",
    ] {
        let methods = [
            "HEAD", "POST", "OPTIONS", "CONNECT", "TRACE", "PRI", "G\u{e9}T",
        ];
        let headers = [
            "X-HTTP-Method-Override: GET",
            "X-Original-URL: /closed",
            "X-Forwarded-User: admin",
            "Upgrade: websocket",
            "Authorization: ",
            "Transfer-Encoding: chunked",
        ];
        let requests = methods.map(|method| (method, "X: y")).into_iter();
        for (method, header) in requests.chain(headers.map(|header| ("GET", header))) {
            let line = format!("{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close");
            let answer = app.raw(format!("{line}\r\n{header}\r\n\r\n")).await;
            let refused = answer.starts_with("HTTP/1.1 40");
            assert!(refused, "{method} {target} {header}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_request_hidden_in_a_body_is_a_body() {
    let router = SecureRouter::new()
        .route("/open", post(OPEN.guard(whoami)))
        .route("/closed", closed());
    let app = serve(router).await;
    let inner = "GET /closed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let both = "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for outer in [
        format!("Content-Length: 0\r\n\r\n{inner}"),
        format!("{both}{inner}"),
        format!(
            "Content-Length: 0\r\nContent-Length: {}\r\n\r\n{inner}",
            inner.len()
        ),
        format!("Transfer-Encoding: xchunked\r\n\r\n{inner}"),
    ] {
        let answer = app
            .raw(format!("POST /open HTTP/1.1\r\nHost: a\r\n{outer}"))
            .await;
        let oks = answer.matches("HTTP/1.1 200").count();
        // Where a second request is seen at all, it is a request of its own and refused.
        assert!(oks <= 1 && !answer.contains("ada"), "{outer}: {answer}");
    }
}

#[tokio::test]
async fn every_method_function_routes_its_method_and_no_other() {
    type Make = fn() -> MethodRouter;
    let cases: [(Method, Make, Make); 8] = [
        (
            Method::GET,
            || get(ADMIN.guard(whoami)),
            || post(OPEN.guard(whoami)).get(ADMIN.guard(whoami)),
        ),
        (
            Method::POST,
            || post(ADMIN.guard(whoami)),
            || get(OPEN.guard(whoami)).post(ADMIN.guard(whoami)),
        ),
        (
            Method::PUT,
            || put(ADMIN.guard(whoami)),
            || get(OPEN.guard(whoami)).put(ADMIN.guard(whoami)),
        ),
        (
            Method::PATCH,
            || patch(ADMIN.guard(whoami)),
            || get(OPEN.guard(whoami)).patch(ADMIN.guard(whoami)),
        ),
        (
            Method::DELETE,
            || delete(ADMIN.guard(whoami)),
            || get(OPEN.guard(whoami)).delete(ADMIN.guard(whoami)),
        ),
        (
            Method::HEAD,
            || head(ADMIN.guard(whoami)),
            || get(OPEN.guard(whoami)).head(ADMIN.guard(whoami)),
        ),
        (
            Method::OPTIONS,
            || options(ADMIN.guard(whoami)),
            || get(OPEN.guard(whoami)).options(ADMIN.guard(whoami)),
        ),
        (
            Method::TRACE,
            || trace(ADMIN.guard(whoami)),
            || get(OPEN.guard(whoami)).trace(ADMIN.guard(whoami)),
        ),
    ];
    for (method, alone, chained) in cases {
        let router = SecureRouter::new()
            .route("/alone", alone())
            .route("/chained", chained());
        let app = serve(router).await;
        for path in ["/alone", "/chained"] {
            let got = statuses(&app, method.clone(), path).await;
            assert_eq!(got, [401, 403, 200], "{method} {path}");
        }
        let got = statuses(&app, Method::from_bytes(b"LINK").unwrap(), "/alone").await;
        assert_eq!(got, [401, 405, 405], "{method}");
    }
}

#[tokio::test]
async fn connect_is_ruled_too() {
    let router = SecureRouter::new()
        .route("/tunnel", connect(ADMIN.guard(whoami)))
        .route("/open", open());
    let app = serve(router).await;
    for target in ["/tunnel", "example.test:443", "/open", "/"] {
        let head = format!("CONNECT {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        let answer = app.raw(format!("{head}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 40"), "{target}: {answer}");
    }
    let bearer = format!("Authorization: Bearer {}", viewer());
    let head = "CONNECT example.test:443 HTTP/1.1\r\nHost: a\r\nConnection: close";
    let answer = app.raw(format!("{head}\r\n{bearer}\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[tokio::test]
async fn on_and_any_rule_all_their_methods() {
    let both = MethodFilter::PUT.or(MethodFilter::DELETE);
    let router = SecureRouter::new()
        .route("/on", on(both, ADMIN.guard(whoami)).get(OPEN.guard(whoami)))
        .route("/any", any(ADMIN.guard(whoami)))
        .route("/but", any(ADMIN.guard(whoami)).get(OPEN.guard(whoami)));
    let app = serve(router).await;
    for method in [Method::PUT, Method::DELETE] {
        assert_eq!(statuses(&app, method, "/on").await, [401, 403, 200]);
    }
    assert_eq!(statuses(&app, Method::GET, "/on").await, [200, 200, 200]);
    assert_eq!(statuses(&app, Method::POST, "/on").await, [401, 405, 405]);
    for method in [
        Method::GET,
        Method::POST,
        Method::OPTIONS,
        Method::from_bytes(b"X").unwrap(),
    ] {
        assert_eq!(statuses(&app, method, "/any").await, [401, 403, 200]);
    }
    assert_eq!(statuses(&app, Method::GET, "/but").await, [200, 200, 200]);
    assert_eq!(statuses(&app, Method::POST, "/but").await, [401, 403, 200]);
}

#[tokio::test]
async fn head_runs_under_the_rule_of_get_unless_it_has_its_own() {
    let router = SecureRouter::new()
        .route("/get", closed())
        .route("/own", closed().head(OPEN.guard(whoami)))
        .route("/strict", open().head(ADMIN.guard(whoami)));
    let app = serve(router).await;
    assert_eq!(statuses(&app, Method::HEAD, "/get").await, [401, 403, 200]);
    assert_eq!(statuses(&app, Method::HEAD, "/own").await, [200, 200, 200]);
    assert_eq!(statuses(&app, Method::GET, "/own").await, [401, 403, 200]);
    assert_eq!(
        statuses(&app, Method::HEAD, "/strict").await,
        [401, 403, 200]
    );
    assert_eq!(
        statuses(&app, Method::GET, "/strict").await,
        [200, 200, 200]
    );
}

#[tokio::test]
async fn methods_of_one_path_keep_their_rules_however_they_are_put_together() {
    let post = || post(ADMIN.guard(whoami));
    let nested = SecureRouter::new().route("/path", open());
    for router in [
        SecureRouter::new().route("/path", open().merge(post())),
        SecureRouter::new().route("/path", post().merge(open())),
        SecureRouter::new()
            .route("/path", open())
            .route("/path", post()),
        SecureRouter::new().route("/path", post()).merge(nested),
    ] {
        let app = serve(router).await;
        assert_eq!(statuses(&app, Method::GET, "/path").await, [200, 200, 200]);
        assert_eq!(statuses(&app, Method::POST, "/path").await, [401, 403, 200]);
        assert_eq!(statuses(&app, Method::PUT, "/path").await, [401, 405, 405]);
    }
}

fn panic_of(build: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(build)).expect_err("it must panic");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

fn finish(router: SecureRouter) {
    let _ = router.secured_by(ISSUER.authenticator());
}

type Build = fn(SecureRouter) -> SecureRouter;

fn with_fallback() -> SecureRouter {
    SecureRouter::new().fallback(OPEN.guard(whoami))
}

fn with_fallback_service() -> SecureRouter {
    SecureRouter::new().fallback_service(ServeDir::new("."), OPEN)
}

#[test]
fn mistakes_are_panics_at_start_up() {
    let new = SecureRouter::<()>::new;
    let cases: [(&str, Build); 10] = [
        ("Overlapping method", |r| {
            r.route("/", open().get(ADMIN.guard(whoami)))
        }),
        ("Overlapping method", |r| {
            r.route("/", open()).route("/", closed())
        }),
        ("Overlapping method", |r| {
            r.route("/", open())
                .merge(SecureRouter::new().route("/", closed()))
        }),
        ("conflict", |r| {
            r.route("/{a}", open()).route("/{b}", closed())
        }),
        ("must start with", |r| r.route("no-slash", open())),
        ("outermost router", |r| r.nest("/n", with_fallback())),
        ("outermost router", |r| r.merge(with_fallback())),
        ("outermost router", |r| {
            r.nest("/n", with_fallback_service())
        }),
        ("before any route", |r| r.require(ADMIN)),
        ("before any route", |r| {
            r.route_layer(CorsLayer::new()).route("/", open())
        }),
    ];
    for (words, build) in cases {
        let message = panic_of(|| finish(build(new())));
        assert!(message.contains(words), "`{words}` is not in `{message}`");
    }
}

// --- nest, merge, fallback, services -----------------------------------------------------------

#[tokio::test]
async fn nested_and_merged_routers_keep_their_rules() {
    let deep = SecureRouter::new()
        .route("/open", open())
        .route("/closed", closed());
    let middle = SecureRouter::new()
        .nest("/deep", deep)
        .route("/closed", closed());
    let merged = SecureRouter::new().route("/merged", closed());
    let router = SecureRouter::new()
        .nest("/{tenant}/middle", middle)
        .merge(merged)
        .route("/open", open());
    let app = serve(router).await;
    for (path, expected) in [
        ("/open", [200, 200, 200]),
        ("/t/middle/deep/open", [200, 200, 200]),
        ("/t/middle/deep/closed", [401, 403, 200]),
        ("/t/middle/closed", [401, 403, 200]),
        ("/merged", [401, 403, 200]),
        ("/t/middle/deep/no", [401, 404, 404]),
    ] {
        assert_eq!(statuses(&app, Method::GET, path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn a_fallback_has_a_rule_of_its_own() {
    for (policy, expected) in [
        (OPEN, [200, 200, 200]),
        (Policy::OptionalAuthentication, [200, 200, 200]),
        (SIGNED_IN, [401, 200, 200]),
        (ADMIN, [401, 403, 200]),
    ] {
        let router = SecureRouter::new()
            .route("/closed", closed())
            .nest("/n", SecureRouter::new().route("/closed", closed()))
            .fallback(policy.guard(whoami));
        let app = serve(router).await;
        for path in ["/", "/no", "/n/no", "/closed/"] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                assert_eq!(
                    statuses(&app, method, path).await,
                    expected,
                    "{policy:?} {path}"
                );
            }
        }
        // It answers paths that do not exist, not methods that a path does not have.
        assert_eq!(
            statuses(&app, Method::POST, "/closed").await,
            [401, 405, 405]
        );
        assert_eq!(
            statuses(&app, Method::GET, "/closed").await,
            [401, 403, 200]
        );
    }
}

/// A directory with one file, removed in the end.
struct Dir(std::path::PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pico-auth-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("file.txt"), "content").unwrap();
        Self(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn services_without_a_function_have_a_policy() {
    let dir = Dir::new("services");
    let files = || ServeDir::new(&dir.0);
    let router = SecureRouter::new()
        .nest_service("/files", files(), ADMIN)
        .nest_service("/public", files(), OPEN)
        .route_service("/{file}", files(), SIGNED_IN);
    let app = serve(router).await;
    for (path, expected) in [
        ("/files/file.txt", [401, 403, 200]),
        ("/files/f%69le.txt", [401, 403, 200]),
        ("/files/", [401, 403, 404]),
        ("/files", [401, 403, 404]),
        ("/files/no", [401, 403, 404]),
        ("/files//file.txt", [401, 403, 200]),
        ("/public/file.txt", [200, 200, 200]),
        ("/file.txt", [401, 200, 200]),
        ("/x/file.txt", [401, 404, 404]),
    ] {
        assert_eq!(statuses(&app, Method::GET, path).await, expected, "{path}");
    }
    let escape =
        "GET /public/%2e%2e/files/file.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = app.raw(escape).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert_eq!(
        statuses(&app, Method::HEAD, "/files/file.txt").await,
        [401, 403, 200]
    );
    assert_eq!(
        statuses(&app, Method::POST, "/files/file.txt").await,
        [401, 403, 405]
    );

    for (policy, expected) in [(OPEN, [200, 200, 200]), (ADMIN, [401, 403, 200])] {
        let router = SecureRouter::new()
            .route("/closed", closed())
            .fallback_service(files(), policy);
        let app = serve(router).await;
        assert_eq!(statuses(&app, Method::GET, "/file.txt").await, expected);
        assert_eq!(
            statuses(&app, Method::GET, "/closed").await,
            [401, 403, 200]
        );
    }
}

// --- require -----------------------------------------------------------------------------------

#[tokio::test]
async fn require_adds_a_rule_to_all_routes_so_far_and_to_no_later_one() {
    let dir = Dir::new("require");
    let inner = SecureRouter::new()
        .route("/open", open())
        .nest("/deep", SecureRouter::new().route("/open", open()));
    let router = SecureRouter::new()
        .route("/open", open().post(OPEN.guard(whoami)))
        .route("/signed-in", get(SIGNED_IN.guard(whoami)))
        .route("/maybe", get(Policy::OptionalAuthentication.guard(whoami)))
        .nest("/nested", inner)
        .merge(SecureRouter::new().route("/merged", open()))
        .nest_service("/files", ServeDir::new(&dir.0), OPEN)
        .require(ADMIN)
        .route("/later", open())
        .nest("/later-nested", SecureRouter::new().route("/open", open()));
    let app = serve(router).await;
    for path in [
        "/open",
        "/signed-in",
        "/maybe",
        "/nested/open",
        "/nested/deep/open",
        "/merged",
        "/files/file.txt",
    ] {
        assert_eq!(
            statuses(&app, Method::GET, path).await,
            [401, 403, 200],
            "{path}"
        );
    }
    assert_eq!(statuses(&app, Method::POST, "/open").await, [401, 403, 200]);
    for path in ["/later", "/later-nested/open"] {
        assert_eq!(
            statuses(&app, Method::GET, path).await,
            [200, 200, 200],
            "{path}"
        );
    }
}

#[tokio::test]
async fn require_never_weakens() {
    for weak in [OPEN, Policy::OptionalAuthentication, SIGNED_IN] {
        let app = serve(SecureRouter::new().route("/", closed()).require(weak)).await;
        assert_eq!(
            statuses(&app, Method::GET, "/").await,
            [401, 403, 200],
            "{weak:?}"
        );
    }
    let router = SecureRouter::new()
        .route("/", open())
        .require(Policy::OptionalAuthentication);
    let app = serve(router).await;
    assert_eq!(statuses(&app, Method::GET, "/").await, [200, 200, 200]);
    let answer = app.get("/", Some("garbage")).await;
    assert_eq!(answer.status, 401, "now the token is looked at");
    app.get("/", Some(&admin()))
        .await
        .is_ok("and the caller is known", "ada");

    let router = SecureRouter::new()
        .route("/", open())
        .require(SIGNED_IN)
        .require(ADMIN);
    assert_eq!(
        statuses(&serve(router).await, Method::GET, "/").await,
        [401, 403, 200]
    );
}

// --- layers ------------------------------------------------------------------------------------

#[tokio::test]
async fn a_layer_sees_every_request_and_a_route_layer_only_admitted_callers() {
    let log = Log::default();
    let router = SecureRouter::new()
        .route("/", closed())
        .route_layer(logging!(log, "first inside"))
        .layer(logging!(log, "first outside"))
        .route_layer(logging!(log, "second inside"))
        .layer(logging!(log, "second outside"));
    let app = serve(router).await;
    let outside = ["second outside nobody", "first outside nobody"];
    for token in [None, Some(viewer())] {
        app.get("/", token.as_deref()).await;
        assert_eq!(taken(&log), outside, "refused");
    }
    app.get("/", Some(&admin())).await.is_ok("admitted", "ada");
    let all = [outside, ["second inside ada", "first inside ada"]].concat();
    assert_eq!(
        taken(&log),
        all,
        "the last added runs first, and the gate stands between"
    );
    app.get("/no", Some(&admin())).await;
    assert_eq!(taken(&log), outside, "a fallback has no route layers");
}

#[tokio::test]
async fn layers_of_method_routers_and_nested_routers_stand_on_their_side_of_the_gate() {
    let log = Log::default();
    let methods = closed()
        .layer(logging!(log, "methods outside"))
        .route_layer(logging!(log, "methods inside"))
        .post(OPEN.guard(whoami));
    let nested = SecureRouter::new()
        .route("/", methods)
        .route_layer(logging!(log, "nested inside"))
        .layer(logging!(log, "nested outside"));
    let router = SecureRouter::new()
        .nest("/n", nested)
        .route_layer(logging!(log, "router inside"))
        .layer(logging!(log, "router outside"))
        .route("/later", open());
    let app = serve(router).await;

    app.get("/n", None).await.is_missing("refused");
    let outside = [
        "router outside nobody",
        "nested outside nobody",
        "methods outside nobody",
    ];
    assert_eq!(taken(&log), outside);
    app.get("/n", Some(&admin())).await.is_ok("admitted", "ada");
    let inside = [
        "router inside ada",
        "nested inside ada",
        "methods inside ada",
    ];
    assert_eq!(taken(&log), [outside, inside].concat());
    app.call(Method::POST, "/n", None)
        .await
        .is_ok("anonymous", "nobody");
    let anonymous = ["router inside nobody", "nested inside nobody"];
    assert_eq!(taken(&log), [&outside[..2], &anonymous].concat());
    app.get("/later", None)
        .await
        .is_ok("a later route", "nobody");
    assert_eq!(taken(&log), Vec::<String>::new());
}

#[tokio::test]
async fn a_route_layer_that_answers_itself_cannot_admit() {
    let short = from_fn(|_: Request, _: Next| async { "short cut" });
    let router = SecureRouter::new().route("/", closed()).route_layer(short);
    let app = serve(router).await;
    assert_eq!(statuses(&app, Method::GET, "/").await, [401, 403, 200]);
}

#[tokio::test]
async fn a_trace_layer_sees_refusals() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let layer = TraceLayer::new_for_http().on_response(
        move |response: &Response, _: std::time::Duration, _: &tracing::Span| {
            log.lock().unwrap().push(response.status().as_u16());
        },
    );
    let app = serve(SecureRouter::new().route("/", closed()).layer(layer)).await;
    assert_eq!(statuses(&app, Method::GET, "/").await, [401, 403, 200]);
    assert_eq!(statuses(&app, Method::GET, "/no").await, [401, 404, 404]);
    assert_eq!(*seen.lock().unwrap(), [401, 403, 200, 401, 404, 404]);
}

#[tokio::test]
async fn an_upgrade_is_refused_before_it_happens() {
    let upgrade = || async { (StatusCode::SWITCHING_PROTOCOLS, [("upgrade", "websocket")]) };
    let app = serve(SecureRouter::new().route("/ws", get(ADMIN.guard(upgrade)))).await;
    let head = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let close = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = app.raw(format!("{head}\r\n{close}")).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(!answer.contains("101"), "{answer}");
}

// --- state, parameters, serving ----------------------------------------------------------------

#[tokio::test]
async fn state_and_path_parameters_reach_the_handler() {
    let handler = |State(state): State<&'static str>, Path(id): Path<u32>| async move {
        format!("{state} {id}")
    };
    let methods: MethodRouter = get(ADMIN.guard(handler)).with_state("of the methods");
    let router: SecureRouter<()> = SecureRouter::new()
        .route("/{id}", get(ADMIN.guard(handler)))
        .route_layer(from_fn(|request: Request, next: Next| next.run(request)))
        .nest(
            "/n",
            SecureRouter::new().route("/{id}", routing::any(ADMIN.guard(handler))),
        )
        .require(SIGNED_IN)
        .with_state("of the router")
        .route("/m/{id}", methods);
    let app = serve(router).await;
    app.get("/7", Some(&admin()))
        .await
        .is_ok("route", "of the router 7");
    app.get("/n/8", Some(&admin()))
        .await
        .is_ok("nested", "of the router 8");
    app.get("/m/9", Some(&admin()))
        .await
        .is_ok("methods", "of the methods 9");
    let answer = app.get("/seven", Some(&viewer())).await;
    assert_eq!(answer.status, 403, "refused before the path is parsed");
    assert_eq!(app.get("/seven", Some(&admin())).await.status, 400);
}

#[tokio::test]
async fn every_way_to_serve_keeps_the_gates() {
    let secured = || {
        let who = |ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>| async move {
            peer.ip().to_string()
        };
        SecureRouter::new()
            .route("/", closed())
            .route("/peer", get(ADMIN.guard(who)))
            .secured_by(ISSUER.authenticator())
    };
    let apps = [
        App::secured(secured()).await,
        App::listen(move |listener| async move {
            axum::serve(listener, secured().into_make_service())
                .await
                .unwrap();
        })
        .await,
        App::serve(axum::Router::new().fallback_service(secured())).await,
    ];
    for app in apps {
        assert_eq!(statuses(&app, Method::GET, "/").await, [401, 403, 200]);
        assert_eq!(statuses(&app, Method::GET, "/no").await, [401, 404, 404]);
    }
    let app = App::listen(move |listener| async move {
        let service = secured().into_make_service_with_connect_info::<std::net::SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    })
    .await;
    app.get("/peer", Some(&admin()))
        .await
        .is_ok("the peer's address", "127.0.0.1");
    assert_eq!(statuses(&app, Method::GET, "/peer").await, [401, 403, 200]);

    let mounted = axum::Router::new().nest_service("/api", secured());
    let app = App::serve(mounted).await;
    assert_eq!(statuses(&app, Method::GET, "/api").await, [401, 403, 200]);
    assert_eq!(
        statuses(&app, Method::GET, "/api/no").await,
        [401, 404, 404]
    );
}

#[tokio::test]
async fn a_refusal_does_not_tell_strangers_the_methods_of_a_path() {
    let router = SecureRouter::new().route("/hidden", post(ADMIN.guard(whoami)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let unknown = app.get("/unknown", None).await;
    let hidden = app.get("/hidden", None).await;
    assert_eq!((unknown.status, hidden.status), (401, 401));
    assert_eq!(unknown.body, hidden.body);
    assert_eq!(hidden.headers.get("allow"), None);
    let known = app.get("/hidden", Some(&viewer())).await;
    assert_eq!(
        (known.status, known.headers["allow"].to_str().unwrap()),
        (405, "POST")
    );
}

#[tokio::test]
async fn a_disabled_authenticator_removes_no_rule() {
    let settings = pico_auth::AuthClientSettings::builder().enabled(false);
    let authenticator = Authenticator::new(settings.build().unwrap()).unwrap();
    let router = SecureRouter::new()
        .route("/open", open())
        .route("/maybe", get(Policy::OptionalAuthentication.guard(whoami)))
        .route("/signed-in", get(SIGNED_IN.guard(whoami)))
        .route("/closed", closed())
        .fallback(ADMIN.guard(whoami));
    let app = App::secured(router.secured_by(authenticator)).await;
    assert_eq!(statuses(&app, Method::GET, "/open").await, [200, 200, 200]);
    assert_eq!(statuses(&app, Method::GET, "/maybe").await, [200, 401, 401]);
    for path in ["/signed-in", "/closed", "/no"] {
        assert_eq!(
            statuses(&app, Method::GET, path).await,
            [401, 401, 401],
            "{path}"
        );
        app.get(path, Some(&admin())).await.is_missing(path);
    }
}
