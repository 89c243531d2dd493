//! The task of a list.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::unavailable;
use crate::error::AuthUnavailableError;

/// A task that is started when it is needed and ends when this is dropped. A runtime that ended has
/// taken its task with it: then it is started anew.
#[derive(Default)]
pub(super) struct Background(Mutex<Option<JoinHandle<()>>>);

impl Background {
    /// Starts the task where it does not run.
    pub(super) fn start<F>(&self, task: impl FnOnce() -> F) -> Result<(), AuthUnavailableError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut running = self.task();
        if !is_alive(running.as_ref()) {
            let runtime = Handle::try_current().map_err(|error| unavailable().with_cause(error))?;
            *running = Some(runtime.spawn(task()));
        }
        Ok(())
    }

    pub(super) fn is_alive(&self) -> bool {
        is_alive(self.task().as_ref())
    }

    fn task(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_alive(task: Option<&JoinHandle<()>>) -> bool {
    task.is_some_and(|task| !task.is_finished())
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(task) = self.task().take() {
            task.abort();
        }
    }
}
