use pico_auth::{Policy, authorize};

const A: Policy = Policy::Authenticated;

#[authorize(role("a"), scope("b"))]
async fn rules() {}

#[authorize(policy = A, policy = A)]
async fn policies() {}

#[authorize(after = |_, _| true, after = |_, _| true)]
async fn after() {}

#[authorize(not(role("a"), role("b")))]
async fn not() {}

#[authorize(scope("a", "b"))]
async fn scopes() {}

#[authorize(any(agent_scope("a", all("b")), role(any(all("x")))))]
async fn lists() {}

#[authorize(role("a"))]
#[authorize(role("a"))]
async fn twice() {}

fn main() {}
