//! Jobs of the service itself.

use std::future::Future;

use super::ContextExt;
use crate::context::SystemCaller;
use crate::rule::Deny;

/// Runs `future` as a system caller: what a job may do is what is granted to it here, by name. The output
/// is the future's.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use pico_auth::{AuthClientError, requires_role, run_as, system};
///
/// #[requires_role("reporter")]
/// async fn write_report() -> Result<u32, AuthClientError> {
///     Ok(3)
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let job = system("nightly-report").role("reporter");
/// assert_eq!(run_as(job, write_report()).await.unwrap(), 3);
///
/// let other = system("cleanup");
/// assert!(run_as(other, write_report()).await.is_err());
/// # });
/// # }
/// ```
///
/// It replaces the caller, where one is running: a job that a request starts does not act for the request.
///
/// The output must be able to carry a refusal, as that of a protected function. For any other future, write
/// `system("nightly-report").build()?.scope(future)`.
///
/// # Errors
///
/// The output is an [`AuthConfigurationError`](crate::AuthConfigurationError) where
/// [`SystemCaller::build`](crate::SystemCaller::build) has one; nothing runs then.
pub fn run_as<F>(caller: SystemCaller, future: F) -> impl Future<Output = F::Output>
where
    F: Future<Output: Deny>,
{
    let (caller, wrong) = match caller.build() {
        Ok(caller) => (Some(caller), None),
        Err(wrong) => (None, Some(wrong)),
    };
    let job = future.in_context(caller);
    async move {
        match wrong {
            None => job.await,
            Some(wrong) => F::Output::deny(wrong.into()),
        }
    }
}
