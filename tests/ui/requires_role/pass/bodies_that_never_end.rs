//! No lint finds fault with what is generated around them, not even one that cannot be allowed.
#![forbid(unreachable_code, unused_braces, unused_parens)]
#![deny(warnings)]
use pico_auth::{AuthClientError, requires_role};

#[requires_role("admin")]
async fn panics() -> u8 {
    panic!("never")
}

#[requires_role("admin")]
async fn panics_with_semicolon() -> Result<u8, AuthClientError> {
    panic!("never");
}

#[requires_role("admin")]
async fn loops() -> u8 {
    loop {
        std::future::pending::<()>().await;
    }
}

#[requires_role("admin")]
async fn returns(n: u8) -> Result<u8, AuthClientError> {
    if n > 7 {
        return Ok(7);
    }
    return Ok(n);
}

#[requires_role("admin")]
async fn nothing() {
    return;
}

#[requires_role("admin")]
async fn boxed(n: u8) -> Result<Box<dyn Fn() -> u8 + Send>, AuthClientError> {
    if n == 0 {
        return Ok(Box::new(|| 0));
    }
    Ok(Box::new(move || n))
}

#[requires_role("admin")]
async fn one_line() -> u8 { 7 }

#[requires_role("admin")]
async fn guard(lock: std::sync::Mutex<u8>) -> u8 { *lock.lock().unwrap() }

fn main() {
    drop((panics(), panics_with_semicolon(), loops(), returns(1), nothing(), boxed(1)));
    drop((one_line(), guard(std::sync::Mutex::new(7))));
}
