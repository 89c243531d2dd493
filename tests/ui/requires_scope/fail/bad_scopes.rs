use pico_auth::requires_scope;

#[requires_scope("orders:read orders:write")]
async fn space() {}

#[requires_scope(all("", "orders\\read", "\"orders\"", "größe", "orders:\tread", "a", "a"))]
async fn characters() {}

#[requires_scope(any("orders:*:read", "orders*", "*:read", "orders:*", "*"))]
async fn wildcards() {}

fn main() {}
