//! Tasks, threads and callbacks that run as the caller of the running request.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use tokio::task::{self, AbortHandle, JoinHandle, JoinSet};

use super::{ContextExt, InContext};

/// `tokio::spawn` of a future that runs as the caller of the running request.
///
/// # Panics
///
/// As `tokio::spawn`: outside of a tokio runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(future.in_current_context())
}

/// `tokio::task::spawn_blocking` of a function that runs as the caller of the running request.
///
/// # Panics
///
/// As `tokio::task::spawn_blocking`: outside of a tokio runtime.
#[track_caller]
pub fn spawn_blocking<R: Send + 'static>(
    function: impl FnOnce() -> R + Send + 'static,
) -> JoinHandle<R> {
    task::spawn_blocking(closure(function))
}

/// A thread for a function that runs as the caller of the running request: `std::thread::Builder::spawn`.
///
/// For threads with names, or inside `std::thread::scope`, wrap the function in a [`closure`].
///
/// # Errors
///
/// Where the operating system gives no more threads.
pub fn spawn_thread<R: Send + 'static>(
    function: impl FnOnce() -> R + Send + 'static,
) -> io::Result<thread::JoinHandle<R>> {
    thread::Builder::new().spawn(closure(function))
}

/// The function, so that it runs as the caller of the running request wherever it is called: in a thread
/// pool, by another library.
pub fn closure<R>(function: impl FnOnce() -> R) -> impl FnOnce() -> R {
    // As a future it is dropped in its context, even where it never runs.
    let carried = async move { function() }.in_current_context();
    move || {
        let mut carried = pin!(carried);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            // It waits for nothing, so this is always so.
            if let Poll::Ready(output) = carried.as_mut().poll(&mut context) {
                return output;
            }
        }
    }
}

/// The callback, so that it and its future run as the caller of the running request: for axum's
/// `WebSocketUpgrade::on_upgrade`, which runs in a task of its own.
pub fn callback<A, F: Future>(function: impl FnOnce(A) -> F) -> impl FnOnce(A) -> InContext<F> {
    let carried = function.in_current_context();
    move |argument| carried.map(|function| function(argument))
}

/// Tasks of a `JoinSet` that run as the caller of the running request.
pub trait JoinSetExt<T> {
    /// `JoinSet::spawn` of a future that runs as the caller of the running request.
    ///
    /// # Panics
    ///
    /// As `JoinSet::spawn`: outside of a tokio runtime.
    fn spawn_in_current_context<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
        T: Send;

    /// `JoinSet::spawn_blocking` of a function that runs as the caller of the running request.
    ///
    /// # Panics
    ///
    /// As `JoinSet::spawn_blocking`: outside of a tokio runtime.
    fn spawn_blocking_in_current_context<F>(&mut self, function: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send;
}

impl<T: 'static> JoinSetExt<T> for JoinSet<T> {
    #[track_caller]
    fn spawn_in_current_context<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
        T: Send,
    {
        self.spawn(future.in_current_context())
    }

    #[track_caller]
    fn spawn_blocking_in_current_context<F>(&mut self, function: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send,
    {
        self.spawn_blocking(closure(function))
    }
}
