//! Rules on `impl` blocks.

use ::another_name::{
    AuthClientError, allow_anonymous, authenticated, authorize, requires_group, requires_role,
};
use ::std::boxed::Box;
use ::std::convert::From;
use ::std::fmt::Display;
use ::std::format;
use ::std::future::Future;
use ::std::marker::{Copy, Send, Sized};
use ::std::pin::Pin;
use ::std::primitive::{str, u8, usize};
use ::std::result::Result::{self, Ok};
use ::std::string::String;

/// Without anything in it.
pub struct Users;

#[requires_role("admin")]
#[authorize(not(role("guest")))]
impl Users {
    /// A constant.
    pub const LIMIT: usize = 7;

    /// Opens it.
    #[allow_anonymous(reason = "builds the service: `<b>`, [a](b), https://example.org")]
    pub const fn open() -> Self {
        Self
    }

    /// Elided lifetimes are captured.
    pub async fn elided(text: &str, other: &u8) -> usize {
        text.len() + usize::from(*other)
    }

    /// A nested `impl Trait`, too.
    pub async fn nested(text: &str) -> Result<impl Display, AuthClientError> {
        Ok(text)
    }

    /// A method.
    ///
    /// # Errors
    ///
    /// The refusal.
    pub fn get(&self, id: u8) -> Result<u8, AuthClientError> {
        Ok(id)
    }

    /// With a rule of its own.
    #[requires_group("staff")]
    pub async fn own(&self, _unused: u8) -> Result<String, AuthClientError> {
        Ok(format!("{}", Self::LIMIT))
    }

    /// Boxed.
    pub fn boxed(&self) -> Pin<Box<dyn Future<Output = Result<u8, AuthClientError>> + Send + '_>> {
        Box::pin(async move { Ok(7) })
    }

    /// Opaque.
    pub fn opaque(text: &str) -> impl Future<Output = Result<usize, AuthClientError>> + '_ {
        async move { Ok(text.len()) }
    }
}

/// What a trait declares stays.
pub trait Api {
    /// What it answers.
    type Answer;

    /// A method.
    fn name(&self) -> Self::Answer;

    /// A function without receiver.
    fn total(text: &str) -> impl Future<Output = Self::Answer> + Send;
}

#[authenticated(crate = ::another_name)]
impl Api for Users {
    type Answer = Result<u8, AuthClientError>;

    fn name(&self) -> Self::Answer {
        Ok(7)
    }

    async fn total(_: &str) -> Self::Answer {
        Ok(7)
    }
}

/// With parameters.
pub struct Store<T: ?Sized>(pub Box<T>);

#[requires_role("admin")]
impl<'a, T> Store<&'a T>
where
    T: ?Sized,
    for<'b> &'b T: Copy,
{
    /// Uses the parameter.
    pub async fn take(self) -> Result<&'a T, AuthClientError> {
        Ok(*self.0)
    }

    /// Without receiver.
    pub async fn put(value: &'a T) -> Self
    where
        Self: Sized,
    {
        Self(Box::new(value))
    }
}
