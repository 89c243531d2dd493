//! The fault table: whatever the issuer does wrong, no token is accepted that should not be, no
//! request hangs, panics or is answered with something else than 200, 401 or 503, and the issuer is
//! asked as often as written here.

use std::fmt::Write;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use pico_auth::{
    Algorithm, AuthClientError, AuthUnavailableError, Clock, JwksClient, TokenInvalidReason,
    TokenKind, TokenValidator,
};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);

/// How long the tests' clients wait for an issuer that hangs, in real time.
const TIME_OUT: Duration = Duration::from_secs(1);

/// The same for one that answers, on machines that are busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Only so that a failing test ends: far more than the time-outs.
const FAR_TOO_LONG: Duration = Duration::from_secs(90);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Accepted,
    /// 401: there is no such key.
    Unknown,
    /// 503.
    Unavailable,
}
use Answer::{Accepted, Unavailable, Unknown};

/// One fault.
struct Row {
    fault: &'static str,
    /// Makes the reply, which hands out a key of the attacker wherever it can.
    reply: fn(&Server, String) -> Reply,
    /// Whether only the time-out ends it.
    hangs: bool,
    /// A service that has no keys yet: a valid token, a token of the attacker, and the fetches that
    /// 20 of the first and one of the second cause.
    cold: (Answer, Answer, usize),
    /// A service whose set is due to be refreshed: the same.
    warm: (Answer, Answer, usize),
    /// The same service an hour after the end of its set: a valid token, and all fetches since the
    /// fault began.
    stale: (Answer, usize),
}

const fn row(fault: &'static str, reply: fn(&Server, String) -> Reply) -> Row {
    Row {
        fault,
        reply,
        hangs: false,
        cold: (Unavailable, Unavailable, 1),
        warm: (Accepted, Unavailable, 1),
        stale: (Accepted, 2),
    }
}

fn html() -> String {
    "<!doctype html><title>Sign in</title>".into()
}

const TABLE: &[Row] = &[
    Row {
        hangs: true,
        ..row("hang", |_, _| Reply::Hang)
    },
    row("reset", |_, _| Reply::Reset),
    Row {
        hangs: true,
        ..row("slow drip", |_, evil| Reply::Drip(evil))
    },
    row("cut off in the body", |_, evil| Reply::CutOff(evil)),
    row("50 MB body", |_, evil| Reply::Flood(evil)),
    row("status 500", |_, evil| {
        Reply::Http(500, String::new(), evil)
    }),
    row("status 503", |_, evil| {
        Reply::Http(503, "Retry-After: 0".into(), evil)
    }),
    row("status 404", |_, evil| {
        Reply::Http(404, String::new(), evil)
    }),
    row("status 206", |_, evil| {
        Reply::Http(206, String::new(), evil)
    }),
    row("redirect", |server, evil| {
        server.put("/elsewhere", 200, evil.clone());
        Reply::Http(302, format!("Location: {}/elsewhere", server.url), evil)
    }),
    row("HTML", |_, _| {
        Reply::Http(200, "Content-Type: text/html".into(), html())
    }),
    row("truncated JSON", |_, evil| {
        let half = evil[..evil.len() - 1].to_owned();
        Reply::Http(200, String::new(), half)
    }),
    row("not HTTP", |_, evil| {
        Reply::Http(200, "\r\n: :\r\nTransfer-Encoding: chunked".into(), evil)
    }),
    row("two documents in one", |_, evil| {
        Reply::Http(200, String::new(), format!("{evil}{evil}"))
    }),
    // What a JWKS is does not depend on how it is called (RFC 7517 §8.5 only registers a name).
    Row {
        cold: (Accepted, Unknown, 2),
        warm: (Accepted, Unknown, 2),
        stale: (Accepted, 3),
        ..row("wrong content type", |_, _| {
            let line = "Content-Type: text/html".into();
            Reply::Http(200, line, jwks(&[ED.jwk("good")]))
        })
    },
];

#[test]
fn the_documentation_has_this_table() {
    let mut table = String::from(
        "| The issuer's answer | No keys yet: valid token | forged | fetches \
         | With keys: valid | forged | fetches | An hour later: valid | fetches |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for row in TABLE {
        let [cold, warm] = [row.cold, row.warm]
            .map(|(valid, forged, n)| format!("{} | {} | {n}", status(valid), status(forged)));
        let stale = format!("{} | {}", status(row.stale.0), row.stale.1);
        writeln!(table, "| {} | {cold} | {warm} | {stale} |", row.fault).unwrap();
    }
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/keys.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    assert!(docs.contains(&table), "docs/keys.md should say:\n{table}");
}

fn status(answer: Answer) -> u16 {
    match answer {
        Accepted => 200,
        Unknown => 401,
        Unavailable => 503,
    }
}

/// A verifier of tokens that takes its keys from a server.
struct Service {
    server: Server,
    validator: Arc<TokenValidator>,
    clock: Arc<ManualClock>,
}

