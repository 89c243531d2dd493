use pico_auth::requires_agent_scope;

#[requires_agent_scope("orders:read")]
async fn one() {}

#[requires_agent_scope(any("orders:read", "orders:*", "*"))]
async fn any() {}

#[requires_agent_scope(all("orders:read", "orders:write",), crate = pico_auth)]
async fn all() {}

#[requires_agent_scope(any("orders:read", "orders:write"))]
#[requires_agent_scope("orders:pay")]
async fn stacked() {}

fn main() {}
