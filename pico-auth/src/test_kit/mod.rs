//! Feature `test-kit`: what tests of a protected service need. **Never enable it in a release.**
//!
//! - `#[pico_auth::test(..)]` (with the feature `macros`): a test whose body runs as a caller, and
//!   [`SecurityContext::test`](crate::SecurityContext::test), which it is made of: for unit tests of annotated
//!   functions, without any token;
//! - [`TestIssuer`]: an issuer with its own keys, in memory or over HTTP on loopback, which rotates them, goes
//!   down, is slow and counts what it is asked;
//! - [`TokenBuilder`]: good tokens, signed by an issuer's key or another, and hostile ones: every [`Attack`];
//! - [`TestIssuer::proof`]: what a client sends beside a token that is bound to its key (DPoP);
//! - [`RequestTokens`], [`bearer`], [`agent`]: tokens on requests, for tower's `oneshot` and the crate `axum-test`;
//! - [`DecisionMatrix`]: every route of the access map, asked by each caller;
//! - [`ManualClock`]: time that moves when the test says so.
//!
//! It is built on the public API and signs with real keys: a test takes no way into the service that
//! a caller does not have.

mod attack;
mod clock;
mod context;
mod issuer;
mod key;
mod matrix;
mod request;
#[cfg(feature = "macros")]
pub(crate) mod running;
mod server;
mod token;

pub use attack::Attack;
pub use clock::ManualClock;
pub use context::TestContext;
pub use issuer::TestIssuer;
pub use key::TestKey;
pub use matrix::{DecisionMatrix, Decisions};
pub use request::{RequestTokens, agent, bearer};
pub use server::HeldRequests;
pub use token::TokenBuilder;

/// Setting up a test either works or the test is void: there is no error to handle.
#[track_caller]
#[expect(clippy::panic, reason = "a test that cannot be set up must stop")]
fn must<T, E: std::fmt::Debug>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("test kit: {what}: {error:?}"),
    }
}
