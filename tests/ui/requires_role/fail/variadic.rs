//! A function of C's kind.

use pico_auth::requires_role;

#[requires_role("admin")]
unsafe extern "C" fn log(_format: *const u8, _: ...) {}

fn main() {}
