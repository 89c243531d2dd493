use pico_auth::requires_scope;

#[requires_scope(any_of("orders:read", "orders:write"))]
async fn any_of() {}

#[requires_scope(every("orders:read", "orders:write"))]
async fn every() {}

#[requires_scope(not("orders:read"))]
async fn not() {}

#[requires_scope(scopes = "orders:read")]
async fn option() {}

#[requires_scope(any(READ, 42))]
async fn in_list() {}

fn main() {}
