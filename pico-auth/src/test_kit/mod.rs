//! Feature `test-kit`: what tests of a protected service need. **Never enable it in a release.**
//!
//! - [`TestIssuer`]: an issuer with its own keys, in memory or over HTTP on loopback;
//! - [`TokenBuilder`]: good and hostile tokens, signed by an issuer's key or another;
//! - [`SecurityContext::test`](crate::SecurityContext::test): a caller without any token, for unit tests of annotated functions;
//! - [`TestIssuer::proof`]: what a client sends beside a token that is bound to its key (DPoP);
//! - [`ManualClock`]: time that moves when the test says so.
//!
//! It is built on the public API and signs with real keys: a test takes no way into the service that
//! a caller does not have.

mod clock;
mod context;
mod issuer;
mod key;
mod server;
mod token;

pub use clock::ManualClock;
pub use context::TestContext;
pub use issuer::TestIssuer;
pub use key::TestKey;
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
