//! What a verified token says: [`TokenClaims`] of the bearer token, [`AgentClaims`] of the agent's.
//!
//! Reading is strict and pure. A claim that grants something is read in its declared JSON form or
//! the token is refused; a string is never taken apart into letters, a number never becomes a name.

mod agent;
mod read;
mod token;

pub use agent::AgentClaims;
pub use read::ClaimPath;
pub use token::TokenClaims;

/// All claims of a token as parsed.
pub type RawClaims = serde_json::Map<String, serde_json::Value>;
