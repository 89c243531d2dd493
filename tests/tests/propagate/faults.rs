//! Cancellation, `select!`, panics and tasks that move between threads.

use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use pico_auth::propagate::{self, ContextExt, JoinSetExt};
use tokio::sync::oneshot;
use tokio::task::{JoinSet, yield_now};

use super::{SeenOnDrop, ambient, caller};

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_cancelled_task_is_dropped_as_its_own_caller() {
    for canceller in [Some(caller("bob")), None] {
        let (seen, mut dropped) = SeenOnDrop::new();
        let (started, has_started) = oneshot::channel();
        let task = async move {
            let _seen = seen;
            started.send(ambient()).unwrap();
            pending::<()>().await;
        };
        let task = caller("ada").sync_scope(|| propagate::spawn(task));
        assert_eq!(has_started.await.unwrap(), "ada");
        let cancel = async {
            let before = ambient();
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            assert_eq!(ambient(), before);
        };
        cancel.in_context(canceller).await;
        assert_eq!(dropped.recv().await.unwrap(), "ada");
    }
}

#[tokio::test]
async fn what_never_ran_is_dropped_as_its_own_caller() {
    for by in [Some(caller("bob")), None] {
        let (future, mut of_future) = SeenOnDrop::new();
        let (closure, mut of_closure) = SeenOnDrop::new();
        let (callback, mut of_callback) = SeenOnDrop::new();
        let (future, closure, callback) = caller("ada").sync_scope(|| {
            let future = async move { drop(future) }.in_current_context();
            let closure = propagate::closure(move || drop(closure));
            let callback = propagate::callback(move |()| async move { drop(callback) });
            (future, closure, callback)
        });
        let dropping = async move {
            drop(future);
            drop(closure);
            drop(callback);
        };
        dropping.in_context(by).await;
        for mut seen in [
            of_future.recv().await,
            of_closure.recv().await,
            of_callback.recv().await,
        ] {
            assert_eq!(seen.take().unwrap(), "ada");
        }
    }
}

#[test]
fn a_blocking_task_that_is_cancelled_before_it_runs_is_dropped_as_its_own_caller() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (release, hold) = mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || hold.recv());
        let (seen, mut dropped) = SeenOnDrop::new();
        let queued = caller("ada").sync_scope(|| propagate::spawn_blocking(move || drop(seen)));
        caller("bob").sync_scope(|| queued.abort());
        release.send(()).unwrap();
        busy.await.unwrap().unwrap();
        assert!(queued.await.unwrap_err().is_cancelled());
        assert_eq!(dropped.recv().await.unwrap(), "ada");
    });
}

#[tokio::test]
async fn a_set_of_tasks_that_is_dropped_drops_each_as_its_own_caller() {
    let mut tasks = JoinSet::new();
    let mut all = Vec::new();
    for subject in ["ada", "bob", "carol"] {
        let (seen, dropped) = SeenOnDrop::new();
        let (started, has_started) = oneshot::channel();
        let task = async move {
            let _seen = seen;
            started.send(()).unwrap();
            pending::<()>().await;
        };
        caller(subject).sync_scope(|| tasks.spawn_in_current_context(task));
        has_started.await.unwrap();
        all.push((subject, dropped));
    }
    caller("mallory")
        .scope(async { tasks.shutdown().await })
        .await;
    for (subject, mut dropped) in all {
        assert_eq!(dropped.recv().await.unwrap(), subject);
    }
}

#[tokio::test]
async fn futures_of_several_callers_in_one_select_never_see_each_other() {
    let (seen, mut dropped) = SeenOnDrop::new();
    let hangs = async move {
        let _seen = seen;
        loop {
            assert_eq!(ambient(), "ada");
            yield_now().await;
        }
    };
    let ends = async {
        for _ in 0..10 {
            assert_eq!(ambient(), "bob");
            yield_now().await;
        }
        ambient()
    };
    let by_carol = async {
        let winner = tokio::select! {
            () = hangs.in_context(caller("ada")) => unreachable!("it has no end"),
            winner = ends.in_context(caller("bob")) => winner,
        };
        assert_eq!(winner, "bob");
        assert_eq!(ambient(), "carol");
    };
    caller("carol").scope(by_carol).await;
    assert_eq!(dropped.recv().await.unwrap(), "ada", "the loser");
}

