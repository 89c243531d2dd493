//! Who the caller is.

#[pico_auth::test]
fn nobody() {}

#[pico_auth::test()]
async fn nobody_in_parentheses() {}

#[pico_auth::test(roles("admin"))]
fn only_roles() {}

#[pico_auth::test(subject = "")]
fn empty() {}

#[pico_auth::test(subject)]
fn no_value() {}

#[pico_auth::test(subject = )]
fn half_typed() {}

#[pico_auth::test(subject = u1)]
fn no_string() {}

#[pico_auth::test(subject("u1"))]
fn a_list() {}

#[pico_auth::test("u1")]
fn no_word() {}

#[pico_auth::test(subject = "u1", subject = "u2")]
fn twice() {}

fn main() {}
