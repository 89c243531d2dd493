//! axum-oidc-layer as its documentation sets it up: a layer, keys found through the issuer's discovery
//! document, its own cache. It knows no roles: the handler looks at the claims.

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use axum_oidc_layer::{AuthenticationConfigProvider, OidcAuthenticationLayer};
use service::{BODY, Claims, Issuer, Outcome};

#[derive(Clone)]
struct Config(Issuer);

impl AuthenticationConfigProvider for Config {
    fn get_provider_url(&self) -> String {
        self.0.url.clone()
    }

    fn get_openid_configuration_url(&self) -> Option<String> {
        None
    }

    fn get_expected_audience(&self) -> Option<Vec<String>> {
        Some(vec![self.0.audience.clone()])
    }
}

async fn admin(Extension(caller): Extension<Claims>) -> Result<&'static str, StatusCode> {
    if caller.is_admin() {
        Ok(BODY)
    } else {
        Err(StatusCode::FORBIDDEN)
    }
}

async fn anonymous() -> &'static str {
    BODY
}

fn main() -> Outcome {
    service::run(async {
        let config = Config(Issuer::from_env()?);
        let app = Router::new()
            .route("/admin", get(admin))
            .layer(OidcAuthenticationLayer::<Config, Claims>::new(config))
            .route("/anonymous", get(anonymous));
        Ok(axum::serve(service::listen().await?, app).await?)
    })
}
