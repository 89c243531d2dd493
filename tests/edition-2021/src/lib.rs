//! The rule attributes in the strictest crate we could think of: edition 2021, the dependency under
//! another name, no prelude, every warning an error. It compiles, or the test has failed.

#![no_implicit_prelude]
#![forbid(unsafe_code, unreachable_code, unused_braces)]
#![deny(warnings, missing_docs, unused, rust_2018_idioms, unreachable_pub)]
#![deny(clippy::pedantic, clippy::nursery, clippy::unwrap_used, clippy::panic)]
#![deny(
    let_underscore_drop,
    unused_qualifications,
    unused_results,
    unused_lifetimes
)]
#![deny(
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    redundant_lifetimes
)]
#![allow(
    clippy::unused_async,
    clippy::must_use_candidate,
    clippy::future_not_send
)]
#![allow(
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::use_self
)]

extern crate another_name as pico_auth;

pub mod blocks;
pub mod claims;
pub mod given_path;
pub mod positions;
pub mod shadowed;
