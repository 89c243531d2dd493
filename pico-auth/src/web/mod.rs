//! The only module that names axum or tower.

mod authentication;
mod bearer;
mod body;
mod bounds;
mod certificate;
mod challenges;
mod claims;
mod endpoint;
mod extract;
mod gate;
mod guard;
mod handler;
mod layer;
mod presented;
mod response;
mod router;
pub mod routing;
mod secured;
mod steps;

pub use authentication::Authentication;
pub use bearer::{AuthorizationHeader, TokenCookie, TokenExtractor, TokenHeader};
pub use bounds::{RouteLayer, RouteService};
pub use certificate::CertificateHeader;
pub use claims::Claims;
pub use layer::{AuthLayer, AuthService};
pub use router::SecureRouter;
pub use secured::SecuredService;
