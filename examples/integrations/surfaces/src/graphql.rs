//! GraphQL: resolvers of async-graphql behind one axum route.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::Request;
use pico_auth::routing::post;
use pico_auth::{
    AuthClientError, Authenticator, SecureRouter, SecuredService, optional_authentication,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::axum::{outcome_of, sent_by};
use crate::rules::{Caller, Outcome, Refusal, Surface, subject, with_rules};

#[path = "../../graphql/src/refusals.rs"]
mod refusals;

macro_rules! resolvers {
    ($($name:ident: $(#[$($rule:tt)*])+;)+) => {
        struct Query;

        #[Object]
        impl Query {
            #[pico_auth::allow_anonymous]
            async fn open(&self) -> async_graphql::Result<String> {
                Ok(subject())
            }

            $(
                $(#[$($rule)*])+
                async fn $name(&self) -> async_graphql::Result<String> {
                    Ok(subject())
                }
            )+
        }
    };
}
with_rules!(resolvers);

type Rules = Schema<Query, EmptyMutation, EmptySubscription>;

#[optional_authentication]
async fn execute(
    State(rules): State<Rules>,
    Json(request): Json<async_graphql::Request>,
) -> Result<Json<async_graphql::Response>, AuthClientError> {
    Ok(Json(rules.execute(request).await))
}

pub struct Graphql(SecuredService);

impl Surface for Graphql {
    const NAME: &'static str = "GraphQL";
    const KNOWS_FUNCTION_FIRST: bool = false;

    async fn start(authenticator: Authenticator) -> Self {
        let rules = Schema::build(Query, EmptyMutation, EmptySubscription);
        let router = SecureRouter::new().route("/", post(execute));
        let router = router.with_state(rules.extension(refusals::Refusals).finish());
        Self(router.secured_by(authenticator))
    }

    async fn call(&self, rule: &str, caller: &Caller) -> Outcome {
        let request = sent_by(
            caller,
            Request::post("/").header("content-type", "application/json"),
        );
        let query = json!({ "query": format!("{{ {rule} }}") });
        let request = request.body(Body::from(query.to_string())).unwrap();
        let response = self.0.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
        if status != 200 {
            return outcome_of(status, &body);
        }
        let answer: Value = serde_json::from_slice(&body).unwrap();
        if let Some(subject) = answer["data"][rule].as_str() {
            return Ok(subject.to_owned());
        }
        let error = &answer["errors"][0];
        let status = match error["extensions"]["code"].as_str().unwrap() {
            "UNAUTHENTICATED" => 401,
            "FORBIDDEN" => 403,
            "UNAVAILABLE" => 503,
            code => panic!("{code}"),
        };
        let detail = error["message"].as_str().unwrap().to_owned();
        Err(Refusal { status, detail })
    }
}
