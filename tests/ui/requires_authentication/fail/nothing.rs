use pico_auth::{authorize, requires_authentication};

#[requires_authentication]
async fn bare() {}

#[requires_authentication()]
async fn empty() {}

#[authorize(authentication())]
async fn empty_part() {}

#[requires_authentication(acr())]
async fn no_class() {}

#[requires_authentication(acr =)]
async fn no_value() {}

#[requires_authentication(max_age_seconds = 0)]
async fn no_time() {}

#[requires_authentication(max_age_seconds =)]
async fn no_seconds() {}

#[requires_authentication(acr = "mfa", , max_age_seconds = 5)]
async fn comma() {}

fn main() {}
