//! The test kit, as the tests of a service use it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "test_kit/attacks.rs"]
mod attacks;
#[path = "test_kit/attribute.rs"]
mod attribute;
#[path = "test_kit/documented.rs"]
mod documented;
#[path = "test_kit/issuer.rs"]
mod issuer;
#[path = "test_kit/matrix.rs"]
mod matrix;
#[path = "test_kit/orders.rs"]
mod orders;
#[path = "test_kit/requests.rs"]
mod requests;
