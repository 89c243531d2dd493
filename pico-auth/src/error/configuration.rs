//! The service is configured wrongly.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// A setting is missing or wrong. Raised at start-up; names the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthConfigurationError {
    key: Cow<'static, str>,
    problem: Cow<'static, str>,
}

impl AuthConfigurationError {
    /// The error for the setting `key`; `problem` says what is wrong and what to do.
    pub fn new(key: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: key.into(),
            problem: problem.into(),
        }
    }

    /// The name of the setting, as a field of [`AuthClientSettings`](crate::AuthClientSettings).
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with it and what to do.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for AuthConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authentication setting `{}`: {}", self.key, self.problem)
    }
}

impl Error for AuthConfigurationError {}
