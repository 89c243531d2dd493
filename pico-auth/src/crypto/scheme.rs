//! What a public key can be made of, and how its signatures are made.

/// How a signature is made. Nothing else that a back-end knows can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    Pkcs1(Hash),
    /// RSASSA-PSS (RFC 8017 §8.1) with MGF1, both of this hash, and a salt as long as the hash (RFC 7518
    /// §3.5).
    Pss(Hash),
    /// ECDSA on P-256 with SHA-256; a signature is r and s, each of full length (RFC 7518 §3.4).
    P256,
    /// The same on P-384 with SHA-384.
    P384,
    /// Pure Ed25519 (RFC 8032 §5.1).
    Ed25519,
    /// Pure ML-DSA (FIPS 204) with an empty context (RFC 9964 §5).
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The numbers of a public key. A scheme takes those of its kind and refuses others.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Material<'a> {
    /// RSA: modulus and exponent, big-endian without leading zeros.
    Rsa { n: &'a [u8], e: &'a [u8] },
    /// A curve or ML-DSA: an uncompressed point (SEC 1 §2.3.3), the 32 bytes of RFC 8032 §5.1.5, or the
    /// encoded key of FIPS 204 §7.2.
    Bytes(&'a [u8]),
}
