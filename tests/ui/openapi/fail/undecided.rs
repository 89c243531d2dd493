//! A documented handler without a rule, and a handler without documentation.

use pico_auth::openapi::{OpenApiRouter, routes};
use pico_auth::requires_role;

#[utoipa::path(get, path = "/", responses((status = 200)))]
async fn undecided() {}

#[requires_role("admin")]
async fn undocumented() {}

fn main() {
    let _ = OpenApiRouter::<()>::new().routes(routes!(undecided));
    let _ = OpenApiRouter::<()>::new().routes(routes!(undocumented));
}
