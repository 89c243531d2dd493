//! `#[pico_auth::test]` beside the attributes that make tests, in every order: it adds the caller, and
//! nothing else.

use std::process::Command;

use pico_auth::{AuthClientError, SecurityContext, requires_role};
use rstest::rstest;

#[requires_role("editor")]
async fn publish() -> Result<u8, AuthClientError> {
    Ok(7)
}

#[requires_role("admin")]
async fn delete() -> Result<u8, AuthClientError> {
    Ok(7)
}

#[requires_role("editor")]
fn publish_now() -> Result<u8, AuthClientError> {
    Ok(7)
}

#[requires_role("admin")]
fn delete_now() -> Result<u8, AuthClientError> {
    Ok(7)
}

const REFUSAL: &str = "Requires one of roles: ['admin']";

fn subject() -> String {
    SecurityContext::require().unwrap().subject().to_owned()
}

/// What an async test of `u1`, an editor, finds.
async fn is_u1() {
    assert_eq!(subject(), "u1");
    tokio::task::yield_now().await;
    assert_eq!(publish().await.unwrap(), 7);
    assert_eq!(delete().await.unwrap_err().to_string(), REFUSAL);
    // As in a request: what is spawned is nobody's, whichever thread it runs on.
    let spawned = tokio::spawn(async { SecurityContext::current().is_none() });
    assert!(spawned.await.unwrap(), "a spawned task has the context");
    assert_eq!(subject(), "u1");
}

