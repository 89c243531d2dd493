//! Stage 4: the handler runs as its caller, and nobody else does.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use pico_auth::routing::get;
use pico_auth::{AgentContext, AuthLayer, Policy, SecureRouter, SecuredService, SecurityContext};
use tokio::sync::Barrier;
use tower::ServiceExt;

use super::support::{App, ISSUER, ambient, whoami};

/// A body of unknown length that says, when it is polled, who the caller is.
fn streamed() -> Body {
    Body::new(
        Full::new(Bytes::from_static(b"x"))
            .map_frame(|frame| frame.map_data(|_| Bytes::from(ambient()))),
    )
}

async fn nested() -> String {
    tokio::task::yield_now().await;
    async { ambient() }.await
}

/// Every way to ask who the caller is, behind `policy`.
fn routes(policy: Policy) -> SecureRouter {
    let spawned = || async { tokio::spawn(async { ambient() }).await.unwrap() };
    let blocking = || async { tokio::task::spawn_blocking(ambient).await.unwrap() };
    let required = |caller: SecurityContext| async move { caller.subject().to_owned() };
    let agent = |agent: Option<AgentContext>| async move { agent.is_some().to_string() };
    let required_agent = |agent: AgentContext| async move { agent.subject().to_owned() };
    SecureRouter::new()
        .route("/ambient", get(policy.guard(|| async { ambient() })))
        .route("/nested", get(policy.guard(nested)))
        .route("/optional", get(policy.guard(whoami)))
        .route("/required", get(policy.guard(required)))
        .route("/agent", get(policy.guard(agent)))
        .route("/required-agent", get(policy.guard(required_agent)))
        .route("/spawned", get(policy.guard(spawned)))
        .route("/blocking", get(policy.guard(blocking)))
        .route(
            "/streamed",
            get(policy.guard(|| async { Response::new(streamed()) })),
        )
}

fn secured(policy: Policy) -> SecuredService {
    routes(policy).secured_by(ISSUER.authenticator())
}

#[tokio::test]
async fn the_context_is_there_for_the_handler_and_all_it_awaits() {
    let token = ISSUER.token("u1").sign();
    for policy in [Policy::Authenticated, Policy::OptionalAuthentication] {
        let app = App::secured(secured(policy)).await;
        for path in ["/ambient", "/nested", "/optional", "/required", "/streamed"] {
            app.get(path, Some(&token)).await.is_ok(path, "u1");
        }
        for path in ["/spawned", "/blocking"] {
            app.get(path, Some(&token)).await.is_ok(path, "nobody");
        }
        app.get("/agent", Some(&token))
            .await
            .is_ok("no agent", "false");
        let answer = app.get("/required-agent", Some(&token)).await;
        let detail = "Endpoint requires X-Agent-Authorization header (agent token)";
        answer.refuses("no agent", 401, detail, Some("Bearer"));
    }
}

#[tokio::test]
async fn an_anonymous_caller_is_nobody() {
    let app = App::secured(secured(Policy::OptionalAuthentication)).await;
    for path in ["/ambient", "/nested", "/optional", "/streamed"] {
        app.get(path, None).await.is_ok(path, "nobody");
    }
    app.get("/required", None)
        .await
        .is_missing("the extractor refuses");
}

#[tokio::test]
async fn an_anonymous_endpoint_sees_nobody_whatever_token_is_sent() {
    let app = App::secured(secured(Policy::AllowAnonymous)).await;
    let good = ISSUER.token("u1").sign();
    let expired = ISSUER.token("u1").expired().sign();
    for token in [None, Some(good.as_str()), Some(&expired), Some("garbage")] {
        for path in ["/ambient", "/nested", "/optional", "/streamed"] {
            app.get(path, token).await.is_ok(path, "nobody");
        }
        app.get("/required", token)
            .await
            .is_missing("the extractor refuses");
    }
}

#[tokio::test]
async fn an_application_called_inside_another_context_does_not_inherit_it() {
    let outer = SecurityContext::test("outer").role("admin").build();
    for policy in [Policy::AllowAnonymous, Policy::OptionalAuthentication] {
        for path in ["/ambient", "/nested", "/optional", "/streamed"] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let call = async {
                let response = secured(policy).oneshot(request).await.unwrap();
                response.into_body().collect().await.unwrap().to_bytes()
            };
            let body = outer.clone().scope(call).await;
            assert_eq!(body, "nobody", "{policy:?} {path}");
        }
    }
    let request = Request::get("/ambient").body(Body::empty()).unwrap();
    let call = outer.scope(secured(Policy::Authenticated).oneshot(request));
    assert_eq!(
        call.await.unwrap().status(),
        401,
        "an outer context is no token"
    );
}

