//! Tests of pico-auth as a user sees it; they are in the folder `tests` of this package.

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
