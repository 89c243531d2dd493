//! Tests of pico-auth as a user sees it; they are in the folder `tests` of this package.

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The tutorial's code compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/tutorial.md")]
pub struct Tutorial;

/// The code about sender-constrained tokens compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/sender-constrained.md")]
pub struct SenderConstrained;

/// The code about revocation compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/revocation.md")]
pub struct Revocation;
