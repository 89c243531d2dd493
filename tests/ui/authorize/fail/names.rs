use pico_auth::authorize;

#[authorize(any(role(""), role(" "), group("a "), scope("a b"), agent_scope("a:*:b")))]
async fn bad() {}

#[authorize(any(role("a", "a"), group(admin), scope(42), role(["a"]), role(name = "a")))]
async fn forms() {}

#[authorize(role(ADMIN, Self::ADMIN, roles()))]
async fn constants() {}

fn main() {}
