//! What one writes without a library: an axum middleware around `jsonwebtoken::decode`. The key is
//! fetched and parsed once, at start-up.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use service::{BODY, Claims, Issuer, Outcome};

struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    async fn new(issuer: &Issuer) -> Result<Self, Box<dyn std::error::Error>> {
        let jwks: JwkSet = reqwest::get(&issuer.jwks_endpoint).await?.json().await?;
        let jwk = jwks.keys.first().ok_or("the key set is empty")?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&issuer.url]);
        validation.set_audience(&[&issuer.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        Ok(Self {
            key: DecodingKey::from_jwk(jwk)?,
            validation,
        })
    }

    fn verify(&self, request: &Request) -> Option<Claims> {
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let token = header.strip_prefix("Bearer ")?;
        let verified = decode::<Claims>(token, &self.key, &self.validation).ok()?;
        Some(verified.claims)
    }
}

async fn admins_only(
    State(verifier): State<Arc<Verifier>>,
    mut request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let claims = verifier.verify(&request).ok_or(StatusCode::UNAUTHORIZED)?;
    if !claims.is_admin() {
        return Err(StatusCode::FORBIDDEN);
    }
    request.extensions_mut().insert(claims);
    Ok(next.run(request).await)
}

async fn admin() -> &'static str {
    BODY
}

async fn anonymous() -> &'static str {
    BODY
}

fn main() -> Outcome {
    aws_lc::DEFAULT_PROVIDER
        .install_default()
        .map_err(|_| "jsonwebtoken has another provider already")?;
    service::run(async {
        let verifier = Arc::new(Verifier::new(&Issuer::from_env()?).await?);
        let app = Router::new()
            .route("/admin", get(admin))
            .route_layer(middleware::from_fn_with_state(verifier, admins_only))
            .route("/anonymous", get(anonymous));
        Ok(axum::serve(service::listen().await?, app).await?)
    })
}
