use pico_auth::requires_scope;

#[requires_scope("orders:read")]
async fn one() {}

#[requires_scope(any("orders:read", "orders:*", "*"))]
async fn any() {}

#[requires_scope(all("orders:read", "orders:write",), crate = pico_auth)]
async fn all() {}

#[requires_scope(any("orders:read", "orders:write"))]
#[requires_scope("orders:pay")]
async fn stacked() {}

fn main() {}
