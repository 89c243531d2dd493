//! Hashes, MACs, comparison, random numbers.

use crate::crypto::{aws_lc, rust_crypto};

/// FIPS 180-4 has it as an example.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn bytes(hex: &str) -> Vec<u8> {
    super::padded(&super::number(hex), 32)
}

#[test]
fn hashes_are_the_same() {
    assert_eq!(aws_lc::sha256(b"abc"), *bytes(ABC));
    assert_eq!(rust_crypto::sha256(b"abc"), *bytes(ABC));
    for length in 0..200 {
        let bytes = vec![7; length];
        assert_eq!(aws_lc::sha256(&bytes), rust_crypto::sha256(&bytes));
    }
}

/// RFC 4231 §4.2, §4.3 and §4.7, the last with a key longer than a block.
#[test]
fn macs_are_the_same() {
    let test_6 = "Test Using Larger Than Block-Size Key - Hash Key First";
    for (key, message, tag) in [
        (
            vec![0x0b; 20],
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 131],
            test_6,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ] {
        let message = message.as_bytes();
        assert_eq!(aws_lc::MacKey::new(&key).tag(message), *bytes(tag));
        assert_eq!(rust_crypto::MacKey::new(&key).tag(message), *bytes(tag));
    }
    for length in 0..200 {
        let (key, message) = (vec![1; length], vec![2; 200 - length]);
        assert_eq!(
            aws_lc::MacKey::new(&key).tag(&message),
            rust_crypto::MacKey::new(&key).tag(&message)
        );
    }
}

#[test]
fn comparisons_are_the_same() {
    for (one, other, same) in [
        (&b""[..], &b""[..], true),
        (b"a", b"a", true),
        (b"a", b"b", false),
        (b"a", b"", false),
        (b"", b"a", false),
        (b"ab", b"a", false),
        (b"abc", b"abd", false),
    ] {
        assert_eq!(aws_lc::same(one, other), same);
        assert_eq!(rust_crypto::same(one, other), same);
    }
}

#[test]
fn random_numbers_are_not_twice_the_same() {
    let fill: [fn(&mut [u8]) -> _; 2] = [aws_lc::fill_random, rust_crypto::fill_random];
    for fill in fill {
        let (mut one, mut other) = ([0; 16], [0; 16]);
        fill(&mut one).unwrap();
        fill(&mut other).unwrap();
        assert_ne!(one, other);
    }
}