impl Service {
    async fn start(time_out: Duration) -> Self {
        let (server, _, _) = Server::with_keys(&[ED.jwk("good")]).await;
        let (builder, clock) = server.client();
        let client = builder.timeout(time_out).build().unwrap();
        Self::of(server, client, clock)
    }

    async fn for_row(row: &Row) -> Self {
        Self::start(if row.hangs { TIME_OUT } else { PATIENCE }).await
    }

    fn of(server: Server, client: JwksClient, clock: Arc<ManualClock>) -> Self {
        let validator = TokenValidator::new(rules(), Arc::new(client), clock.clone()).unwrap();
        Self {
            server,
            validator: Arc::new(validator),
            clock,
        }
    }

    /// Answers within the time-out, or the test fails.
    async fn ask(&self, token: &str) -> Answer {
        answer(&self.validator, token).await
    }

    /// As [`ask`](Self::ask), while the issuer is well. On a busy machine its answer may take longer than
    /// the short time-out; a minute later it is asked again.
    async fn ask_well(&self, row: &Row, token: &str) -> Answer {
        for _ in 0..60 {
            match self.ask(token).await {
                Unavailable if row.hangs => self.clock.advance(60 * SECOND),
                answer => return answer,
            }
        }
        Unavailable
    }

    /// A token of the attacker. Asked again where the request has given up a moment before the fetch:
    /// what comes next relies on the fetch having ended.
    async fn ask_forged(&self) -> Answer {
        let forged = evil();
        loop {
            match self.validator.verify(&forged, TokenKind::Bearer).await {
                Err(AuthClientError::AuthUnavailable(error)) if has_given_up(&error) => {}
                _ => return self.ask(&forged).await,
            }
        }
    }

