//! See the `tests` folder of this package.