macro_rules! async_in_every_order {
    ($($name:ident: $(#[$($attribute:tt)*])+)+) => { $(
        mod $name {
            use super::*;

            $(#[$($attribute)*])+
            async fn runs_as_the_caller() {
                is_u1().await;
            }

            $(#[$($attribute)*])+
            async fn returns_a_result() -> Result<(), AuthClientError> {
                let seven = publish().await?;
                assert_eq!(seven, 7);
                if seven == 7 {
                    return Ok(());
                }
                delete().await.map(drop)
            }

            #[should_panic(expected = "u1 panics")]
            $(#[$($attribute)*])+
            async fn panics_above() {
                panic!("{} panics", subject());
            }

            $(#[$($attribute)*])+
            #[should_panic(expected = "u1 panics")]
            async fn panics_below() {
                panic!("{} panics", subject());
            }

            $(#[$($attribute)*])+
            #[ignore = "shows that it is"]
            async fn is_ignored() {
                panic!("it runs");
            }

            $(#[$($attribute)*])+
            #[cfg(any())]
            async fn is_not_compiled() {
                this_function_is_nowhere();
            }
        }
    )+ };
}

async_in_every_order! {
    alone: #[pico_auth::test(subject = "u1", roles("editor"))]
    above_tokio: #[pico_auth::test(subject = "u1", roles("editor"))] #[tokio::test]
    below_tokio: #[tokio::test] #[pico_auth::test(subject = "u1", roles("editor"))]
    above_threads:
        #[pico_auth::test(subject = "u1", roles("editor"))]
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    below_threads:
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[pico_auth::test(subject = "u1", roles("editor"))]
    above_rstest: #[pico_auth::test(subject = "u1", roles("editor"))] #[rstest]
    below_rstest: #[rstest] #[pico_auth::test(subject = "u1", roles("editor"))]
    rstest_tokio: #[rstest] #[tokio::test] #[pico_auth::test(subject = "u1", roles("editor"))]
    rstest_around: #[rstest] #[pico_auth::test(subject = "u1", roles("editor"))] #[tokio::test]
    rstest_between: #[pico_auth::test(subject = "u1", roles("editor"))] #[rstest] #[tokio::test]
    conditional: #[cfg_attr(all(), pico_auth::test(subject = "u1", roles("editor")))] #[tokio::test]
    inert:
        /// Documented.
        #[pico_auth::test(subject = "u1", roles("editor"))]
        #[allow(clippy::unused_async)]
        #[tokio::test]
}

macro_rules! sync_in_every_order {
    ($($name:ident: $(#[$($attribute:tt)*])+)+) => { $(
        mod $name {
            use super::*;

            $(#[$($attribute)*])+
            fn runs_as_the_caller() {
                assert_eq!(subject(), "u1");
                assert_eq!(publish_now().unwrap(), 7);
                assert_eq!(delete_now().unwrap_err().to_string(), REFUSAL);
            }

            $(#[$($attribute)*])+
            fn returns_a_result() -> Result<(), AuthClientError> {
                let seven = publish_now()?;
                assert_eq!(seven, 7);
                if seven == 7 {
                    return Ok(());
                }
                delete_now().map(drop)
            }

            $(#[$($attribute)*])+
            #[should_panic(expected = "u1 panics")]
            fn panics_below() {
                panic!("{} panics", subject());
            }

            $(#[$($attribute)*])+
            #[ignore = "shows that it is"]
            fn is_ignored() {
                panic!("it runs");
            }

            $(#[$($attribute)*])+
            #[cfg(any())]
            fn is_not_compiled() {
                this_function_is_nowhere();
            }
        }
    )+ };
}

sync_in_every_order! {
    sync_alone: #[pico_auth::test(subject = "u1", roles("editor"))]
    sync_above_test: #[pico_auth::test(subject = "u1", roles("editor"))] #[test]
    sync_above_rstest: #[pico_auth::test(subject = "u1", roles("editor"))] #[rstest]
    sync_below_rstest: #[rstest] #[pico_auth::test(subject = "u1", roles("editor"))]
}

/// Cases and fixtures of rstest, above and below.
mod cases {
    use super::*;

    /// Made inside of the context, too, in both orders.
    #[rstest::fixture]
    fn whose() -> String {
        subject()
    }

    #[rstest]
    #[case::one(1, 2)]
    #[case::two(2, 4)]
    #[pico_auth::test(subject = "u1", roles("editor"))]
    async fn below(#[case] given: u8, #[case] expected: u8, whose: String) {
        assert_eq!((given * 2, &*whose), (expected, "u1"));
        is_u1().await;
    }

    #[pico_auth::test(subject = "u1", roles("editor"))]
    #[rstest]
    #[case::one(1, 2)]
    #[case::two(2, 4)]
    async fn above(#[case] given: u8, #[case] expected: u8, whose: String) {
        assert_eq!((given * 2, &*whose), (expected, "u1"));
        is_u1().await;
    }

    #[pico_auth::test(subject = "u1", roles("editor"))]
    #[rstest]
    #[case::one(1, 2)]
    #[case::two(2, 4)]
    fn sync(#[case] given: u8, #[case] expected: u8, whose: String) {
        assert_eq!((given * 2, &*whose), (expected, "u1"));
        assert_eq!(subject(), "u1");
    }
}

/// A plain async block of the user is not one of a runtime.
#[pico_auth::test(subject = "u1")]
fn a_future_that_is_called_body() {
    let body = async { subject() };
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    assert_eq!(runtime.block_on(body), "u1");
    assert_eq!(subject(), "u1");
}

/// The context is gone behind the test, whatever the test did.
#[test]
fn nobody_is_left_behind() {
    assert!(SecurityContext::current().is_none());
}

/// Each test is there, and is there once: neither forgotten nor run twice.
#[test]
fn every_test_is_listed_once() {
    let list = Command::new(std::env::current_exe().unwrap())
        .args(["orders::", "--list", "--format", "terse"])
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let listed = |name: &str| {
        let name = format!("orders::{name}: test");
        list.lines().filter(|line| *line == name).count()
    };
    let orders = [
        "alone",
        "above_tokio",
        "below_tokio",
        "above_threads",
        "below_threads",
        "above_rstest",
        "below_rstest",
        "rstest_tokio",
        "rstest_around",
        "rstest_between",
        "conditional",
        "inert",
        "sync_alone",
        "sync_above_test",
        "sync_above_rstest",
        "sync_below_rstest",
    ];
    for order in orders {
        for test in [
            "runs_as_the_caller",
            "returns_a_result",
            "panics_below",
            "is_ignored",
        ] {
            assert_eq!(
                listed(&format!("{order}::{test}")),
                1,
                "{order}::{test}: {list}"
            );
        }
        assert_eq!(listed(&format!("{order}::is_not_compiled")), 0, "{order}");
    }
    for case in ["below", "above", "sync"] {
        for number in ["case_1_one", "case_2_two"] {
            assert_eq!(
                listed(&format!("cases::{case}::{number}")),
                1,
                "{case}: {list}"
            );
        }
    }
}
