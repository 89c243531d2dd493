//! What runs as one caller, whoever polls it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

#[cfg(feature = "axum")]
use futures_core::Stream;
#[cfg(feature = "axum")]
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::context::{Ambient, CURRENT};

pin_project! {
    /// A future, stream or body that runs as one caller, or as nobody, whoever polls it; see
    /// [`ContextExt`](super::ContextExt).
    #[must_use = "futures, streams and bodies do nothing unless polled"]
    pub struct InContext<T> {
        // `None` once a future has ended.
        #[pin]
        inner: Option<T>,
        context: Ambient,
    }

    impl<T> PinnedDrop for InContext<T> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if std::mem::needs_drop::<T>() && this.inner.is_some() {
                drop(CURRENT.scope(this.context.take(), Emptying(this.inner)));
            }
        }
    }
}

impl<T> InContext<T> {
    pub(crate) fn new(inner: T, context: Ambient) -> Self {
        Self {
            inner: Some(inner),
            context,
        }
    }

    /// What `change` makes of it, in the same context, where it also runs.
    pub(super) fn map<U>(mut self, change: impl FnOnce(T) -> U) -> InContext<U> {
        let inner = self.inner.take();
        InContext {
            inner: CURRENT.sync_scope(self.context.clone(), || inner.map(change)),
            context: self.context.take(),
        }
    }

    /// Asks what needs no pinning.
    #[cfg(feature = "axum")]
    fn look<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        CURRENT.sync_scope(self.context.clone(), || self.inner.as_ref().map(look))
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        CURRENT.sync_scope(this.context.clone(), || {
            let Some(future) = this.inner.as_mut().as_pin_mut() else {
                // Polled after completion: a bug of the caller.
                return Poll::Pending;
            };
            let polled = future.poll(cx);
            if polled.is_ready() {
                this.inner.set(None);
            }
            polled
        })
    }
}

#[cfg(feature = "axum")]
impl<S: Stream> Stream for InContext<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        CURRENT.sync_scope(this.context.clone(), || match this.inner.as_pin_mut() {
            Some(stream) => stream.poll_next(cx),
            None => Poll::Ready(None),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.look(Stream::size_hint).unwrap_or_default()
    }
}

#[cfg(feature = "axum")]
impl<B: Body> Body for InContext<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        CURRENT.sync_scope(this.context.clone(), || match this.inner.as_pin_mut() {
            Some(body) => body.poll_frame(cx),
            None => Poll::Ready(None),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.look(Body::is_end_stream).unwrap_or(true)
    }

    fn size_hint(&self) -> SizeHint {
        self.look(Body::size_hint).unwrap_or_default()
    }
}

/// Empties a place when it is dropped. A task-local drops its future in its scope, or outside of any where
/// the thread is ending and has no task-locals left; `sync_scope` would panic there.
struct Emptying<'a, T>(Pin<&'a mut Option<T>>);

impl<T> Drop for Emptying<'_, T> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

impl<T> Future for Emptying<'_, T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
