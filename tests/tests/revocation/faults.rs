//! The polled list while its server does what it should not: no wrong acceptance, no hang.

use std::time::Duration;

use pico_auth::test_kit::ManualClock;
use pico_auth::{AuthClientError, PolledRevocationList, TokenInvalidReason, TokenKind};

use crate::soon::soon;
use crate::support::{ISSUER, Reply, Server, TTL, ask, document, is_unavailable, refused_for};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Every way to fail, each under a limit of 200 bytes.
fn faults() -> Vec<(&'static str, Reply)> {
    let status = |status, body: &str| Reply::Status(status, body.to_owned());
    let whole = document(&["gone"]);
    let half = &whole[..whole.len() / 2];
    let many: Vec<_> = (0..20).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    vec![
        ("500", status(500, &whole)),
        ("503", status(503, &whole)),
        ("204", status(204, "")),
        ("206", status(206, half)),
        ("401", status(401, &whole)),
        ("403", status(403, &whole)),
        ("404", status(404, &whole)),
        ("redirect", status(302, &whole)),
        ("html", status(200, "<html><body>Sign in</body></html>")),
        ("empty", status(200, "")),
        ("another shape", status(200, r#"{"items":["gone"]}"#)),
        ("an error as 200", status(200, r#"{"detail":"no"}"#)),
        ("cut off", status(200, half)),
        (
            "one id is not a string",
            status(200, r#"{"items":[{"jti":"gone"},{"jti":5}]}"#),
        ),
        ("too large", status(200, &document(&many))),
        (
            "shorter than it says",
            Reply::Bytes(format!(
                "HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n{whole}",
                whole.len() + 1
            )),
        ),
        ("reset", Reply::Bytes(String::new())),
        (
            "not HTTP",
            Reply::Bytes("SSH-2.0-OpenSSH_9.2\r\n".to_owned()),
        ),
        ("hang", Reply::Hang),
    ]
}

/// A list under that limit, and its clock.
fn bounded(server: &Server, fault: &Reply) -> (PolledRevocationList, ManualClock) {
    // Short only where it must be waited for.
    let timeout = if matches!(fault, Reply::Hang) {
        Duration::from_millis(500)
    } else {
        Duration::from_secs(30)
    };
    server.polled_with(|builder| builder.timeout(timeout).max_body_bytes(200))
}

/// Waits until the server's list is known. On a busy machine that may take longer than a short time-out.
async fn refreshed(list: &PolledRevocationList) {
    soon("refreshed", async {
        while list.refresh().await.is_err() {}
    })
    .await;
}

#[tokio::test]
async fn before_any_list_every_fault_is_a_503_and_the_next_list_heals_it() {
    for (name, fault) in faults() {
        let server = Server::start().await;
        let (list, _) = bounded(&server, &fault);
        server.reply(fault);
        let error = is_unavailable(ask(&list, "good").await);
        assert!(error.retry_after() <= Duration::from_secs(1), "{name}");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("/revoked"), "{name}: {cause}");
        is_unavailable(ask(&list, "gone").await);
        server.list(&["gone"]);
        refreshed(&list).await;
        assert!(ask(&list, "gone").await.unwrap(), "{name}");
        assert!(!ask(&list, "good").await.unwrap(), "{name}");
    }
}

/// A server that sends more and more must not fill the memory, whatever was configured.
#[tokio::test]
async fn a_list_of_256_megabytes_is_cut_off_where_nothing_was_configured() {
    const HEAD: usize = 4096;
    let server = Server::start().await;
    server.reply(Reply::Endless(256_000_000));
    let (list, _) = server.polled_with(|builder| builder.timeout(Duration::from_secs(60)));
    let error = is_unavailable(ask(&list, "good").await);
    server.reply(Reply::Hang);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("too large"), "{cause}");
    is_unavailable(ask(&list, "a").await);
    let taken = server.until_taken().await;
    // What the kernel holds for the two ends of the connection comes on top.
    let (cap, kernel) = (128 * 1024 * 1024, 64 * 1024 * 1024);
    assert!((cap - HEAD..cap + kernel).contains(&taken), "{taken}");
}

#[tokio::test]
async fn a_list_answers_through_every_fault_until_it_is_too_old() {
    for (name, fault) in faults() {
        let server = Server::start().await;
        server.list(&["gone"]);
        let (list, clock) = bounded(&server, &fault);
        refreshed(&list).await;
        assert!(!ask(&list, "good").await.unwrap(), "{name}");
        server.reply(fault);
        clock.advance((TTL * 3).saturating_sub(MILLISECOND));
        list.refresh().await.unwrap_err();
        assert!(
            !ask(&list, "good").await.unwrap(),
            "{name}: still within the bound"
        );
        assert!(ask(&list, "gone").await.unwrap(), "{name}");
        clock.advance(MILLISECOND);
        is_unavailable(ask(&list, "good").await);
        assert!(
            ask(&list, "gone").await.unwrap(),
            "{name}: revoked stays revoked"
        );
        server.list(&[]);
        refreshed(&list).await;
        assert!(!ask(&list, "good").await.unwrap(), "{name}: healed");
    }
}

#[tokio::test]
async fn the_bound_can_be_set() {
    let server = Server::start().await;
    let (list, clock) = server.polled_with(|builder| builder.max_stale(Duration::ZERO));
    assert!(!ask(&list, "good").await.unwrap());
    server.status(500, "");
    list.refresh().await.unwrap_err();
    clock.advance(TTL.saturating_sub(MILLISECOND));
    assert!(!ask(&list, "good").await.unwrap());
    clock.advance(MILLISECOND);
    is_unavailable(ask(&list, "good").await);
}

/// The machine slept: there is no failure, only an old list. It is not used unasked.
#[tokio::test]
async fn after_a_long_sleep_the_first_request_waits_for_a_new_list() {
    let server = Server::start().await;
    let (list, clock) = server.polled();
    assert!(!ask(&list, "gone").await.unwrap());
    server.list(&["gone"]);
    clock.advance(TTL * 1000);
    assert!(ask(&list, "gone").await.unwrap());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_failed_fetch_is_tried_again_without_any_request() {
    let server = Server::start().await;
    server.status(500, "");
    let (list, _) = server.polled();
    is_unavailable(ask(&list, "good").await);
    server.list(&["gone"]);
    server.until_requested(2).await;
    list.refresh().await.unwrap();
    assert!(ask(&list, "gone").await.unwrap());
}

#[tokio::test]
async fn only_the_setting_fails_open() {
    for (fail_open, admitted) in [(false, false), (true, true)] {
        let server = Server::start().await;
        server.status(500, "");
        let settings = ISSUER
            .settings()
            .revocation_endpoint(server.url())
            .revocation_fail_open(fail_open);
        let authenticator = ISSUER.authenticator_with(settings, |parts| parts);
        let token = ISSUER.token("u1").sign();
        match authenticator.authenticate(&token, None).await {
            Ok(_) => assert!(admitted),
            Err(AuthClientError::AuthUnavailable(_)) => assert!(!admitted),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn failing_open_still_refuses_what_is_known_to_be_revoked() {
    let server = Server::start().await;
    server.list(&["gone"]);
    let clock = ManualClock::new();
    let issuer = pico_auth::test_kit::TestIssuer::in_memory().with_clock(clock.clone());
    let settings = issuer
        .settings()
        .revocation_endpoint(server.url())
        .revocation_ttl_seconds(1)
        .revocation_fail_open(true);
    let authenticator = issuer.authenticator_with(settings, |parts| parts);
    let gone = issuer
        .token("u1")
        .claim("jti", "gone")
        .expires_in(TTL)
        .sign();
    let good = issuer.token("u1").expires_in(TTL).sign();
    assert!(authenticator.authenticate(&good, None).await.is_ok());
    server.status(500, "");
    // By now a fetch has failed, and the one that failed is recorded before the next begins.
    let now = server.requests().len();
    server.until_requested(now + 2).await;
    clock.advance(Duration::from_secs(60));
    let outcome = authenticator.authenticate(&gone, None).await;
    refused_for(outcome, TokenKind::Bearer, &TokenInvalidReason::Revoked);
    assert!(authenticator.authenticate(&good, None).await.is_ok());
}
