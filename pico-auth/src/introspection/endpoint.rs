//! One call of the introspection endpoint.

use serde_json::Value;
use url::Url;

use super::credentials::Proof;
use crate::claims::RawClaims;
use crate::events;
use crate::fetch::{FetchError, HttpClient, Reply, without_query};
use crate::strict::json_object;
use crate::token::RawToken;

pub(super) struct Endpoint {
    pub(super) client: HttpClient,
    pub(super) url: Url,
    pub(super) proof: Proof,
}

/// What the issuer says of a token (RFC 7662 §2.2).
pub(super) enum Answer {
    Inactive,
    Active {
        /// The members of the answer but `active`.
        claims: RawClaims,
        /// The length of the answer.
        bytes: usize,
    },
}

impl Endpoint {
    /// Asks about a token.
    pub(super) async fn ask(&self, token: RawToken<'_>) -> Result<Answer, FetchError> {
        let form = self.proof.form(token);
        let authorization = self.proof.authorization.as_ref();
        let reply = self
            .client
            .post_form(&self.url, form, authorization)
            .await?;
        let wrong = |why| FetchError::new("POST", &self.url, why);
        match reply {
            Reply::Document(body) => read(&body).map_err(wrong),
            // It speaks of us, not of the token: about that, §2.2 says, it answers 200.
            Reply::Absent => {
                events::introspection_refused(&self.shown());
                Err(wrong("the endpoint refuses this service"))
            }
        }
    }

    /// For logs.
    pub(super) fn shown(&self) -> String {
        without_query(&self.url).into()
    }
}

fn read(body: &[u8]) -> Result<Answer, &'static str> {
    let mut claims =
        json_object(body).ok_or("the answer is not a JSON object with unique members")?;
    match claims.remove("active") {
        Some(Value::Bool(true)) => Ok(Answer::Active {
            claims,
            bytes: body.len(),
        }),
        Some(Value::Bool(false)) => Ok(Answer::Inactive),
        _ => Err("the answer has no boolean `active`"),
    }
}
