//! Strangers may move the body: the rule holds, and nothing of it stands in the way.
#![no_implicit_prelude]
#![forbid(unreachable_code)]
#![deny(warnings)]
use ::pico_auth::{AuthClientError, requires_group, requires_role};
use ::std::result::Result::{self, Ok};
use ::strangers::times;

#[requires_role("admin")]
#[times]
#[requires_group("staff")]
fn sync() -> Result<u8, AuthClientError> {
    Ok(7)
}

#[requires_role("admin", crate = ::pico_auth)]
#[times]
fn with_inner_attributes() -> Result<u8, AuthClientError> {
    #![allow(clippy::all)]
    Ok(7)
}

#[requires_role("admin")]
#[times]
async fn free() -> u8 {
    7
}

fn main() {
    ::std::assert!(sync().is_err());
    ::std::assert!(with_inner_attributes().is_err());
    ::std::mem::drop(free());
}
