use pico_auth::{authorize, requires_authentication};

#[requires_authentication("mfa")]
async fn no_word() {}

#[requires_authentication(300)]
async fn no_word_for_time() {}

#[requires_authentication(max_age = 300)]
async fn max_age() {}

#[requires_authentication(arc = "mfa")]
async fn misspelt() {}

#[requires_authentication(any("mfa", "phr"))]
async fn any() {}

#[requires_authentication(amr = "otp")]
async fn amr() {}

#[requires_authentication(max_age_seconds(300))]
async fn in_parentheses() {}

#[requires_authentication(acr = "mfa", acr = "phr")]
async fn twice() {}

#[requires_authentication(max_age_seconds = 5, max_age_seconds = 6)]
async fn time_twice() {}

#[requires_authentication(acr = "mfa", crate = pico_auth, crate = pico_auth)]
async fn crate_twice() {}

#[requires_authentication(acr = "mfa", reason = "payments")]
async fn reason() {}

#[requires_authentication(acr = "mfa", weekday = "friday")]
async fn unknown() {}

#[authorize(authentication(acr = "mfa", crate = pico_auth))]
async fn crate_inside() {}

#[authorize(acr("mfa"))]
async fn acr_alone() {}

#[authorize(max_age_seconds = 300)]
async fn option_alone() {}

#[authorize(authentication)]
async fn part_alone() {}

fn main() {}
