//! Beside the attributes of other crates, in orders that `companion_matrix.rs` does not write: stacked
//! rules with others between them, and what the others make of the function.

use async_trait::async_trait;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use pico_auth::{AuthClientError, requires_group, requires_role};

use crate::caller::{Ran, admin, caller, judge, stranger};

type CallResult = Result<u8, AuthClientError>;

/// One function for each order of the attributes; all of them need the role and the group.
macro_rules! in_every_order {
    ($($name:ident: $(#[$($attribute:tt)*])+)+) => { $(
        mod $name {
            use super::*;

            $(#[$($attribute)*])+
            async fn function(ran: &Ran) -> CallResult {
                ran.now();
                Ok(7)
            }

            $(#[$($attribute)*])+
            fn sync(ran: &Ran) -> CallResult {
                ran.now();
                Ok(7)
            }

            #[derive(Debug)]
            struct Service;

            impl Service {
                $(#[$($attribute)*])+
                async fn method(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }
            }

            #[async_trait]
            trait Api {
                async fn dynamic(&self, ran: &Ran) -> CallResult;
            }

            #[async_trait]
            impl Api for Service {
                $(#[$($attribute)*])+
                async fn dynamic(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }
            }

            #[tokio::test]
            async fn needs_all_rules() {
                let refused = [stranger(), caller("viewer", "")];
                judge(async |ran: &Ran| function(ran).await, admin(), &refused).await;
                judge(async |ran: &Ran| sync(ran), admin(), &refused).await;
                judge(async |ran: &Ran| Service.method(ran).await, admin(), &refused).await;
                judge(async |ran: &Ran| Service.dynamic(ran).await, admin(), &refused).await;
            }
        }
    )+ };
}

in_every_order! {
    alone: #[requires_role("admin")] #[requires_group("staff")]
    instrument_above: #[tracing::instrument(skip_all)] #[requires_role("admin")] #[requires_group("staff")]
    instrument_between: #[requires_role("admin")] #[tracing::instrument(skip_all)] #[requires_group("staff")]
    instrument_below: #[requires_role("admin")] #[requires_group("staff")] #[tracing::instrument(skip_all)]
    instrument_twice:
        #[tracing::instrument(skip_all)]
        #[requires_group("staff")]
        #[tracing::instrument(skip(ran))]
        #[requires_role("admin")]
    conditional: #[cfg_attr(all(), requires_role("admin"))] #[requires_group("staff")]
    conditional_below: #[requires_group("staff")] #[cfg_attr(all(), requires_role("admin"))]
    conditional_companion:
        #[cfg_attr(all(), tracing::instrument(skip_all), requires_group("staff"))]
        #[requires_role("admin")]
    inert:
        /// Documented.
        #[allow(dead_code)]
        #[requires_role("admin")]
        #[inline]
        #[cfg(all())]
        #[requires_group("staff")]
}

/// Several outputs, as axum's own check wants them.
mod debug_handler {
    use super::*;

    #[axum::debug_handler]
    #[requires_role("admin")]
    pub(super) async fn above() -> &'static str {
        "above"
    }

    #[requires_role("admin")]
    #[axum::debug_handler]
    pub(super) async fn below(body: String) -> Result<String, AppError> {
        Ok(body)
    }

    pub(super) struct AppError;

    impl From<AuthClientError> for AppError {
        fn from(_: AuthClientError) -> Self {
            Self
        }
    }

    impl IntoResponse for AppError {
        fn into_response(self) -> axum::response::Response {
            StatusCode::FORBIDDEN.into_response()
        }
    }

    #[requires_role("admin")]
    #[axum::debug_handler]
    #[requires_group("staff")]
    pub(super) async fn between() -> impl IntoResponse {
        StatusCode::NO_CONTENT
    }
}

mod documented {
    use super::*;

    #[utoipa::path(get, path = "/above")]
    #[requires_role("admin")]
    pub(super) async fn above() -> &'static str {
        "above"
    }

    #[requires_role("admin")]
    #[utoipa::path(get, path = "/below", responses((status = 200)))]
    #[requires_group("staff")]
    pub(super) async fn below() -> &'static str {
        "below"
    }

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(above, below))]
    pub(super) struct Api;
}

#[tokio::test]
async fn documentation_sees_the_function_as_it_was_written() {
    use utoipa::OpenApi;
    let paths = documented::Api::openapi().paths.paths;
    assert!(paths.contains_key("/above") && paths.contains_key("/below"));
    assert!(documented::above().await.is_err());
    assert_eq!(admin().scope(documented::below()).await.unwrap(), "below");
}

#[tokio::test]
async fn checked_by_axum() {
    assert!(debug_handler::above().await.is_err());
    assert_eq!(
        admin().scope(debug_handler::above()).await.unwrap(),
        "above"
    );
    assert!(debug_handler::between().await.is_err());
    assert!(debug_handler::below(String::new()).await.is_err());
}
