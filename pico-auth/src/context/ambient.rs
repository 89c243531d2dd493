//! The context of the running request, ambient through a task-local.

use super::SecurityContext;

/// Who the caller is: somebody, or nobody.
pub(crate) type Ambient = Option<SecurityContext>;

tokio::task_local! {
    /// Who the caller is. Not set at all where nobody decided.
    pub(crate) static CURRENT: Ambient;
}
