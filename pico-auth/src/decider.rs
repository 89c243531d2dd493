//! Decisions made elsewhere: a policy engine, a database.

use std::error::Error;
use std::future::Future;

use crate::context::SecurityContext;
use crate::error::{AuthUnavailableError, Dependency};

/// Decides outside of the rule whether a caller may do something to an `R`: a policy engine such as
/// Cedar, a table of grants.
///
/// Ask it in a condition of `#[authorize]`, where it is an argument of the function:
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use std::error::Error;
///
/// use pico_auth::{PolicyDecider, SecurityContext, authorize};
///
/// struct Order {
///     owner: String,
/// }
///
/// struct Owners;
///
/// impl PolicyDecider<Order> for Owners {
///     async fn decide(
///         &self,
///         caller: &SecurityContext,
///         action: &str,
///         order: &Order,
///     ) -> Result<bool, Box<dyn Error + Send + Sync>> {
///         Ok(action == "view" && order.owner == caller.subject())
///     }
/// }
///
/// #[authorize(when(owners.permits(ctx, "view", &order).await))]
/// async fn view(owners: &Owners, order: Order) -> String {
///     order.owner
/// }
/// # }
/// ```
///
/// It is used as the type that it is, or as a generic parameter: the trait has `async fn`s and makes no
/// trait object. Where several deciders have to fit one field, write an enum of them.
///
/// **A failure is a failure**: the request is answered 503 ([`AuthUnavailableError`] for
/// [`Dependency::ExternalDecision`]), never served and never told "no".
pub trait PolicyDecider<R: ?Sized>: Send + Sync {
    /// Whether `caller` may do `action` to `resource`.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being decided; it is logged, the caller sees a 503.
    fn decide(
        &self,
        caller: &SecurityContext,
        action: &str,
        resource: &R,
    ) -> impl Future<Output = Result<bool, Box<dyn Error + Send + Sync>>> + Send;

    /// The same as a condition of a rule.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where [`decide`](Self::decide) fails.
    fn permits(
        &self,
        caller: &SecurityContext,
        action: &str,
        resource: &R,
    ) -> impl Future<Output = Result<bool, AuthUnavailableError>> + Send
    where
        R: Sync,
    {
        async move {
            let decision = self.decide(caller, action, resource).await;
            decision.map_err(|cause| {
                AuthUnavailableError::new(Dependency::ExternalDecision).with_cause(cause)
            })
        }
    }
}
