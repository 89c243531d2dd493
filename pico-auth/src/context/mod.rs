//! The caller of the running request: [`SecurityContext`], and [`AgentContext`] for the agent that
//! acts for them.

mod agent;
mod ambient;
mod identity;
mod origin;
mod proof;
mod security;
mod system;

pub use agent::AgentContext;
pub(crate) use ambient::{Ambient, CURRENT};
pub(crate) use identity::Identity;
pub(crate) use origin::{Origin, Validity};
use proof::Assumed;
pub use security::SecurityContext;
pub(crate) use system::SYSTEM_SUBJECT;
pub use system::{SystemCaller, system};
