use pico_auth::requires_group;

#[requires_group("staff", "cn=owners,dc=example")]
async fn names() {}

#[requires_group("staff", "cn=owners,dc=example",)]
async fn comma_at_the_end() {}

#[requires_group("staff", "cn=owners,dc=example", crate = pico_auth)]
async fn path() {}

fn main() {}
