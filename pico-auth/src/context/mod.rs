//! The caller of the running request: [`SecurityContext`], and [`AgentContext`] for the agent that
//! acts for them.

mod agent;
mod ambient;
mod identity;
mod scopes;
mod security;

pub use agent::AgentContext;
pub(crate) use ambient::CURRENT;
pub(crate) use identity::Identity;
pub use scopes::scope_matches;
pub use security::SecurityContext;
