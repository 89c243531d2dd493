//! Waiting that ends.

use std::time::Duration;

/// The outcome, or a failed test in place of one that never ends.
pub(crate) async fn soon<T>(what: &str, waiting: impl Future<Output = T>) -> T {
    let outcome = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    outcome.unwrap_or_else(|_| panic!("not {what} within a minute"))
}
