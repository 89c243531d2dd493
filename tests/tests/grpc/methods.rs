//! Rules on the methods of a service, as tonic's generated traits have them.

use pico_auth::test_kit::TestContext;
use pico_auth::{SecurityContext, allow_anonymous, authenticated, requires_role, requires_scope};
use tonic::{Code, Request, Response, Status};

/// What tonic generates of a service with one method that answers and one that streams.
#[tonic::async_trait]
trait Orders: Send + Sync {
    type ListStream: Iterator<Item = u8> + Send;
    async fn cancel(&self, request: Request<u8>) -> Result<Response<u8>, Status>;
    async fn list(&self, request: Request<u8>) -> Result<Response<Self::ListStream>, Status>;
}

/// The code of each method for this caller: cancel, list.
async fn codes(service: &impl Orders, caller: Option<TestContext>) -> [Code; 2] {
    let calls = async || {
        let cancelled = service.cancel(Request::new(1)).await;
        let listed = service.list(Request::new(1)).await;
        [
            cancelled.map_or_else(|status| status.code(), |_| Code::Ok),
            listed.map_or_else(|status| status.code(), |_| Code::Ok),
        ]
    };
    match caller {
        Some(caller) => caller.scope(calls()).await,
        None => calls().await,
    }
}

fn user() -> TestContext {
    SecurityContext::test("u1")
}

fn admin() -> TestContext {
    user().role("admin")
}

/// Writes the service with the methods' attributes in this order.
macro_rules! ruled_methods {
    ($($name:ident: $(#[$($attribute:tt)*])+;)+) => { $(
        mod $name {
            use super::*;

            struct Service;

            #[tonic::async_trait]
            impl Orders for Service {
                type ListStream = std::vec::IntoIter<u8>;

                $(#[$($attribute)*])+
                async fn cancel(&self, request: Request<u8>) -> Result<Response<u8>, Status> {
                    Ok(Response::new(request.into_inner()))
                }

                $(#[$($attribute)*])+
                async fn list(&self, _: Request<u8>) -> Result<Response<Self::ListStream>, Status> {
                    Ok(Response::new(vec![1, 2].into_iter()))
                }
            }

            #[tokio::test]
            async fn refuses_with_a_status_and_admits() {
                assert_eq!(codes(&Service, None).await, [Code::Unauthenticated; 2]);
                assert_eq!(codes(&Service, Some(user())).await, [Code::PermissionDenied; 2]);
                assert_eq!(codes(&Service, Some(admin().scopes(["orders"]))).await, [Code::Ok; 2]);
            }
        }
    )+ };
}

ruled_methods! {
    alone: #[requires_role("admin")];
    instrumented_below: #[requires_role("admin")] #[tracing::instrument(skip_all)];
    instrumented_above: #[tracing::instrument(skip_all)] #[requires_role("admin")];
    stacked: #[requires_role("admin")] #[requires_scope("orders")];
    stacked_apart: #[requires_scope("orders")] #[tracing::instrument(skip_all)] #[requires_role("admin")];
}

/// The rule above the whole block, above and below tonic's attribute.
macro_rules! ruled_blocks {
    ($($name:ident: $(#[$($attribute:tt)*])+;)+) => { $(
        mod $name {
            use super::*;

            struct Service;

            $(#[$($attribute)*])+
            impl Orders for Service {
                type ListStream = std::vec::IntoIter<u8>;

                #[requires_role("admin")]
                async fn cancel(&self, request: Request<u8>) -> Result<Response<u8>, Status> {
                    Ok(Response::new(request.into_inner()))
                }

                async fn list(&self, _: Request<u8>) -> Result<Response<Self::ListStream>, Status> {
                    Ok(Response::new(vec![1, 2].into_iter()))
                }
            }

            #[tokio::test]
            async fn holds_for_every_method_and_those_of_methods_are_added() {
                assert_eq!(codes(&Service, None).await, [Code::Unauthenticated; 2]);
                let of_user = codes(&Service, Some(user())).await;
                assert_eq!(of_user, [Code::PermissionDenied, Code::Ok]);
                assert_eq!(codes(&Service, Some(admin())).await, [Code::Ok; 2]);
            }
        }
    )+ };
}

ruled_blocks! {
    block_rule_above: #[authenticated] #[tonic::async_trait];
    block_rule_below: #[tonic::async_trait] #[authenticated];
}

struct Public;

#[authenticated]
#[tonic::async_trait]
impl Orders for Public {
    type ListStream = std::vec::IntoIter<u8>;

    async fn cancel(&self, request: Request<u8>) -> Result<Response<u8>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    #[allow_anonymous(reason = "the catalogue is public")]
    async fn list(&self, _: Request<u8>) -> Result<Response<Self::ListStream>, Status> {
        Ok(Response::new(vec![1, 2].into_iter()))
    }
}

#[tokio::test]
async fn one_method_of_a_ruled_block_can_be_lifted_out_behind_an_optional_layer() {
    let of_nobody = codes(&Public, None).await;
    assert_eq!(of_nobody, [Code::Unauthenticated, Code::Ok]);
    assert_eq!(codes(&Public, Some(user())).await, [Code::Ok; 2]);
}
