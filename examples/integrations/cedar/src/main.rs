//! Shows: rules decided by cedar-policy, embedded, behind `#[authorize]`.
//!
//! Try it: `cargo run` in this folder, then the `curl` line it prints. `cargo test` runs the table of
//! who may do what.

mod decider;

use std::error::Error;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use decider::{Cedar, Document};
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authenticator, PolicyDecider, SecureRouter, SecuredService, authorize,
};

type App = Arc<Cedar>;

impl<S: Send + Sync> FromRequestParts<S> for Document {
    type Rejection = StatusCode;

    /// Stands for a database of documents.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        let Ok(Path(id)) = id else {
            return Err(StatusCode::NOT_FOUND);
        };
        let (owner, public, locked) = match id.as_str() {
            "plan" => ("alice", false, false),
            "handbook" => ("alice", true, false),
            "contract" => ("bob", false, true),
            _ => return Err(StatusCode::NOT_FOUND),
        };
        Ok(Self {
            id,
            owner: owner.to_owned(),
            public,
            locked,
        })
    }
}

#[authorize(when(cedar.permits(ctx, "view", &document).await))]
async fn view(State(cedar): State<App>, document: Document) -> Result<String, AuthClientError> {
    Ok(format!("{} of {}", document.id, document.owner))
}

#[authorize(when(cedar.permits(ctx, "edit", &document).await))]
async fn edit(State(cedar): State<App>, document: Document) -> Result<String, AuthClientError> {
    Ok(format!("{} is edited", document.id))
}

fn app(
    policies: &str,
    authenticator: Authenticator,
) -> Result<SecuredService, Box<dyn Error + Send + Sync>> {
    Ok(SecureRouter::new()
        .route("/documents/{id}", get(view).put(edit))
        .with_state(Arc::new(Cedar::new(policies)?))
        .secured_by(authenticator))
}

const POLICIES: &str = include_str!("documents.cedar");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let issuer = TestIssuer::in_memory();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let alice = issuer.token("alice").sign();
    println!("curl -i http://{address}/documents/plan -H 'Authorization: Bearer {alice}'");
    axum::serve(listener, app(POLICIES, issuer.authenticator())?).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    async fn status(app: &SecuredService, method: &str, id: &str, token: Option<&str>) -> u16 {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/documents/{id}"));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::empty()).unwrap();
        app.clone()
            .oneshot(request)
            .await
            .unwrap()
            .status()
            .as_u16()
    }

    #[tokio::test]
    async fn who_may_do_what() {
        let issuer = TestIssuer::in_memory();
        let app = app(POLICIES, issuer.authenticator()).unwrap();
        let alice = issuer.token("alice").sign();
        let bob = issuer.token("bob").sign();
        let editor = issuer.token("eve").role("editor").sign();
        let tricky = issuer.token("x\" || true || \"").role("Editor").sign();
        // For each document and method: nobody, alice, bob, the editor, a hostile subject.
        for (method, id, expected) in [
            ("GET", "plan", [401, 200, 403, 200, 403]),
            ("GET", "handbook", [401, 200, 200, 200, 200]),
            ("GET", "contract", [401, 403, 200, 200, 403]),
            ("PUT", "plan", [401, 403, 403, 200, 403]),
            ("PUT", "contract", [401, 403, 403, 403, 403]),
            ("GET", "nothing", [401, 404, 404, 404, 404]),
        ] {
            let callers = [None, Some(&alice), Some(&bob), Some(&editor), Some(&tricky)];
            for (caller, expected) in callers.into_iter().zip(expected) {
                let actual = status(&app, method, id, caller.map(String::as_str)).await;
                assert_eq!(actual, expected, "{method} {id} {caller:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_policy_that_cannot_be_evaluated_is_an_outage_and_no_permission() {
        let issuer = TestIssuer::in_memory();
        let broken = r#"
            permit (principal, action, resource);
            forbid (principal, action, resource) when { resource.missing };
        "#;
        let app = app(broken, issuer.authenticator()).unwrap();
        let alice = issuer.token("alice").sign();
        assert_eq!(status(&app, "GET", "plan", Some(&alice)).await, 503);
    }
}
