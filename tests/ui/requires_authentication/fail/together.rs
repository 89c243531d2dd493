use pico_auth::{allow_anonymous, authenticated, optional_authentication, requires_authentication};

#[requires_authentication(acr = "mfa")]
#[requires_authentication(acr = "mfa")]
async fn twice() {}

#[allow_anonymous]
#[requires_authentication(acr = "mfa")]
async fn open() {}

#[requires_authentication(acr = "mfa")]
#[optional_authentication]
async fn optional() {}

#[authenticated]
#[requires_authentication(acr = "mfa")]
async fn implied() {}

#[requires_authentication(acr = "mfa")]
fn cannot_refuse() -> u8 {
    7
}

#[requires_authentication(acr = "mfa")]
struct NotAFunction;

fn main() {}
