use pico_auth::{AuthClientError, requires_role};

// Mistakes in the body are reported as in a plain function.
#[requires_role("admin")]
async fn tail(id: u8) -> Result<String, AuthClientError> {
    Ok(id)
}

#[requires_role("admin")]
async fn early(id: u8) -> Result<String, AuthClientError> {
    if id == 0 {
        return Ok(id);
    }
    Ok(String::new())
}

#[requires_role("admin")]
async fn no_tail(_id: u8) -> String {
    String::new();
}

#[requires_role("admin")]
async fn unknown() -> u8 {
    missing + __pico_auth_result
}

fn main() {}
