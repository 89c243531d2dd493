//! Names that nobody has.

#[pico_auth::test(subject = "u1", roles(), groups(), scopes())]
fn empty_lists() {}

#[pico_auth::test(subject = "u1", roles("", "admin ", "admin", "admin"))]
fn roles() {}

#[pico_auth::test(subject = "u1", scopes("orders:read orders:write", "orders:*:read", "größe"))]
fn scopes() {}

#[pico_auth::test(subject = "u1", roles(any("admin", "editor")), groups(not("staff")))]
fn lists() {}

#[pico_auth::test(subject = "u1", roles(admin, b"admin", 7, crate = pico_auth))]
fn no_names() {}

fn main() {}
