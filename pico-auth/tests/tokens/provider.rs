//! jsonwebtoken's process-wide crypto provider panics at first use with none or both of its
//! back-ends compiled in. The benches compile one in, so this test binary installs one that panics;
//! the test here also sees calls that the others might not reach.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonwebtoken::crypto::{CryptoProvider, KeyUtils};

static PANICS: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| panic!("the process-wide provider signs"),
    verifier_factory: |_, _| panic!("the process-wide provider verifies"),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Whoever signs or publishes a key in a test has no process-wide provider from then on.
pub(crate) static NO_PROVIDER: LazyLock<()> = LazyLock::new(|| {
    PANICS.install_default().unwrap();
});

#[test]
#[should_panic(expected = "the process-wide provider verifies")]
fn the_process_wide_crypto_provider_of_these_tests_panics() {
    LazyLock::force(&NO_PROVIDER);
    let key = jsonwebtoken::DecodingKey::from_ed_der(&[0; 32]);
    let _ = jsonwebtoken::crypto::verify("", b"", &key, jsonwebtoken::Algorithm::EdDSA);
}

/// What reaches the provider in jsonwebtoken 11, and what installs one.
const FORBIDDEN: [&str; 9] = [
    "CryptoProvider",
    "install_default",
    "jsonwebtoken::crypto",
    "jsonwebtoken::decode",
    "jsonwebtoken::encode",
    "jsonwebtoken::jws",
    "EncodingKey",
    "from_encoding_key",
    "ThumbprintHash",
];

#[test]
fn the_process_wide_crypto_provider_is_never_touched() {
    let mut files = 0;
    visit(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut files,
    );
    assert!(files > 10);
}

fn visit(folder: &Path, files: &mut usize) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, files);
            continue;
        }
        *files += 1;
        let text = fs::read_to_string(&path).unwrap();
        for forbidden in FORBIDDEN {
            assert!(
                !text.contains(forbidden),
                "{} in {}",
                forbidden,
                path.display()
            );
        }
        for line in text.lines().filter(|line| line.contains("jsonwebtoken::")) {
            let allowed = line.trim() == "use jsonwebtoken::DecodingKey;"
                || line.trim() == "use jsonwebtoken::jwk::{";
            assert!(allowed, "{line} in {}", path.display());
        }
    }
}
