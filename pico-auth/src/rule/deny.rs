//! What a protected function may return: anything that can carry a refusal.

use crate::error::AuthClientError;

/// An output that can carry a refusal: `Result<_, E>` with `E: From<AuthClientError>`, or (feature
/// `axum`) a `Response`.
#[diagnostic::on_unimplemented(
    message = "a protected function must be able to return the refusal, and `{Self}` cannot",
    label = "cannot carry `AuthClientError`",
    note = "return `Result<{Self}, pico_auth::AuthClientError>`, or a `Result` of your own whose error implements `From<AuthClientError>`"
)]
pub trait Deny {
    /// The output that stands for `refusal`.
    fn deny(refusal: AuthClientError) -> Self;
}

impl<T, E: RefusalError> Deny for Result<T, E> {
    fn deny(refusal: AuthClientError) -> Self {
        Err(E::from_refusal(refusal))
    }
}

/// An error type that can carry a refusal: every `E: From<AuthClientError>`.
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` cannot carry a refusal of pico-auth",
    label = "`{Self}` does not implement `From<AuthClientError>`",
    note = "add `impl From<pico_auth::AuthClientError> for {Self}`, or with thiserror a variant `#[error(transparent)] Auth(#[from] pico_auth::AuthClientError)`",
    note = "an error type of another crate cannot have it (the `Status` of tonic has it with the feature `tonic`): return one of your own, or `pico_auth::AuthClientError`"
)]
pub trait RefusalError: Sized {
    /// Wraps the refusal.
    fn from_refusal(refusal: AuthClientError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<AuthClientError>> RefusalError for E {
    fn from_refusal(refusal: AuthClientError) -> Self {
        E::from(refusal)
    }
}
