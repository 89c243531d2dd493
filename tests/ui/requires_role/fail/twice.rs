use pico_auth::requires_role;
use pico_auth::requires_role as renamed;

#[requires_role("admin")]
#[requires_role("admin")]
async fn repeated() {}

#[pico_auth::__private::__rule(requires_role("admin"))]
#[renamed("editor")]
async fn secured_already() {}

#[pico_auth::__private::__rule("admin")]
async fn by_hand() {}

fn main() {}
