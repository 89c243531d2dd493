//! The thumbprint of a key (RFC 7638): one short text that stands for it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::binding::base64url;
use crate::crypto::sha256;

/// The SHA-256 thumbprint of a JWK in base64url: what `jkt` is in a token bound to this key. `None`
/// where a member that makes the key is not a string, and for types of keys that are not known here.
pub(crate) fn thumbprint(jwk: &Map<String, Value>) -> Option<String> {
    // The members that make the key: RFC 7638 §3.2, RFC 8037 §2, RFC 9964 §6.
    let members: &[&str] = match jwk.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "RSA" => &["e", "kty", "n"],
        "OKP" => &["crv", "kty", "x"],
        "AKP" => &["alg", "kty", "pub"],
        _ => return None,
    };
    // In the order of their names and without white space (RFC 7638 §3.3).
    let members: Option<BTreeMap<&str, &str>> = members
        .iter()
        .map(|name| Some((*name, jwk.get(*name)?.as_str()?)))
        .collect();
    let canonical = serde_json::to_vec(&members?).ok()?;
    Some(base64url(&sha256(&canonical)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(jwk: &Value) -> Option<String> {
        thumbprint(jwk.as_object().unwrap())
    }

    /// RFC 7638 §3.1.
    #[test]
    fn the_example_of_rfc_7638() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6t\
                 Soc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65\
                 YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrd\
                 kt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnq\
                 DKgw";
        let jwk = json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" });
        assert_eq!(
            of(&jwk).as_deref(),
            Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        );
    }

    /// RFC 8037 appendix A.3.
    #[test]
    fn the_example_of_rfc_8037() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        assert_eq!(
            of(&jwk).as_deref(),
            Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        );
    }

    /// RFC 9449 §4.2 and §6.1.
    #[test]
    fn the_example_of_rfc_9449() {
        let jwk = json!({
            "kty": "EC",
            "crv": "P-256",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
            "kid": "not part of the key",
        });
        assert_eq!(
            of(&jwk).as_deref(),
            Some("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
        );
    }

    #[test]
    fn what_is_no_key_has_no_thumbprint() {
        for jwk in [
            json!({}),
            json!({ "kty": "oct", "k": "AAAA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": 1 }),
            json!({ "kty": ["EC"], "crv": "P-256", "x": "AA", "y": "AA" }),
        ] {
            assert_eq!(of(&jwk), None, "{jwk}");
        }
    }
}
