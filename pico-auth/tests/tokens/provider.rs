//! jsonwebtoken's process-wide crypto provider panics at first use with none or both of its
//! back-ends compiled in. This test binary has none, so all its tests would panic; this one also
//! sees calls that they might not reach.

use std::fs;
use std::path::Path;

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
