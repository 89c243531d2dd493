#![allow(unused_variables)]

use pico_auth::authorize;

#[authorize(when("ctx.subject() == owner"))]
async fn text(owner: String) {}

#[authorize(when("admin"))]
async fn name() {}

#[authorize(when(let Some(_) = owner))]
async fn pattern(owner: Option<u8>) {}

#[authorize(when(a, b))]
async fn two(a: bool, b: bool) {}

#[authorize(when(a; b))]
async fn statements(a: bool, b: bool) {}

#[authorize(when(return))]
async fn returns() {}

#[authorize(when(if a { break } else { continue }))]
async fn leaves(a: bool) {}

#[authorize(any(role("a"), when(ctx.subject() == "a")))]
async fn caller(ctx: u8) {}

#[authorize(when(true))]
async fn inner_caller((_, [ctx]): (u8, [u8; 1])) {}

fn main() {}
