//! Arguments live as long as in a plain `async fn`, and nothing happens before the first poll.

use std::cell::RefCell;
use std::mem::size_of_val;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use pico_auth::{AuthClientError, authenticated, requires_role};

use crate::caller::{admin, stranger};

/// What happened, in order.
type Journal = Rc<RefCell<Vec<&'static str>>>;

/// Writes its name to the journal when it is dropped.
struct Guard(&'static str, Journal);

impl Drop for Guard {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

/// Both functions from one text, so that they differ in the attribute only.
macro_rules! plain_and_protected {
    ($($(#[$lint:meta])? fn $name:ident($($pattern:pat_param => $argument:literal),*) $body:block)+) => { $(
        $(#[$lint])?
        mod $name {
            use super::*;

            async fn plain($($pattern: (Guard, Guard),)* journal: Journal) -> Result<u8, AuthClientError> {
                let _local = Guard("local", journal.clone());
                tokio::task::yield_now().await;
                journal.borrow_mut().push("body");
                $body
            }

            #[authenticated]
            async fn protected($($pattern: (Guard, Guard),)* journal: Journal) -> Result<u8, AuthClientError> {
                let _local = Guard("local", journal.clone());
                tokio::task::yield_now().await;
                journal.borrow_mut().push("body");
                $body
            }

            #[tokio::test]
            async fn drops_in_the_same_order() {
                let (expected, actual) = (Journal::default(), Journal::default());
                let pair = |name, journal: &Journal| {
                    (Guard(name, journal.clone()), Guard("second", journal.clone()))
                };
                let plain = plain($(pair($argument, &expected),)* expected.clone()).await;
                let future = protected($(pair($argument, &actual),)* actual.clone());
                let protected = stranger().scope(future).await;
                assert_eq!(plain.unwrap(), protected.unwrap());
                assert_eq!(expected.borrow()[..], actual.borrow()[..]);
                assert_eq!(expected.borrow().first(), Some(&"body"), "arguments live as long");
            }

            #[tokio::test]
            async fn drops_in_the_same_order_when_never_polled() {
                let (expected, actual) = (Journal::default(), Journal::default());
                let pair = |name, journal: &Journal| {
                    (Guard(name, journal.clone()), Guard("second", journal.clone()))
                };
                drop(plain($(pair($argument, &expected),)* expected.clone()));
                drop(protected($(pair($argument, &actual),)* actual.clone()));
                assert_eq!(expected.borrow()[..], actual.borrow()[..]);
            }

            #[tokio::test]
            async fn is_hardly_larger() {
                let journal = Journal::default();
                let pair = |name| (Guard(name, journal.clone()), Guard("second", journal.clone()));
                let plain = size_of_val(&plain($(pair($argument),)* journal.clone()));
                let protected = size_of_val(&protected($(pair($argument),)* journal.clone()));
                assert!(protected <= plain + 24, "{plain} bytes became {protected}");
            }
        }
    )+ };
}

plain_and_protected! {
    fn named(a => "a", b => "b") {
        drop(a);
        drop(b);
        Ok(1)
    }
    fn mutable(mut a => "a", mut b => "b") {
        a.0.0 = "changed";
        b.0.0 = "changed";
        Ok(1)
    }
    fn unused(_a => "a", _b => "b") {
        Ok(2)
    }
    fn ignored(_ => "a", _b => "b", _ => "c") {
        Ok(3)
    }
    fn taken_apart((_x, y) => "a", (_, _) => "b", (z, ..) => "c") {
        drop((y, z));
        Ok(4)
    }
    #[allow(clippy::toplevel_ref_arg)]
    fn bound_whole(ref a => "a", ref _b => "b", _ => "c") {
        let _ = a;
        Ok(5)
    }
}

/// Ready at the second poll, in the first of which nothing but the check happens.
#[tokio::test]
async fn nothing_happens_before_the_first_poll() {
    #[authenticated]
    async fn function(journal: Journal) -> Result<u8, AuthClientError> {
        journal.borrow_mut().push("body");
        Ok(7)
    }

    let journal = Journal::default();
    let future = function(journal.clone());
    assert!(journal.borrow().is_empty());
    // Refused outside of the scope, although it was made inside.
    let made_inside = stranger().sync_scope(|| function(journal.clone()));
    assert!(made_inside.await.is_err());
    // Admitted inside, although it was made outside.
    assert_eq!(stranger().scope(future).await.unwrap(), 7);
    assert_eq!(journal.borrow()[..], ["body"]);
}

#[tokio::test]
async fn a_boxed_future_is_checked_when_polled() {
    #[requires_role("admin")]
    fn boxed(journal: Journal) -> Pin<Box<dyn Future<Output = Result<u8, AuthClientError>>>> {
        journal.borrow_mut().push("body");
        if journal.borrow().is_empty() {
            return Box::pin(async { Ok(0) });
        }
        Box::pin(async move {
            journal.borrow_mut().push("future");
            Ok(7)
        })
    }

    let journal = Journal::default();
    let made_inside = admin().sync_scope(|| boxed(journal.clone()));
    assert!(made_inside.await.is_err());
    let made_outside = boxed(journal.clone());
    assert!(journal.borrow().is_empty());
    assert_eq!(admin().scope(made_outside).await.unwrap(), 7);
    assert_eq!(journal.borrow()[..], ["body", "future"]);
}

/// The rule is decided once: what was admitted is not stopped half way.
#[test]
fn the_check_runs_once() {
    #[authenticated]
    async fn function() -> Result<u8, AuthClientError> {
        tokio::task::yield_now().await;
        Ok(7)
    }

    let mut future = pin!(function());
    let mut context = Context::from_waker(Waker::noop());
    let admitted = stranger().sync_scope(|| future.as_mut().poll(&mut context));
    assert!(admitted.is_pending());
    let done = future.as_mut().poll(&mut context);
    assert!(matches!(done, Poll::Ready(Ok(7))));
}
