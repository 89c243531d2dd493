//! The issuer of the benchmark: one RSA key, its discovery document and its key sets on loopback.

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;

use aws_lc_rs::rand;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RsaKeyPair, RsaPublicKeyComponents};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::runtime::Builder;

/// What the tokens name in `aud`.
pub const AUDIENCE: &str = "benchmark-api";

/// The `kid` of the key that signs.
pub const KID: &str = "signing-key-2026";

/// How many keys the large set has.
pub const MANY_KEYS: usize = 1_000;

const RSA_BYTES: usize = 256;

/// Serves until the program ends.
#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    pub key: Arc<RsaKeyPair>,
}

impl Issuer {
    pub fn start() -> Result<Self, Box<dyn Error>> {
        let key = Arc::new(RsaKeyPair::generate(KeySize::Rsa2048)?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let issuer = Self { url, key };

        let app = Router::new()
            .route(
                "/.well-known/openid-configuration",
                document(issuer.discovery()),
            )
            .route("/jwks", document(json!({ "keys": [issuer.jwk()] })))
            .route("/many-jwks", document(issuer.many_keys()?));
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || {
            runtime.block_on(async {
                axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await
            })
        });
        Ok(issuer)
    }

    fn discovery(&self) -> Value {
        json!({ "issuer": self.url, "jwks_uri": self.jwks_endpoint() })
    }

    /// The set with only the signing key.
    pub fn jwks_endpoint(&self) -> String {
        format!("{}/jwks", self.url)
    }

    /// The set of [`MANY_KEYS`], the signing key in its middle.
    pub fn many_jwks_endpoint(&self) -> String {
        format!("{}/many-jwks", self.url)
    }

    /// The signing key in DER (RFC 8017, A.1.1), in base64url.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.public_key())
    }

    fn jwk(&self) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.key.public_key());
        jwk(KID, &public.n, &public.e)
    }

    /// The other keys are random odd numbers of 2048 bits: a service reads them as keys, and 999 real
    /// ones would take minutes to make.
    fn many_keys(&self) -> Result<Value, Box<dyn Error>> {
        let mut keys = Vec::with_capacity(MANY_KEYS);
        for number in 1..MANY_KEYS {
            let mut modulus = [0; RSA_BYTES];
            rand::fill(&mut modulus)?;
            modulus[0] |= 0x80;
            modulus[RSA_BYTES - 1] |= 1;
            keys.push(jwk(&format!("other-key-{number}"), &modulus, &[1, 0, 1]));
        }
        keys.insert(MANY_KEYS / 2, self.jwk());
        Ok(json!({ "keys": keys }))
    }
}

fn jwk(kid: &str, modulus: &[u8], exponent: &[u8]) -> Value {
    json!({
        "kty": "RSA",
        "kid": kid,
        "alg": "RS256",
        "use": "sig",
        "n": URL_SAFE_NO_PAD.encode(modulus),
        "e": URL_SAFE_NO_PAD.encode(exponent),
    })
}

fn document(document: Value) -> axum::routing::MethodRouter {
    get(|| async { Json(document) })
}
