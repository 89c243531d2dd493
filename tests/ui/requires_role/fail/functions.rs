use pico_auth::{AuthClientError, requires_role};

#[requires_role("admin")]
const fn constant() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_role("admin")]
extern "C" fn foreign() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_role("admin")]
#[tokio::test]
async fn test() {}

#[requires_role("admin")]
fn main() -> Result<(), AuthClientError> {
    Ok(())
}
