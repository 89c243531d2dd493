//! Functions of one line: what is generated around their bodies must not cause a warning about braces.
//! It compiles, or the test has failed.
#![deny(warnings, unused_braces)]

use std::pin::Pin;

use pico_auth::{AuthClientError, SecurityContext, requires_role};

#[rustfmt::skip]
#[requires_role("admin")]
async fn line(n: u8) -> Result<u8, AuthClientError> { Ok(n) }

#[rustfmt::skip]
#[requires_role("admin")]
fn line_sync(n: u8) -> Result<u8, AuthClientError> { Ok(n) }

#[rustfmt::skip]
#[requires_role("admin")]
fn line_boxed(n: u8) -> Pin<Box<dyn Future<Output = Result<u8, AuthClientError>>>> { Box::pin(async move { Ok(n) }) }

#[rustfmt::skip]
#[requires_role("admin")]
fn line_opaque(n: u8) -> impl Future<Output = Result<u8, AuthClientError>> { std::future::ready(Ok(n)) }

struct Service;

impl Service {
    #[rustfmt::skip]
    #[requires_role("admin")]
    async fn line_method(&self) -> Result<u8, AuthClientError> { Ok(5) }
}

#[tokio::test]
async fn they_admit_and_deny() {
    let calls = async || {
        [
            line(1).await,
            line_sync(2),
            line_boxed(3).await,
            line_opaque(4).await,
            Service.line_method().await,
        ]
        .map(Result::ok)
    };
    assert_eq!(calls().await, [None; 5]);
    let admin = SecurityContext::test("ada").role("admin");
    assert_eq!(admin.scope(calls()).await, [1, 2, 3, 4, 5].map(Some));
}
