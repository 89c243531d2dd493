use pico_auth::requires_scope;

#[requires_scope("orders:read", "orders:write")]
async fn several() {}

#[requires_scope(any("orders:read"), "orders:write")]
async fn beside() {}

#[requires_scope(any("orders:read"), all("orders:write"))]
async fn two_lists() {}

#[requires_scope(any("orders:read", all("orders:write", "orders:pay")))]
async fn nested() {}

fn main() {}
