//! Who else is told of decisions inside functions: the observer of the running request, if it has one.
//!
//! It is ambient as the caller is. Where no service of this process has an observer, nobody looks for one.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::AuthClientError;

/// A function with a rule, and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) module_path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

/// Its path.
impl Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.module_path {
            "" => f.write_str(self.name),
            module => write!(f, "{module}::{}", self.name),
        }
    }
}

/// Where a decision was made, as far as it is known there.
#[derive(Clone, Copy, Default)]
pub(crate) struct Site<'a> {
    pub(crate) function: Option<Function>,
    pub(crate) policy: Option<&'a dyn Display>,
    /// The caller; only an observer may say whether the log names them.
    pub(crate) subject: Option<&'a str>,
}

/// Is told of the decisions inside functions while a request runs.
pub(crate) trait Observer: Send + Sync + 'static {
    /// A function refused its caller.
    fn refused(&self, site: Site<'_>, error: &AuthClientError);
    /// A function admitted its caller.
    fn admitted(&self, site: Site<'_>);
    /// Whether log lines may name the caller.
    fn names_callers(&self) -> bool;
}

tokio::task_local! {
    static OBSERVER: Arc<dyn Observer>;
}

/// Whether any observer was ever made: without one, a decision costs one comparison.
static IN_USE: AtomicBool = AtomicBool::new(false);

/// Says that there will be observers.
pub(crate) fn will_be_used() {
    IN_USE.store(true, Ordering::Relaxed);
}

pub(crate) fn is_in_use() -> bool {
    IN_USE.load(Ordering::Relaxed)
}

/// Runs `function` with this observer.
#[cfg(feature = "axum")]
pub(crate) fn observed_by<T>(observer: Arc<dyn Observer>, function: impl FnOnce() -> T) -> T {
    OBSERVER.sync_scope(observer, function)
}

/// Runs `future` with this observer.
pub(crate) fn observe<F: Future>(
    observer: Arc<dyn Observer>,
    future: F,
) -> impl Future<Output = F::Output> {
    OBSERVER.scope(observer, future)
}

/// Tells the observer, if there is one.
pub(crate) fn tell<T>(what: impl FnOnce(&dyn Observer) -> T) -> Option<T> {
    if !is_in_use() {
        return None;
    }
    OBSERVER
        .try_with(Arc::clone)
        .ok()
        .map(|observer| what(&*observer))
}
