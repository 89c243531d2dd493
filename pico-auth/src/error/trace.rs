//! What a log line may say of the token behind an error.

/// The key and the id of a token, never the token.
///
/// Before the signature is verified they are the caller's words, so they are cut to 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TokenTrace {
    pub(super) kid: Option<Box<str>>,
    pub(super) jti: Option<Box<str>>,
}

/// The longest `kid` or `jti` that errors, logs and audit records show, in characters.
pub(crate) const MAX_ID: usize = 64;

impl TokenTrace {
    pub(super) fn new(kid: Option<&str>, jti: Option<&str>) -> Self {
        let cut = |text: &str| text.chars().take(MAX_ID).collect();
        Self {
            kid: kid.map(cut),
            jti: jti.map(cut),
        }
    }
}

/// Adds the trace of a token to an error that has the field `trace`.
macro_rules! traced {
    ($error:ident) => {
        impl $error {
            /// Adds what a log line may say of the token.
            #[must_use]
            pub fn with_trace(mut self, kid: Option<&str>, jti: Option<&str>) -> Self {
                self.trace = $crate::error::trace::TokenTrace::new(kid, jti);
                self
            }

            /// The key id that the token names, cut to 64 characters.
            pub fn kid(&self) -> Option<&str> {
                self.trace.kid.as_deref()
            }

            /// The token's `jti` claim, cut to 64 characters; there only once the signature was
            /// verified.
            pub fn jti(&self) -> Option<&str> {
                self.trace.jti.as_deref()
            }
        }
    };
}

pub(super) use traced;
