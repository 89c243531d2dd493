//! Signatures that behave differently in this edition, or that lints look at.

use ::another_name::{
    AuthClientError, allow_anonymous, authenticated, optional_authentication, requires_group,
    requires_role, requires_scope,
};
use ::std::boxed::Box;
use ::std::clone::Clone;
use ::std::convert::{From, Into};
use ::std::default::Default;
use ::std::fmt::{Debug, Display};
use ::std::format;
use ::std::future::Future;
use ::std::marker::{Send, Sized};
use ::std::ops::Drop;
use ::std::option::Option;
use ::std::pin::Pin;
use ::std::primitive::{bool, str, u8, u32, u64, usize};
use ::std::result::Result::{self, Err, Ok};
use ::std::string::String;

/// Nothing to return.
#[requires_role("admin")]
pub async fn unit() {}

/// Elided lifetimes are captured.
#[requires_role("admin")]
pub async fn elided(text: &str, other: &u8) -> usize {
    text.len() + usize::from(*other)
}

/// A lifetime in the result.
#[requires_role("admin")]
pub async fn borrowed(text: &str) -> Result<&str, AuthClientError> {
    Ok(text)
}

/// A nested `impl Trait` captures as in an `async fn`.
#[requires_role("admin")]
pub async fn nested(text: &str) -> Result<impl Display + '_, AuthClientError> {
    Ok(text)
}

/// Without naming the lifetime, which an `async fn` of this edition does not need.
#[requires_role("admin")]
pub async fn nested_elided(text: &str) -> Result<impl Display, AuthClientError> {
    Ok(text)
}

/// A bare `impl Trait`.
#[requires_scope(all("a:b", "a:c"))]
pub async fn bare(text: &str, n: impl Into<u32> + Debug) -> impl Display {
    let n: u32 = n.into();
    format!("{text}{n}")
}

/// Open.
#[allow_anonymous]
pub async fn open(text: &str) -> impl Display {
    String::from(text)
}

/// Half open.
#[optional_authentication]
pub async fn optional(text: &str) -> usize {
    text.len()
}

/// Trait objects are coerced to, by `return` and by the tail.
#[authenticated]
pub async fn coerced(n: u8) -> Result<Box<dyn Display + Send>, AuthClientError> {
    if n == 0 {
        return Ok(Box::new(n));
    }
    Ok(Box::new("text"))
}

/// Coerced without a `Result`.
#[authenticated]
pub async fn coerced_bare(n: u8) -> Box<dyn Display + Send> {
    if n == 0 {
        return Box::new(n);
    }
    Box::new("text")
}

/// Patterns, unused and mutable arguments.
#[requires_role("admin")]
#[requires_group("staff")]
pub async fn patterns(
    (a, b): (u8, u8),
    _: String,
    _unused: String,
    mut counter: u64,
    [first, .., last]: [u8; 3],
    whole @ (_, _): (u8, u8),
) -> u64 {
    counter += u64::from(a + b + first + last + whole.0);
    counter
}

/// Attributes on arguments.
#[requires_role("admin")]
pub async fn attributed(
    #[cfg(not(any()))] present: u8,
    #[cfg(any())] absent: NoSuchType,
    #[allow(unused_variables)] allowed: u8,
    #[expect(unused_variables)] expected: u8,
    #[cfg_attr(all(), allow(unused_variables))] conditional: u8,
    #[cfg(any())] (left, right): (NoSuchType, u8),
) -> u8 {
    present
}

/// Inner attributes and diverging bodies.
#[requires_role("admin")]
pub async fn diverging(flag: bool) -> Result<u8, AuthClientError> {
    #![allow(unused_variables)]
    let unused = 7;
    loop {
        if flag {
            break Ok(1);
        }
    }
}

/// Never comes back.
#[requires_role("admin")]
pub async fn pending() -> Result<u8, AuthClientError> {
    ::std::future::pending::<()>().await;
    ::std::process::exit(1)
}

/// Items in the body.
///
/// # Errors
///
/// Refusals.
#[requires_role("admin")]
pub fn items(n: u8) -> Result<u8, AuthClientError> {
    const ONE: u8 = 1;
    Ok(n + ONE)
}

/// The tail borrows from an argument: what it makes is dropped before the argument.
#[requires_role("admin")]
pub async fn tail_temporaries(cell: ::std::cell::RefCell<String>) -> usize {
    cell.borrow().len()
}

/// Many arguments.
#[requires_role("admin")]
#[allow(clippy::too_many_arguments, clippy::many_single_char_names)]
pub async fn seventeen(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
    n: u8,
    o: u8,
    p: u8,
    q: u8,
) -> u8 {
    a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q
}

/// Recursion.
#[requires_role("admin")]
pub async fn recursive(n: u8) -> Result<u8, AuthClientError> {
    if n == 0 {
        return Ok(0);
    }
    Box::pin(recursive(n - 1)).await
}

/// Generic over everything.
#[requires_role("admin")]
pub async fn generic<'a, T, const N: usize>(values: &'a [T; N], text: &'a str) -> Option<&'a T>
where
    T: Clone + 'a,
{
    values.get(text.len())
}

/// Raw identifiers.
#[requires_role("admin")]
pub async fn r#match(r#type: u8) -> u8 {
    r#type
}

/// Boxed by hand.
#[requires_role("admin")]
pub fn boxed(n: u8) -> Pin<Box<dyn Future<Output = Result<u8, AuthClientError>> + Send>> {
    if n == 0 {
        return Box::pin(async move { Ok(0) });
    }
    Box::pin(async move { Ok(n) })
}

/// Opaque.
#[requires_role("admin")]
pub fn opaque(n: &u8) -> impl Future<Output = Result<u8, AuthClientError>> + Send + '_ {
    async move { Ok(*n) }
}

/// A trait with a function of each form.
pub trait Api {
    /// With receiver.
    #[allow(async_fn_in_trait)]
    async fn method(&self) -> Result<u8, AuthClientError>;
    /// Without receiver.
    fn associated(n: &u8) -> impl Future<Output = Result<u8, AuthClientError>> + Send;
    /// Without future.
    ///
    /// # Errors
    ///
    /// Refusals.
    fn sync(&self) -> Result<u8, AuthClientError>;
}

/// Implements it.
pub struct Service;

impl Api for Service {
    #[requires_role("admin")]
    async fn method(&self) -> Result<u8, AuthClientError> {
        Ok(1)
    }

    #[requires_role("admin")]
    async fn associated(n: &u8) -> Result<u8, AuthClientError> {
        Ok(*n)
    }

    #[requires_role("admin")]
    fn sync(&self) -> Result<u8, AuthClientError> {
        Err(::another_name::MissingTokenError::default().into())
    }
}

/// Dropped late.
pub struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {}
}

fn assert_send<T: Send + Sized>(_: T) {}

/// The futures are `Send` where those of the plain functions are.
pub fn futures_are_send() {
    assert_send(unit());
    assert_send(elided("", &0));
    assert_send(nested(""));
    assert_send(coerced(1));
    assert_send(patterns(
        (0, 0),
        String::new(),
        String::new(),
        0,
        [0; 3],
        (0, 0),
    ));
    assert_send(generic::<_, 1>(&[Guard2], ""));
    assert_send(recursive(1));
    assert_send(opaque(&1));
}

/// Can be cloned.
#[derive(Clone)]
pub struct Guard2;
