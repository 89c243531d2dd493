//! The cold path, tokens that were never seen before, against what it cannot do without:
//! `cargo bench -p pico-auth --features test-kit --bench verification`.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs
)]

mod common;

use std::hint::black_box;
use std::time::Duration;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{LENGTH, ProcessorTime, authenticate, processor_time, short, tokens};
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use jsonwebtoken::{DecodingKey, Validation};
use pico_auth::Algorithm;
use pico_auth::test_kit::{TestIssuer, TestKey};
use serde::Deserialize;

/// How many tokens an authenticator sees before the next one takes over, which knows none of them.
const POOL: usize = 2_000;

criterion_group! { name = benches; config = short(); targets = rs256, others }
criterion_main!(benches);

fn rs256(criterion: &mut Criterion<ProcessorTime>) {
    let issuer = TestIssuer::in_memory();
    let tokens = tokens(&issuer, POOL);
    assert!(
        tokens.iter().all(|token| token.len() == LENGTH),
        "{}",
        tokens.concat().len() / POOL
    );

    let mut group = criterion.benchmark_group("verification");
    raw(&mut group, &issuer, &tokens);
    jsonwebtoken(&mut group, &issuer, &tokens);
    authenticator(&mut group, "authenticator_rs256", &issuer, &tokens);
}

fn others(criterion: &mut Criterion<ProcessorTime>) {
    let mut group = criterion.benchmark_group("verification");
    for (name, algorithm) in [
        ("authenticator_es256", Algorithm::ES256),
        ("authenticator_eddsa", Algorithm::EdDSA),
    ] {
        let issuer = TestIssuer::in_memory().with_key(TestKey::generate("key-2", algorithm));
        authenticator(&mut group, name, &issuer, &tokens(&issuer, POOL));
    }
}

/// One token after the other.
fn each<T>(tokens: &[T], iterations: u64, mut verify: impl FnMut(&T)) -> Duration {
    let begun = processor_time();
    for (token, _) in tokens.iter().cycle().zip(0..iterations) {
        verify(token);
    }
    processor_time().saturating_sub(begun)
}

/// The signature alone, with a key that was parsed once.
fn raw(group: &mut BenchmarkGroup<'_, ProcessorTime>, issuer: &TestIssuer, tokens: &[String]) {
    let jwk = issuer.key().jwk();
    let member = |name| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let components = RsaPublicKeyComponents {
        n: member("n"),
        e: member("e"),
    };
    let key: ParsedPublicKey = components
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .unwrap();
    let parts: Vec<(&[u8], Vec<u8>)> = tokens
        .iter()
        .map(|token| {
            let (message, signature) = token.rsplit_once('.').unwrap();
            (
                message.as_bytes(),
                URL_SAFE_NO_PAD.decode(signature).unwrap(),
            )
        })
        .collect();
    group.bench_function("raw_rs256", |bencher| {
        bencher.iter_custom(|iterations| {
            each(&parts, iterations, |(message, signature)| {
                key.verify_sig(message, signature).unwrap();
            })
        });
    });
}

/// What a service would read.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Claims {
    sub: String,
    role: String,
    groups: Vec<String>,
    scope: String,
    jti: String,
    exp: u64,
}

/// As in a service written by hand: issuer, audience and expiry are checked, claims go into a struct.
fn jsonwebtoken(
    group: &mut BenchmarkGroup<'_, ProcessorTime>,
    issuer: &TestIssuer,
    tokens: &[String],
) {
    let jwk = issuer.key().jwk();
    let member = |name| jwk[name].as_str().unwrap();
    let key = DecodingKey::from_rsa_components(member("n"), member("e")).unwrap();
    let mut validation = Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_issuer(&[issuer.url()]);
    validation.set_audience(&[issuer.audience()]);
    group.bench_function("jsonwebtoken_rs256", |bencher| {
        bencher.iter_custom(|iterations| {
            each(tokens, iterations, |token| {
                let token = jsonwebtoken::decode::<Claims>(token, &key, &validation);
                black_box(token.unwrap());
            })
        });
    });
}

/// Each token new to the authenticator: whatever it remembers is of no use.
fn authenticator(
    group: &mut BenchmarkGroup<'_, ProcessorTime>,
    name: &str,
    issuer: &TestIssuer,
    tokens: &[String],
) {
    let (warm_up, tokens) = tokens.split_first().unwrap();
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|mut iterations| {
            let mut elapsed = Duration::ZERO;
            while iterations > 0 {
                let authenticator = issuer.authenticator();
                // A key prepares itself when it is used first.
                authenticate(&authenticator, warm_up);
                let some = iterations.min(tokens.len() as u64);
                elapsed += each(tokens, some, |token| authenticate(&authenticator, token));
                iterations -= some;
            }
            elapsed
        });
    });
}