#[test]
fn a_panic_leaves_the_outer_caller_in_place() {
    caller("bob").sync_scope(|| {
        let (seen, mut dropped) = SeenOnDrop::new();
        let future = async move {
            let _seen = seen;
            assert_ne!(ambient(), "ada", "a bug in a handler");
        };
        let mut future = Box::pin(future.in_context(caller("ada")));
        catch_unwind(AssertUnwindSafe(|| poll_once(future.as_mut()))).unwrap_err();
        assert_eq!(ambient(), "bob");
        drop(future);
        assert_eq!(dropped.try_recv().unwrap(), "ada");

        let closure = || assert_ne!(ambient(), "ada", "a bug in a handler");
        let closure = caller("ada").sync_scope(|| propagate::closure(closure));
        catch_unwind(AssertUnwindSafe(closure)).unwrap_err();
        assert_eq!(ambient(), "bob");

        let callback = |()| -> std::future::Ready<()> { panic!("a bug as {}", ambient()) };
        let callback = caller("ada").sync_scope(|| propagate::callback(callback));
        catch_unwind(AssertUnwindSafe(|| drop(callback(())))).unwrap_err();
        assert_eq!(ambient(), "bob");
    });
    assert_eq!(ambient(), "nobody");
}

#[tokio::test]
async fn a_panic_while_it_is_dropped_leaves_the_outer_caller_in_place() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            assert_ne!(ambient(), "ada", "a bug in a destructor");
        }
    }
    let panics = PanicsOnDrop;
    let future = async move { drop(panics) }.in_context(caller("ada"));
    let by_bob = async {
        catch_unwind(AssertUnwindSafe(|| drop(future))).unwrap_err();
        assert_eq!(ambient(), "bob");
    };
    caller("bob").scope(by_bob).await;
}

#[tokio::test]
async fn after_a_task_that_panicked_its_thread_runs_the_next_as_nobody() {
    let panics = async {
        yield_now().await;
        panic!("a bug as {}", ambient());
    };
    let failed = caller("ada").sync_scope(|| propagate::spawn(panics));
    assert!(failed.await.unwrap_err().is_panic());
    // One thread runs all: whoever came next would inherit what was left.
    assert_eq!(tokio::spawn(async { ambient() }).await.unwrap(), "nobody");
}

/// What a runtime does that steals tasks: a future is polled by one thread and then by another, each with a
/// caller of its own.
#[test]
fn a_future_that_moves_between_threads_keeps_its_caller_and_leaves_theirs() {
    let (seen, mut dropped) = SeenOnDrop::new();
    let mut polls = 0;
    let future = poll_fn(move |_| {
        let _ = &seen;
        assert_eq!(ambient(), "ada");
        polls += 1;
        if polls == 10 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    });
    let mut future = Box::pin(future.in_context(caller("ada")));
    for thread in 0..10 {
        let own = format!("thread{thread}");
        let poll = move || {
            caller(&own).sync_scope(|| {
                let polled = poll_once(future.as_mut());
                assert_eq!(ambient(), own);
                (future, polled)
            })
        };
        let (moved, polled) = thread::spawn(poll).join().unwrap();
        assert_eq!(polled.is_ready(), thread == 9);
        future = moved;
    }
    assert_eq!(
        dropped.try_recv().unwrap(),
        "ada",
        "with its end, not later"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_of_many_callers_on_several_threads_never_see_each_other() {
    let mut tasks = JoinSet::new();
    for number in 0..200 {
        let own = format!("u{number}");
        let work = {
            let own = own.clone();
            async move {
                for round in 0..50 {
                    assert_eq!(ambient(), own);
                    yield_now().await;
                    if round % 10 == 0 {
                        let child = async { ambient() };
                        assert_eq!(propagate::spawn(child).await.unwrap(), own);
                        assert_eq!(tokio::spawn(async { ambient() }).await.unwrap(), "nobody");
                    }
                }
            }
        };
        caller(&own).sync_scope(|| tasks.spawn_in_current_context(work));
    }
    let mut ended = 0;
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
        ended += 1;
    }
    assert_eq!(ended, 200);
}

/// A thread that ends drops what it kept, when it has no task-locals left.
#[test]
fn what_a_thread_drops_at_its_end_is_dropped_without_a_panic() {
    use std::cell::RefCell;
    thread_local! {
        static KEPT: RefCell<Vec<Box<dyn Send>>> = const { RefCell::new(Vec::new()) };
    }
    let (seen, mut dropped) = SeenOnDrop::new();
    let ends = move || {
        KEPT.with_borrow_mut(|kept| {
            let future = async move { drop(seen) }.in_context(caller("ada"));
            kept.push(Box::new(future));
        });
        // The first use here: it is taken down before what is kept.
        assert_eq!(ambient(), "nobody");
    };
    thread::spawn(ends).join().unwrap();
    let seen = dropped.try_recv().unwrap();
    assert!(["ada", "nobody"].contains(&&*seen), "{seen}");
}
