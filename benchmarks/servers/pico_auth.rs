//! pico-auth, with the settings of `examples/resource-server.rs`: all from the environment.

use pico_auth::routing::get;
use pico_auth::{AuthClientSettings, Authenticator, SecureRouter, allow_anonymous, requires_role};
use service::{BODY, Outcome};

#[requires_role("admin")]
async fn admin() -> &'static str {
    BODY
}

#[allow_anonymous]
async fn anonymous() -> &'static str {
    BODY
}

fn main() -> Outcome {
    service::run(async {
        let mut router = SecureRouter::new()
            .route("/admin", get(admin))
            .route("/anonymous", get(anonymous));
        for path in service::more_paths()? {
            router = router.route(&path, get(admin));
        }
        let authenticator = Authenticator::new(AuthClientSettings::from_env()?)?;
        let app = router.secured_by(authenticator);
        Ok(axum::serve(service::listen().await?, app).await?)
    })
}
