//! Types that are not of the kind. (The compiler sees a test where tests are compiled, and no case here is one:
//! an attribute that stands in for `#[tokio::test]` leaves the function as it is.)

use pico_auth::{Role, Scope};
use strangers::leaves as test;

#[derive(Role)]
enum AppRole {
    Admin,
}

#[derive(Scope)]
enum AppScope {
    Read,
}

#[pico_auth::test(subject = "u1", roles(AppScope::Read), scopes(AppRole::Admin))]
#[test]
fn of_another_kind() {}

#[pico_auth::test(subject = "u1", roles(AppRole::Admn))]
#[test]
async fn unknown_variant() {}

#[pico_auth::test(subject = "u1", role_hierarchy = AppScope)]
#[test]
async fn no_hierarchy() {}

fn main() {}
