//! What a page may do: run its own style and script, known by their hashes, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::crypto::sha256;

/// The `Content-Security-Policy` (CSP Level 3 §2.3.1) of a page with this style and script.
pub(super) fn policy_of(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(sha256(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action \
         'none'",
        hash(style),
        hash(script)
    )
}
