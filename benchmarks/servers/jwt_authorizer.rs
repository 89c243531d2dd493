//! jwt-authorizer as its documentation sets it up: a layer, keys from the issuer's JWKS endpoint, the
//! role as a check of the claims. It needs axum 0.7.

use jwt_authorizer::{Authorizer, IntoLayer, JwtAuthorizer, JwtClaims, Validation};
use previous_axum as axum;
use previous_axum::Router;
use previous_axum::routing::get;
use service::{BODY, Claims, Issuer, Outcome};

async fn admin(JwtClaims(_caller): JwtClaims<Claims>) -> &'static str {
    BODY
}

async fn anonymous() -> &'static str {
    BODY
}

fn main() -> Outcome {
    service::run(async {
        let issuer = Issuer::from_env()?;
        let validation = Validation::new()
            .iss(&[&issuer.url])
            .aud(&[&issuer.audience]);
        let authorizer: Authorizer<Claims> = JwtAuthorizer::from_jwks_url(&issuer.jwks_endpoint)
            .validation(validation)
            .check(Claims::is_admin)
            .build()
            .await?;
        let app = Router::new()
            .route("/admin", get(admin))
            .layer(authorizer.into_layer())
            .route("/anonymous", get(anonymous));
        Ok(axum::serve(service::listen().await?, app).await?)
    })
}
