//! The path to pico-auth given by hand.

use ::std::primitive::u8;

/// As some crates do.
pub mod vendored {
    #[doc(no_inline)]
    pub use ::another_name as auth;
}

/// One attribute says it for all of the function.
#[::another_name::requires_role("admin", crate = crate::given_path::vendored::auth)]
#[::another_name::requires_group("staff", crate = crate::given_path::vendored::auth)]
pub async fn stacked() -> u8 {
    7
}

/// Attributes without arguments take it, too.
#[::another_name::authenticated(crate = ::another_name)]
pub async fn marker() -> u8 {
    7
}

/// And a derive.
#[derive(::another_name::Role)]
#[role(crate = crate::given_path::vendored::auth)]
pub enum Given {
    /// The only one.
    Admin,
}

/// And conditions.
#[::another_name::authorize(
    any(role(Given::Admin), when(id > 3)),
    crate = crate::given_path::vendored::auth
)]
pub async fn conditions(id: u8) -> u8 {
    id
}
