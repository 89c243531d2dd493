//! The tests that the documentation shows, word for word: what has `#[test]` in a doc test is neither compiled
//! nor run. `tests/book/check.py` compares.

use pico_auth::{AuthClientError, requires_role};

#[requires_role("admin")]
async fn purge() -> Result<u32, AuthClientError> {
    Ok(3)
}

#[requires_role("editor")]
async fn publish(id: u64) -> Result<String, AuthClientError> {
    Ok(format!("article {id} is public"))
}

// In docs/testing.md.

#[pico_auth::test(subject = "ann", roles("admin"))]
async fn admins_purge() {
    assert_eq!(purge().await.unwrap(), 3);
}

#[pico_auth::test(
    subject = "rob",
    roles("reader"),
    agent(subject = "bot", scopes("notes:*"))
)]
async fn readers_do_not() {
    assert_eq!(
        purge().await.unwrap_err().to_string(),
        "Requires one of roles: ['admin']"
    );
}

// In the documentation of the attribute.

#[pico_auth::test(subject = "u1", roles("editor"))]
async fn editors_publish() {
    assert_eq!(publish(7).await.unwrap(), "article 7 is public");
}

#[pico_auth::test(subject = "u2", roles("viewer"))]
async fn viewers_do_not() {
    let refusal = publish(7).await.unwrap_err();
    assert_eq!(refusal.to_string(), "Requires one of roles: ['editor']");
}
