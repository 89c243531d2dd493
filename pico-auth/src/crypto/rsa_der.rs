//! The DER of a PKCS#1 `RSAPublicKey` (RFC 8017 §A.1.1): two numbers in a sequence, in their one encoding
//! (X.690 §10.1, §8.3.2).

/// Modulus and exponent, big-endian without leading zeros.
pub(crate) fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, rest) = element(0x30, der)?;
    let (n, after_n) = unsigned(sequence)?;
    let (e, after_e) = unsigned(after_n)?;
    (rest.is_empty() && after_e.is_empty()).then_some((n, e))
}

/// The content of an element with this tag, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, content) = match der {
        [first, length @ ..=0x7f, content @ ..] if *first == tag => (u16::from(*length), content),
        [first, 0x81, length @ 0x80..=0xff, content @ ..] if *first == tag => {
            (u16::from(*length), content)
        }
        [first, 0x82, high @ 1..=0xff, low, content @ ..] if *first == tag => {
            (u16::from_be_bytes([*high, *low]), content)
        }
        _ => return None,
    };
    content.split_at_checked(length.into())
}

/// A number that is not negative. A zero stands before one whose first bit is set, and nowhere else.
fn unsigned(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, rest) = element(0x02, der)?;
    let number = match content {
        [0, number @ ..] if matches!(number, [0x80..=0xff, ..]) => number,
        [1..=0x7f, ..] => content,
        _ => return None,
    };
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let length = match (high, low) {
            (0, ..=0x7f) => vec![low],
            (0, _) => vec![0x81, low],
            _ => vec![0x82, high, low],
        };
        [&[tag], &length[..], content].concat()
    }

    fn key(n: &[u8], e: &[u8]) -> Vec<u8> {
        der(0x30, &[der(2, n), der(2, e)].concat())
    }

    #[test]
    fn numbers_of_every_length_are_read() {
        for length in [1, 2, 0x7f, 0x80, 0xff, 0x100, 0x101, 1024] {
            let n = vec![0x70; length];
            assert_eq!(rsa_numbers(&key(&n, &[3])), Some((&n[..], &[3][..])));
            let n = vec![0x90; length];
            let padded = [&[0], &n[..]].concat();
            assert_eq!(rsa_numbers(&key(&padded, &[3])), Some((&n[..], &[3][..])));
        }
    }

    #[test]
    fn what_is_not_the_one_encoding_is_refused() {
        let n = [0x70; 200];
        let good = key(&n, &[3]);
        for end in 0..good.len() {
            assert_eq!(rsa_numbers(&good[..end]), None, "cut at {end}");
        }
        let (number, three) = (der(2, &n), der(2, &[3]));
        for (what, wrong) in [
            ("trailing bytes", [&good[..], &[0]].concat()),
            ("a negative modulus", key(&[0x90; 200], &[3])),
            ("a negative exponent", key(&n, &[0x83])),
            ("a leading zero", key(&[&[0], &n[..]].concat(), &[3])),
            ("no digits", key(&n, &[])),
            ("zero", key(&n, &[0])),
            ("one number", der(0x30, &number)),
            (
                "three numbers",
                der(0x30, &[&number[..], &three, &three].concat()),
            ),
            ("a set", der(0x31, &[&number[..], &three].concat())),
            (
                "no integer",
                der(0x30, &[&number[..], &der(4, &[3])].concat()),
            ),
            (
                "a length in too many bytes",
                [&[0x30, 0x81, 6], &three[..], &three].concat(),
            ),
            (
                "a length led by zero",
                [&[0x30, 0x82, 0, 6], &three[..], &three].concat(),
            ),
            (
                "a length without end",
                [&[0x30, 0x80], &three[..], &three, &[0, 0]].concat(),
            ),
            (
                "a length of three bytes",
                [&[0x30, 0x83, 0, 0, 6], &three[..], &three].concat(),
            ),
        ] {
            assert_eq!(rsa_numbers(&wrong), None, "{what}");
        }
    }
}
