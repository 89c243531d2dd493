//! The tokens that the load sends.

use std::error::Error;
use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::issuer::{AUDIENCE, Issuer, KID};

/// Longer than any benchmark, in seconds.
const LIFETIME: i64 = 24 * 60 * 60;

/// Makes RS256 access tokens.
#[derive(Clone)]
pub struct Mint {
    issuer: String,
    key: Arc<RsaKeyPair>,
    now: i64,
}

impl Mint {
    pub fn new(issuer: &Issuer) -> Result<Self, Box<dyn Error>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        Ok(Self {
            issuer: issuer.url.clone(),
            key: Arc::clone(&issuer.key),
            now: i64::try_from(now)?,
        })
    }

    /// Different tokens of admins, about 850 bytes each; made on all cores.
    pub fn admins(&self, count: usize) -> Result<Vec<String>, Box<dyn Error>> {
        let cores = thread::available_parallelism()?.get();
        let share = count.div_ceil(cores);
        let threads: Vec<_> = (0..count)
            .step_by(share)
            .map(|first| {
                let mint = self.clone();
                let numbers = first..count.min(first + share);
                thread::spawn(move || numbers.map(|n| mint.admin(n)).collect::<Option<Vec<_>>>())
            })
            .collect();
        let mut tokens = Vec::with_capacity(count);
        for thread in threads {
            let made = thread.join().map_err(|_| "a thread that mints stopped")?;
            tokens.extend(made.ok_or("a token cannot be signed")?);
        }
        Ok(tokens)
    }

    fn admin(&self, number: usize) -> Option<String> {
        self.sign(&self.claims(number))
    }

    /// What a service must refuse, with the status that says why.
    pub fn hostile(&self) -> Option<Vec<(&'static str, u16, String)>> {
        let changed = |name: &str, value: Value| {
            let mut claims = self.claims(0);
            claims[name] = value;
            self.sign(&claims)
        };
        let good = self.admin(0)?;
        let (signed, signature) = good.rsplit_once('.')?;
        let first = if signature.starts_with('A') { "B" } else { "A" };
        let forged = format!("{signed}.{first}{}", signature.get(1..)?);
        Some(vec![
            ("a forged token", 401, forged),
            (
                "an expired token",
                401,
                changed("exp", json!(self.now - 3_600))?,
            ),
            (
                "a token for another audience",
                401,
                changed("aud", json!("other-api"))?,
            ),
            (
                "a token of another issuer",
                401,
                changed("iss", json!("https://other.example"))?,
            ),
            (
                "a token without the role",
                403,
                changed("role", json!("viewer"))?,
            ),
        ])
    }

    fn claims(&self, number: usize) -> Value {
        json!({
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": format!("4b1f5d7e-90c3-4f0a-8a52-{number:012x}"),
            "client_id": "back-office",
            "jti": format!("9d0c2a64-7f1b-4e38-b6d5-{number:012x}"),
            "iat": self.now,
            "exp": self.now + LIFETIME,
            "role": service::ROLE,
            "scope": "openid profile orders:read orders:write",
            "groups": ["staff", "warehouse"],
            "email": format!("user{number}@example.com"),
        })
    }

    fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({ "alg": "RS256", "kid": KID, "typ": "at+jwt" });
        let mut token = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, token.as_bytes(), &mut signature)
            .ok()?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }
}

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}
