//! `after` in the wrong place, and without a closure.

use pico_auth::authorize;

#[authorize(any(role("admin"), after = |ctx, out| *out == ctx.subject()))]
async fn inside() -> String {
    String::new()
}

#[authorize(role("admin"), after = "owner")]
async fn a_string() -> String {
    String::new()
}

#[authorize(role("admin"), after =)]
async fn nothing() -> String {
    String::new()
}

fn main() {}
