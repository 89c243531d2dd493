//! ML-DSA.

use super::{ML_DSA, Public, Rows, signed};
use crate::crypto::Scheme;

#[test]
fn changed_signatures_are_refused() {
    for scheme in ML_DSA {
        let (key, good) = signed(scheme);
        let mut rows = Rows::new(scheme, key);
        rows.changed(&good);
        rows.bad("of another key", &signed(scheme).1);
        for other in ML_DSA.into_iter().filter(|other| *other != scheme) {
            rows.bad("of another parameter set", &signed(other).1);
        }
        rows.check();
    }
}

/// The hints at the end of a signature: so many positions, then for each polynomial where its positions
/// end (FIPS 204, algorithm 20 and table 1).
fn hints(scheme: Scheme) -> (usize, usize) {
    match scheme {
        Scheme::MlDsa44 => (80, 4),
        Scheme::MlDsa65 => (55, 6),
        _ => (75, 8),
    }
}

/// FIPS 204, algorithm 21 has one encoding of hints. A back-end that takes another accepts two signatures
/// where one was made; the crate `ml-dsa` did before 0.1.0-rc.4 (CVE-2026-24850).
#[test]
fn ml_dsa_signature_with_repeated_hints_is_refused() {
    for scheme in ML_DSA {
        let (positions, polynomials) = hints(scheme);
        let (key, good) = loop {
            let (key, good) = signed(scheme);
            let ends = &good[good.len() - polynomials..];
            // Room for one more, and two in the first polynomial.
            if usize::from(ends[polynomials - 1]) < positions && ends[0] >= 2 {
                break (key, good);
            }
        };
        let start = good.len() - polynomials - positions;
        let mut rows = Rows::new(scheme, key);
        rows.good("good", &good);

        let mut repeated = good.clone();
        repeated.copy_within(start..start + positions - 1, start + 1);
        for end in &mut repeated[start + positions..] {
            *end += 1;
        }
        rows.bad("a hint twice", &repeated);

        let mut exchanged = good.clone();
        exchanged.swap(start, start + 1);
        rows.bad("hints in another order", &exchanged);

        let mut unused = good.clone();
        unused[start + positions - 1] = 1;
        rows.bad("an unused hint that is not 0", &unused);

        let mut beyond = good.clone();
        *beyond.last_mut().unwrap() = u8::try_from(positions).unwrap() + 1;
        rows.bad("more hints than there are", &beyond);

        let mut backwards = good.clone();
        backwards[start + positions] = 255;
        rows.bad("ends that fall", &backwards);
        rows.check();
    }
}

/// FIPS 204, algorithm 23: any bytes of the length are a key. Nobody has a signature of one.
#[test]
fn signatures_of_keys_of_nobody_are_refused() {
    for scheme in ML_DSA {
        let (Public::Bytes(key), good) = signed(scheme) else {
            panic!()
        };
        for byte in [0, 0xff] {
            let mut rows = Rows::new(scheme, Public::Bytes(vec![byte; key.len()]));
            rows.bad("zeros", &vec![0; good.len()]);
            rows.bad("another's", &good);
            rows.check();
        }
    }
}
