//! Words that are not known, and values that are none. All of them at once.

#[pico_auth::test(subjct = "u1", role("admin"), group("staff"), scope("orders:read"))]
fn misspelt() {}

#[pico_auth::test(subject = "u1", user = "u2", permissions("all"))]
fn unknown() {}

#[pico_auth::test(subject = "u1", roles = "admin", groups = ["staff", "ops"], scopes)]
fn no_lists() {}

#[pico_auth::test(subject = "u1", , roles("admin") groups("staff"), 7)]
fn commas() {}

#[pico_auth::test(subject = "u1", roles("a"), roles("b"))]
fn twice() {}

#[pico_auth::test(subject = "u1", crate = "pico_auth", role_hierarchy = "AppRole")]
fn quoted_paths() {}

#[pico_auth::test(subject = "u1", crate = pico_auth, crate = pico_auth)]
fn crate_twice() {}

#[pico_auth::test(subject = "u1", agent = "bot")]
fn no_agent() {}

#[pico_auth::test(subject = "u1", agent(scopes("a"), roles("admin"), scope("b")))]
fn agent() {}

fn main() {}
