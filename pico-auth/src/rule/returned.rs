//! Rules on what a function is about to return (`after` of `#[authorize]`).

use super::Deny;
use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, InsufficientPermissionsError, MissingTokenError, RequiredPermissions,
    TokenKind,
};
use crate::events::{self, Site};
use crate::policy::Condition;

/// An output with a value that `after` can look at: `T` of `Ok(T)`, or (feature `axum`) a `Response`.
#[diagnostic::on_unimplemented(
    message = "`after` cannot look into `{Self}`",
    label = "neither a `Result` nor a `Response`",
    note = "return `Result<_, E>` with `E: From<pico_auth::AuthClientError>`"
)]
pub trait Returned: Deny {
    /// What `after` sees.
    type Value;

    /// The value; `None` for an error, which passes.
    fn value(&self) -> Option<&Self::Value>;
}

impl<T, E> Returned for Result<T, E>
where
    Self: Deny,
{
    type Value = T;

    fn value(&self) -> Option<&T> {
        self.as_ref().ok()
    }
}

/// Asks `check` whether the caller of the running request may see `value`. Generated code calls it
/// when the body is done.
///
/// # Errors
///
/// [`InsufficientPermissionsError`] where they may not, [`MissingTokenError`] where nobody is
/// authenticated, and the failure of `check`.
pub fn after<T, C: Condition>(
    value: Option<&T>,
    check: impl FnOnce(&SecurityContext, &T) -> C,
) -> Result<(), AuthClientError> {
    let Some(value) = value else { return Ok(()) };
    let caller = SecurityContext::current();
    let decision = match &caller {
        None => Err(MissingTokenError::new(TokenKind::Bearer).into()),
        Some(caller) => match check(caller, value).outcome() {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(InsufficientPermissionsError::new(RequiredPermissions::Condition).into())
            }
            Err(failure) => Err(failure.into()),
        },
    };
    decision.inspect_err(|error| {
        let site = Site {
            subject: caller.as_ref().map(SecurityContext::subject),
            ..Site::default()
        };
        events::refused_in_function(error, site);
    })
}
