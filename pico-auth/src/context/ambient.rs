//! The context of the running request, ambient through a task-local.

use super::SecurityContext;

tokio::task_local! {
    /// Who the caller is: somebody, or nobody. Not set at all where nobody decided.
    pub(crate) static CURRENT: Option<SecurityContext>;
}