#[tokio::test]
async fn an_anonymous_endpoint_below_an_auth_layer_sees_nobody() {
    let layer = AuthLayer::new(ISSUER.authenticator()).unwrap();
    let inner = secured(Policy::AllowAnonymous);
    let app = App::serve(
        axum::Router::new()
            .nest_service("/inner", inner)
            .layer(layer),
    )
    .await;
    let token = ISSUER.token("u1").sign();
    for path in ["/inner/ambient", "/inner/optional", "/inner/streamed"] {
        app.get(path, Some(&token)).await.is_ok(path, "nobody");
        app.get(path, None).await.is_missing("the layer refuses");
    }
}

/// Two requests stand in their handlers at the same time and look twice.
async fn interleaved() {
    let barrier = Arc::new(Barrier::new(2));
    let handler = move || {
        let barrier = Arc::clone(&barrier);
        async move {
            let first = ambient();
            barrier.wait().await;
            let second = ambient();
            barrier.wait().await;
            format!("{first} {second} {}", ambient())
        }
    };
    let router = SecureRouter::new().route("/", get(Policy::Authenticated.guard(handler)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    for round in 0..20 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        let (ta, tb) = (ISSUER.token(&a).sign(), ISSUER.token(&b).sign());
        let answers = tokio::join!(app.get("/", Some(&ta)), app.get("/", Some(&tb)));
        answers.0.is_ok("first", &format!("{a} {a} {a}"));
        answers.1.is_ok("second", &format!("{b} {b} {b}"));
    }
}

#[tokio::test]
async fn concurrent_callers_on_one_thread_never_see_each_other() {
    interleaved().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_callers_on_several_threads_never_see_each_other() {
    interleaved().await;
}

#[tokio::test]
async fn concurrent_calls_within_one_task_never_see_each_other() {
    // Both futures are polled by one task: what a task-local alone would mix up.
    let barrier = Arc::new(Barrier::new(2));
    let handler = move || {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            ambient()
        }
    };
    let router = SecureRouter::new().route("/", get(Policy::Authenticated.guard(handler)));
    let app = router.secured_by(ISSUER.authenticator());
    let call = |subject: &str| {
        let bearer = format!("Bearer {}", ISSUER.token(subject).sign());
        let request = Request::get("/").header("authorization", bearer);
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap());
        async {
            response
                .await
                .unwrap()
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
        }
    };
    let (a, b) = tokio::join!(call("a"), call("b"));
    assert_eq!((&a[..], &b[..]), (&b"a"[..], &b"b"[..]));
    assert!(
        SecurityContext::current().is_none(),
        "nothing is left in the caller's task"
    );
}

#[tokio::test]
async fn a_panicking_handler_leaves_nobody_behind() {
    let panics = || async {
        assert!(ambient() != "u1", "a bug in a handler");
    };
    let router = routes(Policy::OptionalAuthentication)
        .route("/panics", get(Policy::Authenticated.guard(panics)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let token = ISSUER.token("u1").sign();
    // One thread serves all: whoever came next would inherit what was left.
    for _ in 0..3 {
        let request = app
            .request(reqwest::Method::GET, "/panics")
            .bearer_auth(&token);
        assert!(request.send().await.is_err(), "the connection ends");
        app.get("/ambient", None)
            .await
            .is_ok("the next caller", "nobody");
        assert!(SecurityContext::current().is_none());
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_nobody_behind() {
    let started = Arc::new(tokio::sync::Notify::new());
    let entered = Arc::clone(&started);
    let hangs = move || {
        let entered = Arc::clone(&entered);
        async move {
            entered.notify_one();
            std::future::pending::<()>().await;
        }
    };
    let router = routes(Policy::OptionalAuthentication)
        .route("/hangs", get(Policy::Authenticated.guard(hangs)));
    let app = router.secured_by(ISSUER.authenticator());
    let bearer = format!("Bearer {}", ISSUER.token("u1").sign());
    let request = Request::get("/hangs").header("authorization", bearer);
    let call = app.oneshot(request.body(Body::empty()).unwrap());
    tokio::select! {
        _ = call => panic!("it hangs"),
        () = started.notified() => {}
    }
    assert_eq!(ambient(), "nobody");
}

#[tokio::test]
async fn identity_ends_with_its_request_on_the_same_connection() {
    let app = App::secured(secured(Policy::OptionalAuthentication)).await;
    let token = ISSUER.token("u1").sign();
    let request = |headers: &str| format!("GET /ambient HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    let pipelined = [
        request(&format!("Authorization: Bearer {token}\r\n")),
        request(""),
        request("Connection: close\r\n"),
    ];
    let answer = app.raw(pipelined.concat()).await;
    let bodies: Vec<_> = answer
        .split("HTTP/1.1 200")
        .skip(1)
        .map(|a| a.rsplit_once("\r\n\r\n").unwrap().1)
        .collect();
    assert_eq!(bodies, ["u1", "nobody", "nobody"]);
}
