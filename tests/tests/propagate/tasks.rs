//! Tasks, threads and callbacks.

use std::future::ready;
use std::thread;

use pico_auth::propagate::{self, ContextExt, JoinSetExt};
use pico_auth::{
    AgentContext, AuthClientError, SecurityContext, authenticated, requires_agent_scope,
};
use tokio::task::{JoinSet, spawn_blocking};

use super::{ambient, caller};

#[authenticated]
async fn protected() -> Result<String, AuthClientError> {
    Ok(ambient())
}

#[authenticated]
fn protected_now() -> Result<String, AuthClientError> {
    Ok(ambient())
}

async fn all<T: 'static>(mut tasks: JoinSet<T>) -> Vec<T> {
    let mut outputs = Vec::new();
    while let Some(output) = tasks.join_next().await {
        outputs.push(output.unwrap());
    }
    outputs
}

#[tokio::test]
async fn without_a_word_nothing_is_carried() {
    let by_request = async {
        assert!(tokio::spawn(protected()).await.unwrap().is_err());
        assert!(spawn_blocking(protected_now).await.unwrap().is_err());
        assert!(thread::spawn(protected_now).join().unwrap().is_err());
        let mut tasks = JoinSet::new();
        tasks.spawn(protected());
        assert!(all(tasks).await[0].is_err());
    };
    caller("ada").scope(by_request).await;
}

#[tokio::test]
async fn what_is_carried_runs_as_the_caller() {
    let by_request = async {
        assert_eq!(propagate::spawn(protected()).await.unwrap().unwrap(), "ada");
        let blocking = propagate::spawn_blocking(protected_now).await;
        assert_eq!(blocking.unwrap().unwrap(), "ada");
        let thread = propagate::spawn_thread(protected_now).unwrap().join();
        assert_eq!(thread.unwrap().unwrap(), "ada");
        let scoped = thread::scope(|scope| scope.spawn(propagate::closure(ambient)).join());
        assert_eq!(scoped.unwrap(), "ada");

        let mut tasks = JoinSet::new();
        tasks.spawn_in_current_context(async { ambient() });
        tasks.spawn_blocking_in_current_context(ambient);
        assert_eq!(all(tasks).await, ["ada", "ada"]);

        // The callback is called as the caller, and so is the future polled that it makes.
        let callback = propagate::callback(|number: u8| {
            let called_as = ambient();
            async move { format!("{number} {called_as} {}", ambient()) }
        });
        let called = tokio::spawn(async { callback(7).await });
        assert_eq!(called.await.unwrap(), "7 ada ada");
    };
    caller("ada").scope(by_request).await;
    assert_eq!(ambient(), "nobody");
}

#[tokio::test]
async fn the_agent_is_carried_too() {
    #[requires_agent_scope("orders:read")]
    async fn by_agent() -> Result<String, AuthClientError> {
        Ok(AgentContext::require()?.subject().to_owned())
    }
    let caller = SecurityContext::test("ada").agent("robot", ["orders:read"]);
    let spawned = caller.scope(async { propagate::spawn(by_agent()).await });
    assert_eq!(spawned.await.unwrap().unwrap(), "robot");
}

#[tokio::test]
async fn what_is_carried_is_the_context_of_the_moment_of_the_call() {
    let inner = caller("ada").sync_scope(|| async { ambient() }.in_current_context());
    let outer = async {
        assert_eq!(inner.await, "ada");
        ambient()
    };
    assert_eq!(caller("bob").scope(outer).await, "bob");
}

#[tokio::test]
async fn a_caller_is_given_with_a_message() {
    let work = |caller: Option<SecurityContext>| async { ambient() }.in_context(caller);
    let worker = async {
        assert_eq!(work(Some(caller("ada"))).await, "ada");
        assert_eq!(work(None).await, "nobody");
        assert_eq!(ambient(), "worker");
    };
    caller("worker").scope(worker).await;
}

/// The attack: something prepared where nobody was known is run by somebody with rights.
#[tokio::test]
async fn what_was_captured_outside_of_any_context_does_not_borrow_that_of_whoever_runs_it() {
    let future = protected().in_current_context();
    let closure = propagate::closure(protected_now);
    let callback = propagate::callback(|()| protected());
    let by_admin = async {
        assert!(future.await.is_err());
        assert!(closure().is_err());
        assert!(callback(()).await.is_err());
        assert_eq!(ambient(), "admin");
    };
    caller("admin").scope(by_admin).await;
}

/// The attack: an anonymous request leaves something behind that a request of another caller runs.
#[tokio::test]
async fn what_an_anonymous_caller_left_does_not_borrow_the_context_of_whoever_runs_it() {
    let anonymous = async {
        (
            protected().in_current_context(),
            propagate::closure(protected_now),
        )
    };
    let (future, closure) = anonymous.in_context(None).await;
    let by_admin = async {
        assert!(future.await.is_err());
        assert!(closure().is_err());
    };
    caller("admin").scope(by_admin).await;
}

#[tokio::test]
async fn scopes_are_nested_and_left_in_order() {
    let innermost = async { ambient() }.in_context(caller("carol"));
    let inner = async move {
        let before = ambient();
        let within = innermost.await;
        let blocking = propagate::spawn_blocking(|| {
            let within = caller("dave").sync_scope(ambient);
            format!("{within} {}", ambient())
        });
        format!(
            "{before} {within} {} {}",
            blocking.await.unwrap(),
            ambient()
        )
    };
    let outer = async {
        let within = inner.in_context(caller("bob")).await;
        format!("{within} {}", ambient())
    };
    let seen = outer.in_context(caller("ada")).await;
    assert_eq!(seen, "bob carol dave bob bob ada");
    assert_eq!(ambient(), "nobody");
}

#[tokio::test]
async fn a_future_that_has_ended_stays_pending_and_does_not_panic() {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    let mut future = pin!(ready(1).in_context(None));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(1));
    assert_eq!(future.as_mut().poll(&mut context), Poll::Pending);
}
