//! `#[utoipa::path]` above and below the rule, and handlers named by their paths.

use pico_auth::openapi::{OpenApiRouter, routes};

mod users {
    #[utoipa::path(get, path = "/users", responses((status = 200)))]
    #[pico_auth::requires_role("viewer")]
    pub async fn list() {}

    #[pico_auth::requires_role("admin")]
    #[utoipa::path(post, path = "/users", responses((status = 200)))]
    pub async fn create() {}
}

fn main() {
    let router: OpenApiRouter = OpenApiRouter::new().routes(routes!(users::list, crate::users::create,));
    let (router, document) = router.split();
    assert_eq!(document.paths.paths.len(), 1);
    drop(router);
}
