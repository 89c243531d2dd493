//! axum without any authorization: what the others are measured against.

use axum::Router;
use axum::routing::get;
use service::{BODY, Outcome};

async fn admin() -> &'static str {
    BODY
}

async fn anonymous() -> &'static str {
    BODY
}

fn main() -> Outcome {
    service::run(async {
        let mut app = Router::new()
            .route("/admin", get(admin))
            .route("/anonymous", get(anonymous));
        for path in service::more_paths()? {
            app = app.route(&path, get(admin));
        }
        Ok(axum::serve(service::listen().await?, app).await?)
    })
}
