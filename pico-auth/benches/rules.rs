//! What rules cost: deciding, entering the context of a caller, and calling an annotated function:
//! `cargo bench -p pico-auth --features test-kit --bench rules`.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::future::ready;
use std::hint::black_box;

use common::{ProcessorTime, now, short};
use criterion::{Criterion, criterion_group, criterion_main};
use pico_auth::{AuthClientError, Policy, Requirement, SecurityContext, requires_role};

criterion_group! { name = benches; config = short(); targets = policies, entering, functions }
criterion_main!(benches);

/// One role.
const ROLE: Policy = Policy::require(Requirement::any_role(&["admin"]));

/// Ten requirements, three deep, of every kind and each way to combine them. All ten must be looked at.
const NESTED: Policy = Policy::require(Requirement::all(&[
    Requirement::any(&[
        Requirement::any_role(&["owner"]),
        Requirement::any_group(&["directors"]),
        Requirement::all(&[
            Requirement::all_roles(&["admin"]),
            Requirement::any_group(&["finance"]),
        ]),
    ]),
    Requirement::any_scope(&["orders:write"]),
    Requirement::not(&Requirement::any_group(&["suspended"])),
    Requirement::any(&[
        Requirement::any_scope(&["reports:all"]),
        Requirement::any_role(&["auditor"]),
        Requirement::any_scope(&["reports:read"]),
        Requirement::any_group(&["staff"]),
    ]),
]));

/// The role that is asked for is the last of four.
fn caller() -> SecurityContext {
    ["viewer", "editor", "auditors", "admin"]
        .into_iter()
        .fold(SecurityContext::test("ada"), |caller, role| {
            caller.role(role)
        })
        .group("staff")
        .group("finance")
        .scopes(["openid", "orders:read", "orders:write"])
        .build()
}

fn policies(criterion: &mut Criterion<ProcessorTime>) {
    let caller = caller();
    let mut group = criterion.benchmark_group("policy");
    for (name, policy) in [("one_role", ROLE), ("ten_nested", NESTED)] {
        policy.evaluate(Some(&caller)).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(&policy).evaluate(black_box(Some(&caller))));
        });
    }
}

/// The caller's handle is cloned each time: a request has one of its own.
fn entering(criterion: &mut Criterion<ProcessorTime>) {
    let caller = caller();
    let mut group = criterion.benchmark_group("context");
    group.bench_function("scope", |bencher| {
        bencher.iter(|| now(black_box(&caller).clone().scope(ready(black_box(1)))));
    });
    group.bench_function("sync_scope", |bencher| {
        bencher.iter(|| black_box(&caller).clone().sync_scope(|| black_box(1)));
    });
}

#[expect(
    clippy::unused_async,
    reason = "it is compared with one that is protected"
)]
async fn plain(number: u64) -> Result<u64, AuthClientError> {
    Ok(black_box(number))
}

#[requires_role("admin")]
async fn annotated(number: u64) -> Result<u64, AuthClientError> {
    Ok(black_box(number))
}

fn functions(criterion: &mut Criterion<ProcessorTime>) {
    let mut group = criterion.benchmark_group("function");
    caller().sync_scope(|| {
        now(annotated(1)).unwrap();
        group.bench_function("plain", |bencher| {
            bencher.iter(|| now(plain(black_box(1))));
        });
        group.bench_function("annotated", |bencher| {
            bencher.iter(|| now(annotated(black_box(1))));
        });
    });
}
