//! The polled list while its server does what it should.

use std::time::Duration;

use pico_auth::{
    Authenticator, Dependency, PolledRevocationList, RevocationList, StaticKeys,
    TokenInvalidReason, TokenKind,
};

use crate::support::{ISSUER, Reply, Server, ask, is_unavailable, query, refused_for};

/// Far longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_first_request_waits_for_the_list_and_the_next_ones_do_not() {
    let server = Server::start().await;
    server.list(&["gone"]);
    let (list, _) = server.polled();
    assert_eq!(server.requests().len(), 0, "nothing before it is needed");
    assert!(list.at_hand(query("gone")).is_none());
    assert!(ask(&list, "gone").await.unwrap());
    // From now on the server is silent, and nobody notices.
    server.reply(Reply::Hang);
    assert!(list.at_hand(query("gone")).unwrap().unwrap());
    assert!(!list.at_hand(query("good")).unwrap().unwrap());
    assert_eq!(server.requests().len(), 1);
    assert!(server.requests()[0].starts_with("GET /revoked HTTP/1.1"));
    assert!(
        !server.requests()[0]
            .to_lowercase()
            .contains("authorization")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_cold_requests_cause_one_fetch() {
    let server = Server::start().await;
    server.list(&["gone"]);
    let (list, _) = server.polled();
    let asking: Vec<_> = (0..200)
        .map(|_| {
            let list = list.clone();
            tokio::spawn(async move { ask(&list, "gone").await })
        })
        .collect();
    for asked in asking {
        assert!(asked.await.unwrap().unwrap());
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refresh_sees_what_was_revoked_before_it() {
    let server = Server::start().await;
    let (list, _) = server.polled();
    assert!(!ask(&list, "gone").await.unwrap());
    server.list(&["gone"]);
    list.refresh().await.unwrap();
    assert!(ask(&list, "gone").await.unwrap());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_list_is_fetched_again_without_any_request() {
    let server = Server::start().await;
    let (list, _) = server.polled_with(|builder| builder.ttl(Duration::from_millis(20)));
    assert!(!ask(&list, "gone").await.unwrap());
    server.until_requested(3).await;
    server.list(&["gone"]);
    let now = server.requests().len();
    // The one under way may have the old list.
    server.until_requested(now + 2).await;
    assert!(ask(&list, "gone").await.unwrap());
}

#[tokio::test]
async fn fetching_ends_with_the_last_handle() {
    let server = Server::start().await;
    server.reply(Reply::Hang);
    let (list, _) = server.polled();
    let clone = list.clone();
    let asking = tokio::spawn(async move { ask(&clone, "x").await });
    server.until_requested(1).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    drop(list);
    server.until_given_up().await;
}

/// Of the list that the settings make, too: no request needs to wait for it.
#[tokio::test]
async fn a_service_that_waited_until_it_was_ready_has_its_list() {
    let server = Server::start().await;
    server.status(500, "");
    let settings = ISSUER.settings().revocation_endpoint(server.url());
    let authenticator = ISSUER.authenticator_with(settings, |parts| parts);
    let waiting = tokio::spawn({
        let authenticator = authenticator.clone();
        async move { authenticator.wait_until_ready(PATIENCE).await }
    });
    // It does not give up at the first failure.
    server.until_requested(1).await;
    server.list(&["gone"]);
    waiting.await.unwrap().unwrap();
    let fetches = server.requests().len();
    server.reply(Reply::Hang);
    let gone = ISSUER.token("u1").claim("jti", "gone").sign();
    let outcome = authenticator.authenticate(&gone, None).await;
    refused_for(outcome, TokenKind::Bearer, &TokenInvalidReason::Revoked);
    let good = ISSUER.token("u1").sign();
    assert!(authenticator.authenticate(&good, None).await.is_ok());
    authenticator
        .wait_until_ready(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(server.requests().len(), fetches, "it was there");
}

/// The lists of all issuers are waited for at once, so one time-out is enough for all.
#[tokio::test]
async fn no_list_in_time_is_an_error_that_says_why() {
    let (good, bad) = (Server::start().await, Server::start().await);
    bad.status(500, "");
    let other = "https://other.test";
    let settings = || ISSUER.settings().issuer(other);
    let keys = StaticKeys::from_jwks(ISSUER.jwks().to_string()).unwrap();
    let trusting = |fail_open| {
        let ours = ISSUER.settings().revocation_endpoint(good.url());
        let theirs = settings().revocation_endpoint(bad.url());
        let theirs = theirs.revocation_fail_open(fail_open).build().unwrap();
        let theirs = Authenticator::builder(theirs).key_source(keys.clone());
        Authenticator::trusting([ISSUER.trusted(ours), theirs]).unwrap()
    };
    let begun = std::time::Instant::now();
    let authenticator = trusting(false);
    let both = async {
        good.until_requested(1).await;
        // A failure is recorded before it is tried again.
        bad.until_requested(2).await;
    };
    tokio::select! {
        waited = authenticator.wait_until_ready(PATIENCE) => panic!("{waited:?}"),
        () = both => {}
    }
    // Waits until that list has been read.
    let token = ISSUER.token("u1").sign();
    authenticator.authenticate(&token, None).await.unwrap();
    let waited = authenticator.wait_until_ready(Duration::from_millis(50));
    let error = waited.await.unwrap_err();
    assert_eq!(error.what(), Dependency::RevocationList);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains(&bad.url()), "{cause}");
    assert_eq!(good.requests().len(), 1);
    bad.reply(Reply::Hang);
    let waited = trusting(false)
        .wait_until_ready(Duration::from_millis(50))
        .await;
    assert_eq!(waited.unwrap_err().what(), Dependency::RevocationList);
    assert!(begun.elapsed() < PATIENCE, "nothing hangs");
    // Requests would not wait for a list that is down, so neither does the start.
    bad.status(500, "");
    trusting(true).wait_until_ready(PATIENCE).await.unwrap();
}

/// As in tests that share a list: the runtime that fetched is gone, the next one goes on.
#[test]
fn a_list_survives_its_runtime() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let servers = runtime();
    let server = servers.block_on(Server::start());
    let (list, clock) = server.polled();
    assert!(!runtime().block_on(ask(&list, "gone")).unwrap());
    server.list(&["gone"]);
    clock.advance(crate::support::TTL * 3);
    assert!(runtime().block_on(ask(&list, "gone")).unwrap());
    assert_eq!(server.requests().len(), 2);
    drop((list, server));
}

#[tokio::test]
async fn the_settings_make_a_list_with_its_secret() {
    let server = Server::start().await;
    server.list(&["gone"]);
    let settings = ISSUER
        .settings()
        .revocation_endpoint(server.url())
        .revocation_bearer("s3cret-t0ken");
    let authenticator: Authenticator = ISSUER.authenticator_with(settings, |parts| parts);
    let gone = ISSUER.token("u1").claim("jti", "gone").sign();
    let outcome = authenticator.authenticate(&gone, None).await;
    refused_for(outcome, TokenKind::Bearer, &TokenInvalidReason::Revoked);
    let good = ISSUER.token("u1").agent_scopes(["a"]).sign();
    assert!(authenticator.authenticate(&good, None).await.is_ok());
    let outcome = authenticator.authenticate(&good, Some(&gone)).await;
    refused_for(outcome, TokenKind::Agent, &TokenInvalidReason::Revoked);
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(
        requests[0].contains("authorization: Bearer s3cret-t0ken\r\n"),
        "{requests:?}"
    );
}

/// Plain http would let anyone on the way hand out an empty list.
#[test]
fn only_https_or_loopback_is_polled() {
    for url in [
        "",
        "revoked",
        "http://id.example/revoked",
        "http://10.0.0.1/revoked",
        "https://user:pass@id.example/revoked",
        "https://id.example/revoked#x",
        "file:///revoked",
    ] {
        let error = PolledRevocationList::builder(url).build().unwrap_err();
        assert_eq!(error.key(), "revocation_endpoint", "{url}");
    }
    let builder = || PolledRevocationList::builder("https://id.example/revoked");
    assert!(builder().build().is_ok());
    let zero = builder().ttl(Duration::ZERO).build().unwrap_err();
    assert_eq!(zero.key(), "revocation_ttl_seconds");
}

#[test]
fn without_a_runtime_it_fails_closed() {
    let list = PolledRevocationList::builder("https://id.example/revoked")
        .build()
        .unwrap();
    let mut asking = std::pin::pin!(list.is_revoked(query("x")));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match asking.as_mut().poll(&mut context) {
        std::task::Poll::Ready(answer) => is_unavailable(answer),
        std::task::Poll::Pending => panic!("nothing can wake it"),
    };
}
