//! The hot path, tokens that come again and again, alone and through a router:
//! `cargo bench -p pico-auth --features test-kit --bench hot`.
//!
//! What it allocates is counted by `tests/tests/allocations.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use common::{ProcessorTime, authenticate, now, short, tokens};
use criterion::{BatchSize, Bencher, Criterion, criterion_group, criterion_main};
use http::StatusCode;
use http::header::AUTHORIZATION;
use jsonwebtoken::{DecodingKey, Validation, decode};
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authenticator, SecureRouter, allow_anonymous, requires_role, routing,
};
use serde::Deserialize;
use tower_service::Service;

/// How many tokens come again and again.
const TOKENS: usize = 100;

criterion_group! { name = benches; config = short(); targets = hits, routers }
criterion_main!(benches);

fn hits(criterion: &mut Criterion<ProcessorTime>) {
    let issuer = TestIssuer::in_memory();
    let tokens = tokens(&issuer, TOKENS);
    let [shared, other] = [(); 2].map(|()| issuer.authenticator());

    let mut group = criterion.benchmark_group("hit");
    group.bench_function("known", |bencher| {
        let mut tokens = tokens.iter().cycle();
        bencher.iter(|| authenticate(&shared, tokens.next().unwrap()));
    });
    let nothing = |_: usize| ();
    group.bench_function("one_thread", |bencher| {
        in_threads(bencher, [&shared], &tokens, nothing);
    });
    group.bench_function("two_threads", |bencher| {
        in_threads(bencher, [&shared, &shared], &tokens, nothing);
    });
    // What the machine gives where the threads share nothing, and where they share what callers of one token
    // cannot but share: a count of who holds it.
    group.bench_function("two_threads_apart", |bencher| {
        in_threads(bencher, [&shared, &other], &tokens, nothing);
    });
    let held: Vec<Arc<usize>> = (0..TOKENS).map(Arc::new).collect();
    group.bench_function("two_threads_apart_but_for_an_arc", |bencher| {
        let hold = |token: usize| drop(black_box(Arc::clone(&held[token])));
        in_threads(bencher, [&shared, &other], &tokens, hold);
    });
}

/// Authenticates in one thread for each authenticator, by the clock on the wall: threads that wait for each
/// other use no processor. The time of one authentication is that of all
/// threads, through their number: with two cores and nothing shared it is half. Each thread begins at another
/// token: in step with each other, all would always ask for the same one, as no two callers do.
fn in_threads<const N: usize>(
    bencher: &mut Bencher<'_, ProcessorTime>,
    authenticators: [&Authenticator; N],
    tokens: &[String],
    beside: impl Fn(usize) + Sync,
) {
    let all_there = Barrier::new(N);
    bencher.iter_custom(|iterations| {
        let work = |first: usize, authenticator: &Authenticator| {
            // Tokens seen once are known, whatever happened in between.
            for token in tokens {
                authenticate(authenticator, token);
            }
            all_there.wait();
            let begun = Instant::now();
            let tokens = tokens.iter().enumerate().cycle().skip(first);
            for ((index, token), _) in tokens.zip(0..iterations) {
                authenticate(authenticator, token);
                beside(index);
            }
            (begun, Instant::now())
        };
        let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
            let mut first = 0;
            let threads = authenticators.map(|one| {
                let begin = first;
                first += tokens.len() / N;
                scope.spawn(move || work(begin, one))
            });
            threads.map(|thread| thread.join().unwrap()).into()
        });
        let begun = times.iter().map(|(begun, _)| *begun).min().unwrap();
        let ended = times.iter().map(|(_, ended)| *ended).max().unwrap();
        (ended - begun) / u32::try_from(N).unwrap()
    });
}

async fn plain() -> Result<&'static str, AuthClientError> {
    Ok("hello")
}

#[allow_anonymous]
async fn anonymous() -> Result<&'static str, AuthClientError> {
    Ok("hello")
}

#[requires_role("admin")]
async fn protected() -> Result<&'static str, AuthClientError> {
    Ok("hello")
}

/// What a middleware written by hand wants to know.
#[derive(Clone, Deserialize)]
struct Claims {
    #[allow(dead_code, reason = "only read")]
    sub: String,
    role: Option<String>,
}

/// As people write it, around `jsonwebtoken::decode`: the key is parsed once.
struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    fn new(issuer: &TestIssuer) -> Self {
        let jwk = issuer.key().jwk();
        let member = |name: &str| jwk.get(name).unwrap().as_str().unwrap();
        let mut validation = Validation::new(jsonwebtoken::Algorithm::RS256);
        validation.set_issuer(&[issuer.url()]);
        validation.set_audience(&[issuer.audience()]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        Self {
            key: DecodingKey::from_rsa_components(member("n"), member("e")).unwrap(),
            validation,
        }
    }

    fn verify(&self, request: &Request) -> Option<Claims> {
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let token = header.strip_prefix("Bearer ")?;
        let verified = decode::<Claims>(token, &self.key, &self.validation).ok()?;
        Some(verified.claims)
    }
}

async fn admins_only(
    State(verifier): State<Arc<Verifier>>,
    mut request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let claims = verifier.verify(&request).ok_or(StatusCode::UNAUTHORIZED)?;
    if claims.role.as_deref() != Some("admin") {
        return Err(StatusCode::FORBIDDEN);
    }
    request.extensions_mut().insert(claims);
    Ok(next.run(request).await)
}

/// One request through a service in memory: bare axum, and what protection adds, by pico-auth and by hand.
fn routers(criterion: &mut Criterion<ProcessorTime>) {
    let issuer = TestIssuer::in_memory();
    let headers: Vec<String> = tokens(&issuer, TOKENS)
        .iter()
        .map(|token| format!("Bearer {token}"))
        .collect();
    // As `axum::serve` makes it: with its routes made, and not anew on each request.
    let mut bare = axum::Router::new()
        .route("/", axum::routing::get(plain))
        .with_state(());
    let verifier = Arc::new(Verifier::new(&issuer));
    let mut hand_written = axum::Router::new()
        .route("/", axum::routing::get(plain))
        .route_layer(middleware::from_fn_with_state(verifier, admins_only))
        .with_state(());
    let mut secured = SecureRouter::new()
        .route("/anonymous", routing::get(anonymous))
        .route("/protected", routing::get(protected))
        .secured_by(issuer.authenticator());

    let mut group = criterion.benchmark_group("router");
    let mut measure = |name: &str, path: &str, call: &mut dyn FnMut(Request) -> Response| {
        let mut headers = headers.iter().cycle();
        let mut request = || {
            let request = Request::get(path).header(AUTHORIZATION, headers.next().unwrap());
            request.body(Body::empty()).unwrap()
        };
        for _ in 0..TOKENS {
            assert_eq!(call(request()).status(), StatusCode::OK);
        }
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                &mut request,
                |request| black_box(call(request)),
                BatchSize::SmallInput,
            );
        });
    };
    measure("plain", "/", &mut |request| {
        now(bare.call(request)).unwrap()
    });
    measure("hand_written", "/", &mut |request| {
        now(hand_written.call(request)).unwrap()
    });
    for (name, path) in [("anonymous", "/anonymous"), ("protected", "/protected")] {
        measure(name, path, &mut |request| {
            now(secured.call(request)).unwrap()
        });
    }
}
