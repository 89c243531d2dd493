//! Unpadded base64url: what every token goes through, each time that it is verified.

use base64::Engine;

/// Decodes unpadded base64url (RFC 7515 §2): no padding, no other characters, no trailing bits.
pub(crate) fn base64url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    engine::ENGINE.decode(text).ok()
}

/// By the vector instructions of the processor, if it has them. What is not a whole block of good characters
/// is left to the other engine, so both accept the same texts.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
))]
mod engine {
    use std::sync::LazyLock;

    use base64::engine::Simd;
    use base64::engine::general_purpose::NO_PAD;

    pub(super) static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
)))]
mod engine {
    use base64::engine::GeneralPurpose;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    pub(super) static ENGINE: GeneralPurpose = URL_SAFE_NO_PAD;
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    /// Every byte at every place of texts that are shorter and longer than the blocks of vector
    /// instructions, in the middle of one and at its end.
    #[test]
    fn what_is_accepted_does_not_depend_on_the_processor() {
        let good = "AZaz09-_".repeat(20).into_bytes();
        for length in (0..=9).chain(60..=70).chain([96, 127, 128, 129, 160]) {
            let text = good.get(..length).unwrap();
            assert_eq!(base64url(text), URL_SAFE_NO_PAD.decode(text).ok());
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = text.to_vec();
                    *text.get_mut(place).unwrap() = byte;
                    let expected = URL_SAFE_NO_PAD.decode(&text).ok();
                    assert_eq!(base64url(&text), expected, "{length} {place} {byte}");
                }
            }
        }
    }

    #[test]
    fn padding_white_space_other_alphabets_and_trailing_bits_are_refused() {
        let long = "AZaz09-_".repeat(16);
        for good in ["", "AA", "AAA", "AAAA"] {
            assert!(base64url(good).is_some(), "{good}");
            assert!(base64url(format!("{long}{good}")).is_some(), "{good}");
        }
        for bad in [
            "A", "AA=", "AA==", "=", "AB", "AAB", "AA+A", "AA/A", "A AA", "AAA\n",
        ] {
            assert!(base64url(bad).is_none(), "{bad:?}");
            assert!(base64url(format!("{long}{bad}")).is_none(), "{bad:?}");
        }
    }
}
