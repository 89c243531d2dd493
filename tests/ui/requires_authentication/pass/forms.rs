use pico_auth::{AuthClientError, authorize, requires_authentication, requires_role};

#[requires_authentication(acr = "mfa")]
async fn one() {}

#[requires_authentication(acr("mfa", "urn:example:phr"), max_age_seconds = 300,)]
async fn several() {}

#[requires_authentication(max_age_seconds = 3_600, crate = pico_auth)]
fn recent() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_authentication(acr = "mfa")]
#[requires_authentication(max_age_seconds = 60)]
#[requires_role("admin")]
async fn stacked() {}

#[authorize(any(role("admin"), all(scope("pay"), authentication(acr("mfa", "phr"), max_age_seconds = 60))))]
async fn in_a_rule() {}

#[authorize(not(authentication(acr = "pwd")))]
async fn opposite() {}

struct Payments;

#[requires_authentication(acr = "mfa")]
impl Payments {
    async fn pay(&self) -> Result<(), AuthClientError> {
        Ok(())
    }

    #[requires_authentication(max_age_seconds = 60)]
    async fn refund(&self) -> Result<(), AuthClientError> {
        Ok(())
    }
}

fn main() {
    let _ = (one(), several(), recent(), stacked(), in_a_rule(), opposite());
    drop(Payments.pay());
    drop(Payments.refund());
}
