use std::time::Duration;

use pico_auth::{Claims, FromClaims};

#[derive(Claims)]
struct Unreadable {
    lifetime: Duration,
}

#[derive(Claims)]
struct NoList {
    #[claim(forms(string, array))]
    tenant: String,
}

#[derive(Claims)]
struct ScopesAreAList {
    #[claim(scopes)]
    scope: String,
}

#[derive(Claims)]
struct NoNames {
    #[claim(roles, path = "role")]
    level: u8,
}

#[derive(Claims)]
struct NoSubject {
    #[claim(subject)]
    id: Option<String>,
}

#[derive(Claims)]
struct FlattenedValue {
    #[claim(flatten)]
    rest: String,
}

#[derive(Claims)]
struct NoDefault {
    #[claim(default)]
    at: std::time::SystemTime,
}

fn read<C: FromClaims>() {}

struct Plain;

fn main() {
    read::<Plain>();
}
