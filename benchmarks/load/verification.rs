//! The raw verification of the tokens' signatures, with a key parsed once: the least that a token seen
//! for the first time can cost.

use std::error::Error;
use std::io;

use aws_lc_rs::signature::{KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cpu;
use crate::placement::Placement;

/// Signed messages and their key.
pub struct Verification {
    key: ParsedPublicKey,
    signed: Vec<(String, Vec<u8>)>,
}

impl Verification {
    pub fn new(key: &RsaKeyPair, tokens: &[String]) -> Result<Self, Box<dyn Error>> {
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())?;
        let mut signed = Vec::with_capacity(tokens.len());
        for token in tokens {
            let (message, signature) = token.rsplit_once('.').ok_or("not a token")?;
            signed.push((message.to_owned(), URL_SAFE_NO_PAD.decode(signature)?));
        }
        Ok(Self { key, signed })
    }

    /// CPU time of one verification, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand messages")]
    pub fn slice(&self, placement: Placement) -> Result<f64, Box<dyn Error>> {
        let used = placement.with_services(|| {
            let before = cpu::of_this_thread()?;
            for (message, signature) in &self.signed {
                self.key
                    .verify_sig(message.as_bytes(), signature)
                    .map_err(io::Error::other)?;
            }
            Ok(cpu::of_this_thread()?.saturating_sub(before))
        })?;
        Ok(used.as_secs_f64() * 1e6 / self.signed.len() as f64)
    }
}
