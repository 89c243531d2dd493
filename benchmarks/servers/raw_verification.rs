//! The least that a token seen for the first time can cost inside a service: its signature is verified
//! with a key parsed once, and nothing else is looked at. **Not an authorization**: it would take a
//! token that expired years ago.

use std::env;
use std::sync::Arc;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use service::{BODY, Outcome};

async fn admin(
    State(key): State<Arc<ParsedPublicKey>>,
    request: Request,
) -> Result<&'static str, StatusCode> {
    verify(&key, &request).ok_or(StatusCode::UNAUTHORIZED)
}

fn verify(key: &ParsedPublicKey, request: &Request) -> Option<&'static str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (message, signature) = header.strip_prefix("Bearer ")?.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    key.verify_sig(message.as_bytes(), &signature).ok()?;
    Some(BODY)
}

fn main() -> Outcome {
    let key = URL_SAFE_NO_PAD.decode(env::var("PUBLIC_KEY")?)?;
    let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key)?;
    service::run(async {
        let app = Router::new()
            .route("/admin", get(admin))
            .with_state(Arc::new(key));
        Ok(axum::serve(service::listen().await?, app).await?)
    })
}
