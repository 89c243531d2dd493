//! The hot path, tokens that come again and again, alone and through a router:
//! `cargo bench -p pico-auth --features test-kit --bench hot`.
//!
//! What it allocates is counted by `tests/tests/allocations.rs`.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use common::{ProcessorTime, authenticate, now, short, tokens};
use criterion::{BatchSize, Bencher, Criterion, criterion_group, criterion_main};
use http::StatusCode;
use http::header::AUTHORIZATION;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authenticator, SecureRouter, allow_anonymous, requires_role, routing,
};
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
    group.bench_function("one_thread", |bencher| {
        in_threads(bencher, [&shared], &tokens);
    });
    group.bench_function("two_threads", |bencher| {
        in_threads(bencher, [&shared, &shared], &tokens);
    });
    // What the machine gives where the threads share nothing.
    group.bench_function("two_threads_apart", |bencher| {
        in_threads(bencher, [&shared, &other], &tokens);
    });
}

/// Authenticates in one thread for each authenticator, by the clock on the wall: threads that wait for each
/// other use no processor. The time of one authentication is that of all
/// threads, through their number: with two cores and nothing shared it is half.
fn in_threads<const N: usize>(
    bencher: &mut Bencher<'_, ProcessorTime>,
    authenticators: [&Authenticator; N],
    tokens: &[String],
) {
    let all_there = Barrier::new(N);
    bencher.iter_custom(|iterations| {
        let work = |authenticator: &Authenticator| {
            // Tokens seen once are known, whatever happened in between.
            for token in tokens {
                authenticate(authenticator, token);
            }
            all_there.wait();
            let begun = Instant::now();
            for (token, _) in tokens.iter().cycle().zip(0..iterations) {
                authenticate(authenticator, token);
            }
            (begun, Instant::now())
        };
        let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
            let threads = authenticators.map(|one| scope.spawn(move || work(one)));
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

/// One request through a service in memory: bare axum, and what protection adds.
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
    for (name, path) in [("anonymous", "/anonymous"), ("protected", "/protected")] {
        measure(name, path, &mut |request| {
            now(secured.call(request)).unwrap()
        });
    }
}
