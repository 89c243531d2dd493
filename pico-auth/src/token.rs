//! A token as it stands in a header, before anything is known of it.

use std::fmt;

/// How a token comes: by the first word of the `Authorization` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AuthScheme {
    /// Whoever has the token may use it (RFC 6750).
    #[default]
    Bearer,
    /// A proof stands beside it (RFC 9449 §7.1).
    DPoP,
}

/// The token of an `Authorization` header value of the scheme `Bearer` or `DPoP`.
///
/// It has the form of a token (RFC 6750 §2.1, `b64token`; RFC 9449 §7.1, `token68`) and nothing else is
/// known of it. `Debug` shows its length only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawToken<'a> {
    token: &'a str,
    scheme: AuthScheme,
}

impl<'a> RawToken<'a> {
    /// Reads the value of one `Authorization`-like header: the scheme `Bearer` in any case, one or
    /// more spaces, and the token. Anything else is `None`.
    ///
    /// ```
    /// use pico_auth::RawToken;
    ///
    /// let token = RawToken::from_header_value(b"bearer abc.def.ghi");
    /// assert_eq!(token.map(|token| token.as_str()), Some("abc.def.ghi"));
    /// assert!(RawToken::from_header_value(b"Basic YTpi").is_none());
    /// assert!(RawToken::from_header_value(b"Bearer two tokens").is_none());
    /// ```
    pub fn from_header_value(value: &'a [u8]) -> Option<Self> {
        Self::from_bytes(after_scheme(value, b"Bearer")?)
    }

    /// As [`from_header_value`](Self::from_header_value), for the scheme `DPoP`.
    pub fn from_dpop_header_value(value: &'a [u8]) -> Option<Self> {
        let token = Self::from_bytes(after_scheme(value, b"DPoP")?)?;
        Some(Self {
            scheme: AuthScheme::DPoP,
            ..token
        })
    }

    /// Takes a bare token, for transports that are not HTTP. `None` where it is not a `b64token`. Its
    /// scheme is `Bearer`.
    pub fn from_bytes(token: &'a [u8]) -> Option<Self> {
        let padding = token.iter().rev().take_while(|byte| **byte == b'=').count();
        let body = token.get(..token.len() - padding)?;
        let (blocks, rest) = body.as_chunks::<64>();
        if body.is_empty() || !blocks.iter().all(|block| is_b64token(block)) || !is_b64token(rest) {
            return None;
        }
        Some(Self {
            token: std::str::from_utf8(token).ok()?,
            scheme: AuthScheme::Bearer,
        })
    }

    /// How it came.
    pub const fn scheme(self) -> AuthScheme {
        self.scheme
    }

    /// The token. Handle it like a password.
    pub const fn as_str(self) -> &'a str {
        self.token
    }
}

/// What stands after the scheme and the spaces behind it.
fn after_scheme<'a>(value: &'a [u8], expected: &[u8]) -> Option<&'a [u8]> {
    let (scheme, rest) = value.split_at_checked(expected.len())?;
    // Scheme names are case-insensitive (RFC 9110 §11.1); `1*SP` stands between (§11.4).
    if !scheme.eq_ignore_ascii_case(expected) || rest.first() != Some(&b' ') {
        return None;
    }
    let start = rest.iter().position(|byte| *byte != b' ')?;
    rest.get(start..)
}

/// Whether these are characters of a `b64token`: letters, digits and `-._~+/`. It looks at all of them, in
/// few comparisons: so the compiler can look at many at once.
fn is_b64token(bytes: &[u8]) -> bool {
    let others = bytes.iter().fold(0, |others, &byte| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        // These follow each other: `-`, `.`, `/` and the digits.
        let is_digit_or_close = byte.wrapping_sub(b'-') < 13;
        others | u8::from(!(is_letter | is_digit_or_close | matches!(byte, b'_' | b'~' | b'+')))
    });
    others == 0
}

impl fmt::Debug for RawToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawToken({} bytes)", self.token.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_characters_of_rfc_6750_are_those_of_a_token() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            assert_eq!(is_b64token(&[byte]), expected, "{byte:#x}");
            let long = [[b'a'; 70].as_slice(), &[byte], &[b'a'; 70]].concat();
            assert_eq!(RawToken::from_bytes(&long).is_some(), expected, "{byte:#x}");
        }
        for (token, good) in [
            ("a=", true),
            ("a==", true),
            ("=", false),
            ("a=a", false),
            ("", false),
        ] {
            assert_eq!(
                RawToken::from_bytes(token.as_bytes()).is_some(),
                good,
                "{token}"
            );
        }
    }
}
