use pico_auth::{AuthClientError, requires_role};

// A mistake in the attribute is not followed by others: the function keeps its form and refuses.
#[requires_role(admin)]
async fn handler(id: u8) -> u8 {
    id
}

async fn caller() -> Result<u8, AuthClientError> {
    handler(1).await
}

fn main() {
    let _ = caller();
}
