use pico_auth::{allow_anonymous, authenticated, optional_authentication, requires_role};

#[allow_anonymous]
#[requires_role("admin")]
async fn role() {}

#[authenticated]
#[allow_anonymous]
async fn always() {}

#[allow_anonymous]
#[optional_authentication]
async fn optional() {}

#[allow_anonymous]
#[allow_anonymous]
async fn twice() {}

struct Service;

impl Service {
    #[requires_role("admin")]
    #[allow_anonymous]
    async fn method(&self) -> Result<u8, pico_auth::AuthClientError> {
        Ok(7)
    }
}

fn main() {}
