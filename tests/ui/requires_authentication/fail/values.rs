use pico_auth::requires_authentication;

const MFA: &str = "mfa";

#[requires_authentication(acr = "")]
async fn unnamed() {}

#[requires_authentication(acr = "mfa phr")]
async fn space() {}

#[requires_authentication(acr = "a\"b")]
async fn quote() {}

#[requires_authentication(acr = MFA)]
async fn constant() {}

#[requires_authentication(acr = mfa)]
async fn word() {}

#[requires_authentication(acr = ["mfa", "phr"])]
async fn brackets() {}

#[requires_authentication(acr("mfa", "mfa"))]
async fn same() {}

#[requires_authentication(acr = 2)]
async fn number() {}

#[requires_authentication(max_age_seconds = "300")]
async fn text() {}

#[requires_authentication(max_age_seconds = 1.5)]
async fn fraction() {}

#[requires_authentication(max_age_seconds = -1)]
async fn negative() {}

#[requires_authentication(max_age_seconds = 99999999999999999999)]
async fn large() {}

fn main() {}
