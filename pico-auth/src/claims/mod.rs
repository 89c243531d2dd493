//! What a verified token says: [`TokenClaims`] of the bearer token, [`AgentClaims`] of the agent's.
//!
//! Reading is strict and pure. A claim that grants something is read in its declared JSON form or
//! the token is refused; a string is never taken apart into letters, a number never becomes a name.

mod agent;
mod collections;
mod document;
mod error;
pub mod field;
mod grants;
mod names;
mod read;
mod scopes;
mod token;
mod typed;
mod value;

pub use agent::AgentClaims;
pub use collections::ClaimList;
pub(crate) use document::Document;
pub use error::ClaimError;
pub use grants::{GrantNames, Grants, Named};
pub(crate) use names::Names;
pub use read::ClaimPath;
pub(crate) use read::{LATEST, numeric_date};
pub use scopes::scope_matches;
pub(crate) use token::ReadClaims;
pub use token::TokenClaims;
pub use typed::FromClaims;
pub(crate) use typed::{ClaimsReader, TypedClaims};
pub use value::ClaimValue;

/// All claims of a token as parsed.
pub type RawClaims = serde_json::Map<String, serde_json::Value>;
