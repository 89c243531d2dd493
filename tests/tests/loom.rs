//! What must hold whatever two threads do at the same time: every order of their steps is tried (loom).
#![allow(clippy::unwrap_used, missing_docs)]

/// The library's own file, with loom's atomics in place of the standard library's.
#[path = "../../pico-auth/src/jwks/believed.rs"]
#[allow(unreachable_pub, reason = "its visibility is that of the library")]
mod believed;

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use loom::sync::{Arc, Mutex, atomic};
use loom::thread;
use pico_auth::SecurityContext;
use pico_auth::propagate::ContextExt;

use believed::Believed;

/// Keys of two editions: the second is loaded when the first has ended.
const OLD: u64 = 1;
const OLD_ENDS: u64 = 10;
const NEW: u64 = 2;
const NEW_ENDS: u64 = 20;
const BETWEEN: u64 = 15;

#[test]
fn keys_that_have_ended_are_not_believed_while_others_are_loaded() {
    loom::model(|| {
        let believed = Arc::new(Believed::nothing());
        believed.publish(OLD, OLD_ENDS);
        let loader = {
            let believed = Arc::clone(&believed);
            thread::spawn(move || believed.publish(NEW, NEW_ENDS))
        };
        assert_ne!(believed.at(BETWEEN), Some(OLD));
        loader.join().unwrap();
        assert_eq!(believed.at(BETWEEN), Some(NEW));
    });
}

/// That the model above can fail: the same with the two numbers told in the other order.
#[test]
#[should_panic(expected = "left != right")]
fn told_in_the_other_order_they_would_be() {
    use atomic::AtomicU64;
    loom::model(|| {
        let edition = Arc::new(AtomicU64::new(OLD));
        let until = Arc::new(AtomicU64::new(OLD_ENDS));
        let loader = {
            let (edition, until) = (Arc::clone(&edition), Arc::clone(&until));
            thread::spawn(move || {
                until.store(NEW_ENDS, Ordering::Release);
                edition.store(NEW, Ordering::Release);
            })
        };
        if BETWEEN < until.load(Ordering::Acquire) {
            assert_ne!(edition.load(Ordering::Acquire), OLD);
        }
        loader.join().unwrap();
    });
}

/// A token is verified while its key is withdrawn. Whatever comes first: once the key is gone, what was
/// kept of the token counts as current only if the key that is there now has verified it.
#[test]
fn a_token_verified_while_its_key_is_withdrawn_is_not_current_afterwards() {
    loom::model(|| {
        let believed = Arc::new(Believed::nothing());
        believed.publish(OLD, NEW_ENDS);
        // The set of keys is named by its edition here; `cache` tells both under one lock.
        let keys = Arc::new(Mutex::new(OLD));
        let withdrawal = {
            let (believed, keys) = (Arc::clone(&believed), Arc::clone(&keys));
            thread::spawn(move || {
                let mut keys = keys.lock().unwrap();
                *keys = NEW;
                believed.publish(NEW, NEW_ENDS);
            })
        };
        // As `verify_and_read` does it: first the edition, then the key.
        let edition = believed.at(0);
        let verified_by = *keys.lock().unwrap();
        withdrawal.join().unwrap();
        if believed.at(0) == edition {
            assert_eq!(verified_by, NEW);
        }
    });
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

const CALLERS: [&str; 2] = ["ada", "bob"];

fn ambient() -> String {
    SecurityContext::current().map_or_else(|| "nobody".to_owned(), |c| c.subject().to_owned())
}

/// Two workers poll the tasks of two callers, each whichever they find, until they have ended: every order of
/// polls, and every move of a task from one worker to the other, is tried. Each task must be polled and dropped
/// as its caller, and leave nobody behind.
///
/// It is the order of polls that this is about. loom runs all threads of a model on one thread of the operating
/// system and switches between them at its own operations, of which there is none within a poll; that each
/// thread of the operating system has task-locals of its own is the word of the standard library, which loom
/// does not look into. Threads that do run at the same time are in `isolation.rs`.
fn in_every_order(task: fn(&'static str) -> Task) {
    loom::model(move || {
        let tasks = Arc::new(CALLERS.map(|caller| Mutex::new(Some(task(caller)))));
        let work = |tasks: &[Mutex<Option<Task>>; 2]| {
            for _ in 0..2 {
                for place in tasks {
                    let taken = place.lock().unwrap().take();
                    let Some(mut task) = taken else { continue };
                    let mut context = Context::from_waker(Waker::noop());
                    let polled = task.as_mut().poll(&mut context);
                    assert_eq!(ambient(), "nobody", "left behind");
                    if polled.is_pending() {
                        *place.lock().unwrap() = Some(task);
                    }
                }
            }
        };
        let worker = {
            let tasks = Arc::clone(&tasks);
            thread::spawn(move || work(&tasks))
        };
        work(&tasks);
        worker.join().unwrap();
        // What is left is cancelled.
        SecurityContext::test("canceller").sync_scope(|| drop(tasks));
    });
}

/// Looks who the caller is, on each of two polls and when it is dropped, and counts the mistakes.
struct Looks {
    caller: &'static str,
    look: fn() -> String,
    mistakes: &'static AtomicUsize,
}

impl Looks {
    fn look(&self) {
        if (self.look)() != self.caller {
            self.mistakes.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Looks {
    fn drop(&mut self) {
        self.look();
    }
}

async fn looks_twice(looks: Looks) {
    let mut polls = 0;
    poll_fn(|_| {
        looks.look();
        polls += 1;
        if polls == 2 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[test]
fn in_every_order_of_polls_each_task_sees_its_own_caller() {
    static MISTAKES: AtomicUsize = AtomicUsize::new(0);
    in_every_order(|caller| {
        let looks = Looks {
            caller,
            look: ambient,
            mistakes: &MISTAKES,
        };
        let context = SecurityContext::test(caller).build();
        Box::pin(looks_twice(looks).in_context(context))
    });
    assert_eq!(MISTAKES.load(Ordering::SeqCst), 0);
}

/// That the model above can fail: the same with a caller that is told once, at the start of each task.
#[test]
fn told_once_for_each_task_they_would_see_each_other() {
    static MISTAKES: AtomicUsize = AtomicUsize::new(0);
    std::thread_local! {
        static CALLER: Cell<&'static str> = const { Cell::new("nobody") };
    }
    in_every_order(|caller| {
        let looks = Looks {
            caller,
            look: || CALLER.get().to_owned(),
            mistakes: &MISTAKES,
        };
        Box::pin(async {
            CALLER.set(looks.caller);
            looks_twice(looks).await;
        })
    });
    assert!(MISTAKES.load(Ordering::SeqCst) > 0);
}
