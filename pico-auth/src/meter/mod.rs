//! What is measured, through the facade `metrics`. Without the feature of that name, nothing.
//!
//! Each thing is measured in one place. Labels have few values, all known here or in the configuration:
//! never a subject, a key id or a path of a request. `docs/observability.md` lists them, and a test compares.

#[cfg(not(feature = "metrics"))]
mod off;
#[cfg(feature = "metrics")]
mod on;

#[cfg(not(feature = "metrics"))]
pub(crate) use self::off::*;
#[cfg(feature = "metrics")]
pub use self::on::describe_metrics;
#[cfg(feature = "metrics")]
pub(crate) use self::on::*;
