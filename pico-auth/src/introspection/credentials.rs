//! How this service proves to the issuer who it is (RFC 7662 §2.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use url::form_urlencoded::{self, Serializer};

use crate::error::AuthConfigurationError;
use crate::fetch::bearer;
use crate::token::RawToken;

/// As configured. No `Debug`: each holds a secret.
pub(super) enum Credentials {
    /// RFC 6749 §2.3.1, in the header.
    Basic { id: String, secret: String },
    /// RFC 6749 §2.3.1, in the form.
    Post { id: String, secret: String },
    /// A token of this service.
    Bearer(String),
}

/// Ready to send. No `Debug`: it holds a secret.
pub(super) struct Proof {
    pub(super) authorization: Option<HeaderValue>,
    /// Members of the form, encoded.
    form: String,
}

impl Credentials {
    /// Checks them and prepares what is sent.
    pub(super) fn proof(self) -> Result<Proof, AuthConfigurationError> {
        match self {
            Self::Basic { id, secret } => {
                present(&id, &secret)?;
                // Both are form-encoded first, so that a colon in the id cannot end it.
                let pair = format!("{}:{}", encoded(&id), encoded(&secret));
                Proof::header(&format!("Basic {}", STANDARD.encode(pair)))
            }
            Self::Post { id, secret } => {
                present(&id, &secret)?;
                let mut form = Serializer::new(String::new());
                form.append_pair("client_id", &id);
                form.append_pair("client_secret", &secret);
                Ok(Proof {
                    authorization: None,
                    form: form.finish(),
                })
            }
            Self::Bearer(token) => Ok(Proof {
                authorization: Some(bearer("introspection_credentials", &token)?),
                form: String::new(),
            }),
        }
    }
}

impl Proof {
    fn header(value: &str) -> Result<Self, AuthConfigurationError> {
        let mut value =
            HeaderValue::from_str(value).map_err(|_| wrong("they cannot be sent in a header"))?;
        value.set_sensitive(true);
        Ok(Self {
            authorization: Some(value),
            form: String::new(),
        })
    }

    /// The form that asks about `token` (RFC 7662 §2.1).
    pub(super) fn form(&self, token: RawToken<'_>) -> String {
        let mut form = Serializer::new(self.form.clone());
        form.append_pair("token", token.as_str());
        form.append_pair("token_type_hint", "access_token");
        form.finish()
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn present(id: &str, secret: &str) -> Result<(), AuthConfigurationError> {
    if id.is_empty() || secret.is_empty() {
        return Err(wrong("the client id or the secret is empty"));
    }
    Ok(())
}

pub(super) fn wrong(problem: &'static str) -> AuthConfigurationError {
    AuthConfigurationError::new("introspection_credentials", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The encoding of RFC 6749 appendix B: ` %&+£€` is `+%25%26%2B%C2%A3%E2%82%AC`.
    #[test]
    fn id_and_secret_are_form_encoded_before_they_are_joined() {
        let basic = Credentials::Basic {
            id: "a:b".into(),
            secret: " %&+£€".into(),
        };
        let header = basic.proof().unwrap().authorization.unwrap();
        assert!(header.is_sensitive());
        let text = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
        let pair = String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
        assert_eq!(pair, "a%3Ab:+%25%26%2B%C2%A3%E2%82%AC");
    }

    #[test]
    fn a_token_cannot_add_members_to_the_form() {
        let post = Credentials::Post {
            id: "a&b".into(),
            secret: "c=d".into(),
        };
        let token = RawToken::from_bytes(b"a+b/c==").unwrap();
        assert_eq!(
            post.proof().unwrap().form(token),
            "client_id=a%26b&client_secret=c%3Dd&token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token"
        );
    }
}
