//! The context of the running request, ambient through a task-local.

use super::SecurityContext;

/// What the scope of a request knows of its caller: nobody, or somebody.
pub(crate) type Ambient = Option<SecurityContext>;

tokio::task_local! {
    pub(crate) static CURRENT: Ambient;
}
