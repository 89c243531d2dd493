//! What the rule attributes add to the future of a function: at most 24 bytes, unless the function decides
//! on its arguments or its output.
#![allow(clippy::unused_async, missing_docs)]

use std::mem::size_of_val;

use pico_auth::{
    AuthClientError, MissingTokenError, SecurityContext, TokenKind, allow_anonymous, authenticated,
    authorize, optional_authentication, requires_group, requires_role, requires_scope,
};

/// How much larger than the original's the future of a protected function may be, in bytes.
const ADDED: usize = 24;

/// What a function awaits and keeps: something larger than a machine word.
async fn work(bytes: [u8; 100]) -> usize {
    std::future::ready(()).await;
    bytes.len()
}

type AnswerResult = Result<usize, AuthClientError>;

/// The function twice, as it is and behind the attributes, and how large their futures are.
macro_rules! sizes {
    (
        $(#[$rule:meta])+
        fn($($argument:ident: $type:ty = $value:expr),*) -> $output:ty $body:block
    ) => {{
        async fn plain($($argument: $type),*) -> $output $body
        $(#[$rule])+
        async fn annotated($($argument: $type),*) -> $output $body
        (size_of_val(&plain($($value),*)), size_of_val(&annotated($($value),*)))
    }};
}

#[test]
fn an_annotated_future_is_at_most_24_bytes_larger() {
    let sizes = [
        (
            "no arguments",
            sizes! {
                #[requires_role("admin")]
                fn() -> AnswerResult { Ok(1) }
            },
        ),
        (
            "nothing to refuse",
            sizes! {
                #[allow_anonymous]
                fn(bytes: [u8; 100] = [0; 100]) -> usize { work(bytes).await }
            },
        ),
        (
            "optional",
            sizes! {
                #[optional_authentication]
                fn(bytes: [u8; 100] = [0; 100]) -> usize { work(bytes).await }
            },
        ),
        (
            "an argument",
            sizes! {
                #[requires_role("admin")]
                fn(number: usize = 1) -> AnswerResult { Ok(number) }
            },
        ),
        (
            "an argument that is kept while it waits",
            sizes! {
                #[requires_role("admin")]
                fn(bytes: [u8; 100] = [0; 100]) -> AnswerResult {
                    let length = bytes.len();
                    std::future::ready(()).await;
                    Ok(length + bytes.len())
                }
            },
        ),
        (
            "an argument that is handed on",
            sizes! {
                #[requires_role("admin")]
                fn(bytes: [u8; 100] = [0; 100]) -> AnswerResult { Ok(work(bytes).await) }
            },
        ),
        (
            "several arguments",
            sizes! {
                #[requires_role("admin")]
                fn(
                    name: String = String::new(),
                    number: u8 = 1,
                    list: Vec<u64> = vec![],
                    _ignored: [u8; 33] = [0; 33]
                ) -> AnswerResult {
                    std::future::ready(()).await;
                    Ok(name.len() + list.len() + usize::from(number))
                }
            },
        ),
        (
            "an output that becomes a Result",
            sizes! {
                #[authenticated]
                fn(bytes: [u8; 100] = [0; 100]) -> usize { work(bytes).await }
            },
        ),
        (
            "no output",
            sizes! {
                #[authenticated]
                fn() -> () {}
            },
        ),
        (
            "stacked rules",
            sizes! {
                #[requires_role("admin", "owner")]
                #[requires_group("staff")]
                #[requires_scope(all("a", "b"))]
                fn(bytes: [u8; 100] = [0; 100]) -> AnswerResult { Ok(work(bytes).await) }
            },
        ),
        (
            "authorize",
            sizes! {
                #[authorize(any(role("admin"), all(group("staff"), not(scope("guest")))))]
                fn(bytes: [u8; 100] = [0; 100]) -> AnswerResult { Ok(work(bytes).await) }
            },
        ),
    ];
    assert_added(&sizes, ADDED);
}

/// What makes the future of a function with a condition larger is that the condition borrows an argument,
/// which the compiler then keeps until the end. Written by hand into the body, it costs the same.
#[test]
fn a_condition_is_at_most_24_bytes_larger_than_the_same_by_hand() {
    async fn by_hand(bytes: [u8; 100]) -> AnswerResult {
        if bytes.len() <= SecurityContext::require()?.subject().len() {
            return Err(MissingTokenError::new(TokenKind::Bearer).into());
        }
        Ok(work(bytes).await)
    }
    #[authorize(when(bytes.len() > ctx.subject().len()))]
    async fn annotated(bytes: [u8; 100]) -> AnswerResult {
        Ok(work(bytes).await)
    }
    let by_hand = size_of_val(&by_hand([0; 100]));
    let annotated = size_of_val(&annotated([0; 100]));
    assert!(
        annotated <= by_hand + ADDED,
        "{by_hand} by hand, {annotated} annotated"
    );
}

/// Not within 24 bytes of a function without the decision: the arguments that a condition looks at are in
/// the future once more, and once again where the body is a future of its own, behind which something
/// follows.
#[test]
fn a_decision_in_the_function_adds_its_arguments_at_most_twice() {
    let sizes = [
        (
            "a condition on the request",
            sizes! {
                #[authorize(when(bytes.len() > ctx.subject().len()))]
                fn(bytes: [u8; 100] = [0; 100]) -> AnswerResult { Ok(work(bytes).await) }
            },
        ),
        (
            "two conditions",
            sizes! {
                #[authorize(any(when(bytes.is_empty()), when(ctx.has_role("admin"))))]
                fn(bytes: [u8; 100] = [0; 100]) -> AnswerResult { Ok(work(bytes).await) }
            },
        ),
        (
            "a condition, and an output that becomes a Result",
            sizes! {
                #[authorize(when(bytes.len() > ctx.subject().len()))]
                fn(bytes: [u8; 100] = [0; 100]) -> usize { work(bytes).await }
            },
        ),
        (
            "a rule on the output",
            sizes! {
                #[authorize(after = |_, length| *length > 0)]
                fn(bytes: [u8; 100] = [0; 100]) -> AnswerResult { Ok(work(bytes).await) }
            },
        ),
    ];
    assert_added(&sizes, ADDED + 2 * size_of::<[u8; 100]>());
}

fn assert_added(sizes: &[(&str, (usize, usize))], most: usize) {
    for (what, (plain, annotated)) in sizes {
        assert!(
            *annotated <= plain + most,
            "{what}: {plain} became {annotated} bytes, of all {sizes:?}"
        );
    }
}
