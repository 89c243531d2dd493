//! What `#[pico_auth::test(..)]` writes calls of.

use std::future::Future;

use super::{TestContext, must};
use crate::SecurityContext;

/// The caller of a test.
pub fn caller(subject: &str, roles: &[&str], groups: &[&str], scopes: &[&str]) -> TestContext {
    let caller = SecurityContext::test(subject).scopes(scopes.iter().copied());
    let caller = roles.iter().fold(caller, |caller, role| caller.role(*role));
    let groups = groups.iter();
    groups.fold(caller, |caller, group| caller.group(*group))
}

/// The body of a sync test.
pub fn run<T, F: FnOnce() -> T>(caller: TestContext, body: F) -> T {
    caller.sync_scope(body)
}

/// The body of an async test that somebody else runs.
pub fn within<T, F: Future<Output = T>>(caller: TestContext, body: F) -> impl Future<Output = T> {
    caller.scope(body)
}

/// The body of an async test. The context is that of the body, and not of the runtime: what the body spawns
/// does not inherit it.
pub fn block_on<T, F: Future<Output = T>>(caller: TestContext, body: F) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = must(runtime.enable_all().build(), "the runtime of a test");
    runtime.block_on(caller.scope(body))
}
