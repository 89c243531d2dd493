//! The only module that names axum or tower.

mod access;
mod authentication;
mod bearer;
mod body;
mod bounds;
mod certificate;
mod claims;
mod cookie;
mod csrf;
mod endpoint;
mod extract;
mod gate;
#[cfg(feature = "tonic")]
mod grpc;
mod guard;
mod handler;
mod layer;
mod map_routes;
mod observed;
#[cfg(feature = "openapi")]
pub mod openapi;
mod presented;
mod protected_resource;
mod refusals;
mod request_head;
mod response;
mod router;
pub mod routing;
mod secured;
mod set_cookie;
mod steps;

pub use authentication::Authentication;
pub use bearer::{AuthorizationHeader, TokenExtractor, TokenHeader};
pub use bounds::{RouteLayer, RouteService};
pub use certificate::CertificateHeader;
pub use claims::Claims;
pub use cookie::TokenCookie;
pub use csrf::CsrfProtection;
#[cfg(feature = "tonic")]
pub use grpc::{GrpcAuthLayer, GrpcAuthService};
pub use handler::PolicyWithReason;
pub use layer::{AuthLayer, AuthService};
pub use protected_resource::{ProtectedResource, ProtectedResourceBuilder};
pub use request_head::RequestHead;
pub use router::SecureRouter;
pub use secured::SecuredService;