    /// Many requests at once, which must all get the same answer.
    async fn ask_all(&self, token: &str, times: usize) -> Answer {
        let requests: Vec<_> = (0..times)
            .map(|_| {
                let (validator, token) = (Arc::clone(&self.validator), token.to_owned());
                tokio::spawn(async move { answer(&validator, &token).await })
            })
            .collect();
        let mut answers = Vec::new();
        for request in requests {
            answers.push(request.await.unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        answers[0]
    }
}

fn has_given_up(error: &AuthUnavailableError) -> bool {
    let cause = std::error::Error::source(error).unwrap().to_string();
    cause.contains("not answered yet")
}

async fn answer(validator: &TokenValidator, token: &str) -> Answer {
    let verified = validator.verify(token, TokenKind::Bearer);
    let outcome = tokio::time::timeout(FAR_TOO_LONG, verified).await;
    match outcome.expect("the request hangs") {
        Ok(_) => Accepted,
        Err(AuthClientError::AuthUnavailable(_)) => Unavailable,
        Err(AuthClientError::TokenInvalid(error)) => {
            assert_eq!(error.reason(), &TokenInvalidReason::UnknownKey);
            Unknown
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn token(signer: &Signer, algorithm: Algorithm, kid: &str) -> String {
    let header = json!({"alg": algorithm.name(), "kid": kid}).to_string();
    // The clock moves by hours.
    let claims: Value = claims_with("exp", json!(NOW + 1_000_000));
    sign_with(signer, algorithm, &header, &claims.to_string())
}

fn good() -> String {
    token(&ED, Algorithm::EdDSA, "good")
}

fn evil() -> String {
    token(&P256, Algorithm::ES256, "evil")
}

/// A key set of the attacker that has the good key, too.
fn evil_set() -> String {
    jwks(&[ED.jwk("good"), P256.jwk("evil")])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_attacker_s_set_would_be_accepted_if_it_were_served_well() {
    let service = Service::start(PATIENCE).await;
    service.server.put("/jwks", 200, evil_set());
    assert_eq!(service.ask(&evil()).await, Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_while_there_are_no_keys_yet() {
    for row in TABLE {
        let service = Service::for_row(row).await;
        let server = &service.server;
        server.reply("/jwks", (row.reply)(server, evil_set()));
        let valid = service.ask_all(&good(), 20).await;
        let forged = service.ask_forged().await;
        assert_eq!((valid, forged, server.fetches()), row.cold, "{}", row.fault);
        assert!(server.hits().iter().all(|path| path == "/jwks"));
        assert!(server.bytes_sent() < 20_000_000, "{}", row.fault);

        server.put_keys(&[ED.jwk("good")]);
        service.clock.advance(SECOND);
        let well = service.ask_well(row, &good()).await;
        assert_eq!(well, Accepted, "{}", row.fault);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_while_there_are_keys() {
    for row in TABLE {
        let service = Service::for_row(row).await;
        let server = &service.server;
        assert_eq!(service.ask_well(row, &good()).await, Accepted);
        let before = server.fetches();
        let fetches = || server.fetches() - before;
        server.reply("/jwks", (row.reply)(server, evil_set()));
        service.clock.advance(285 * SECOND);
        let valid = service.ask_all(&good(), 20).await;
        let forged = service.ask_forged().await;
        assert_eq!((valid, forged, fetches()), row.warm, "{}", row.fault);

        // To the last second of the bound, 300 s and an hour.
        service.clock.advance(3_614 * SECOND);
        let valid = service.ask_all(&good(), 20).await;
        assert_eq!((valid, fetches()), row.stale, "{}", row.fault);
        assert_ne!(service.ask_forged().await, Accepted, "{}", row.fault);
        service.clock.advance(SECOND);
        let (well, _, _) = row.cold;
        assert_eq!(service.ask_all(&good(), 20).await, well, "{}", row.fault);

        server.put_keys(&[ED.jwk("good")]);
        service.clock.advance(60 * SECOND);
        let valid = service.ask_well(row, &good()).await;
        assert_eq!(valid, Accepted, "{}", row.fault);
        let forged = service.ask_well(row, &evil()).await;
        assert_eq!(forged, Unknown, "{}", row.fault);
        assert!(server.hits().iter().all(|path| path == "/jwks"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_within_the_time_out_delays_the_first_requests_only() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("good")]).await;
    let service = Service::of(server, client, clock);
    let server = &service.server;
    server.hold();
    let token = good();
    let first = service.ask_all(&token, 200);
    let delay = async {
        server.until_hit(1).await;
        server.release();
    };
    let (first, ()) = tokio::join!(first, delay);
    assert_eq!((first, server.fetches()), (Accepted, 1));
    server.hold();
    service.clock.advance(285 * SECOND);
    assert_eq!(service.ask_all(&token, 200).await, Accepted);
    server.until_hit(2).await;
    assert_eq!(server.fetches(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_during_a_fetch_is_seen_by_the_request_that_shows_it() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("good")]).await;
    let service = Service::of(server, client, clock);
    let server = &service.server;
    assert_eq!(service.ask(&good()).await, Accepted);
    // A fetch whose answer is from before the rotation, and comes after it.
    server.reply("/jwks", Reply::Outdated(jwks(&[ED.jwk("good")])));
    server.hold();
    service.clock.advance(285 * SECOND);
    assert_eq!(service.ask(&good()).await, Accepted);
    server.until_hit(2).await;
    server.put_keys(&[P256.jwk("new")]);
    let new = token(&P256, Algorithm::ES256, "new");
    let mut shown = std::pin::pin!(answer(&service.validator, &new));
    let at_once = poll_fn(|cx| Poll::Ready(shown.as_mut().poll(cx))).await;
    assert!(
        at_once.is_pending(),
        "it waits for a fetch that began after it came"
    );
    server.release();
    assert_eq!(shown.await, Accepted);
    assert_eq!(server.fetches(), 3);
    assert_eq!(service.ask(&good()).await, Unknown, "it was rotated out");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_set_under_load_causes_one_fetch_and_withdraws_its_keys() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("good")]).await;
    let service = Service::of(server, client, clock);
    let server = &service.server;
    assert_eq!(service.ask(&good()).await, Accepted);
    // The process has slept through the refresh.
    service.clock.advance(300 * SECOND);
    assert_eq!(service.ask_all(&good(), 200).await, Accepted);
    assert_eq!(server.fetches(), 2);
    server.put_keys(&[P256.jwk("new")]);
    service.clock.advance(300 * SECOND);
    assert_eq!(service.ask_all(&good(), 200).await, Unknown);
    // One for the end, and one for those that came while it ran.
    assert!((3..=4).contains(&server.fetches()), "{}", server.fetches());
}

/// A clock whose hands can be set.
#[derive(Default)]
struct Jumping {
    now: Mutex<Duration>,
    elapsed: Mutex<Duration>,
}

impl Clock for Jumping {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.lock().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jumps_of_the_wall_clock_neither_age_nor_renew_a_set() {
    let (server, _, _) = Server::with_keys(&[ED.jwk("good")]).await;
    let clock = Arc::new(Jumping::default());
    let client = server.client().0.clock(clock.clone()).build().unwrap();
    // The tokens' times are told by a clock that stands still.
    let service = Service::of(server, client, Arc::default());
    for now in [0, NOW, 10 * NOW, 0, u64::MAX] {
        *clock.now.lock().unwrap() = Duration::from_secs(now);
        assert_eq!(service.ask(&good()).await, Accepted);
        assert_eq!(service.server.fetches(), 1, "{now}");
    }
    // Neither does a steady clock that is not steady do harm.
    for elapsed in [1_000, 0, u64::MAX, 5, 400, u64::MAX - 1] {
        *clock.elapsed.lock().unwrap() = Duration::from_secs(elapsed);
        assert_eq!(service.ask(&good()).await, Accepted, "{elapsed}");
    }
    assert!(service.server.fetches() <= 1 + 2 * 6);
}
