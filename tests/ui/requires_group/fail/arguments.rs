use pico_auth::requires_group;

#[requires_group]
async fn nothing() {}

#[requires_group(staff)]
async fn word() {}

#[requires_group("staff", "staff")]
async fn duplicate() {}

fn main() {}
