//! What an answer of the issuer means for us.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::endpoint::Answer;
use crate::claims::RawClaims;
use crate::error::{MAX_ID, TokenInvalidReason};
use crate::jwt::checks::{self, Refusal};
use crate::jwt::{ValidationRules, unverified_claims};
use crate::strict::Object;
use crate::verifier::VerifiedToken;

/// What came of a token. Cheap to clone.
#[derive(Clone)]
pub(super) enum Verdict {
    Active {
        token: Arc<VerifiedToken>,
        /// `exp`, where the issuer says one.
        exp: Option<Duration>,
    },
    Refused {
        why: Refusal,
        jti: Option<Arc<str>>,
    },
}

/// What an answer must satisfy.
pub(super) struct Judge {
    pub(super) rules: ValidationRules,
    pub(super) accept_missing_audience: bool,
    /// When a token without `exp` counts as expired, from the moment its issuer was asked. `None`: it is
    /// refused.
    pub(super) missing_expiry: Option<Duration>,
}

impl Judge {
    /// Judges an answer about `token` at the time `now`, since the epoch.
    pub(super) fn judge(&self, token: &str, answer: Answer, now: Duration) -> Verdict {
        let mut claims = match answer {
            Answer::Inactive => return refused(TokenInvalidReason::Inactive, None),
            Answer::Active { claims, .. } => claims,
        };
        limit(&mut claims, token);
        // Optional in an answer (§2.2), which can only come from this issuer: its name belongs to the
        // subject, which is unique within it alone.
        if is_absent(&claims, "iss") {
            claims.insert("iss".to_owned(), self.rules.issuer.clone().into());
        }
        match self.check(&Object::of(&claims), now) {
            Ok((exp, expires_at)) => Verdict::Active {
                token: Arc::new(VerifiedToken::new(claims, expires_at)),
                exp,
            },
            Err(why) => refused(why, claims.get("jti").and_then(Value::as_str)),
        }
    }

    /// The verdict as it is at the time `now`: a token may have expired since.
    pub(super) fn still(&self, verdict: Verdict, now: Duration) -> Verdict {
        match &verdict {
            Verdict::Active {
                token,
                exp: Some(exp),
            } if checks::is_over(*exp, &self.rules, now) => refused(Refusal::Expired, token.jti()),
            _ => verdict,
        }
    }

    /// Checks the claims; answers `exp`, and when the token counts as expired.
    fn check(
        &self,
        claims: &Object<'_>,
        now: Duration,
    ) -> Result<(Option<Duration>, Duration), Refusal> {
        let rules = &self.rules;
        checks::issuer(claims, &rules.issuer)?;
        let named = |claim| claims.present(claim).is_some();
        if named("aud") || named(&rules.audience_claim) || !self.accept_missing_audience {
            checks::audiences(claims, rules)?;
        }
        checks::purpose(claims, rules)?;
        let exp = checks::times(claims, rules, now)?;
        match (exp, self.missing_expiry) {
            (Some(exp), _) => Ok((Some(exp), exp)),
            (None, Some(age)) => Ok((None, now.saturating_add(age))),
            (None, None) => Err(checks::missing("exp").into()),
        }
    }
}

/// What makes a token worth less. An answer may leave it out (§2.2): but where the token is a JWT, its
/// issuer has written it there, and says now that this token is good.
const LIMITS: [&str; 2] = ["cnf", "jti"];

/// Adds the limits that only the token itself names.
fn limit(claims: &mut RawClaims, token: &str) {
    let missing = LIMITS.into_iter().filter(|name| is_absent(claims, name));
    let missing: Vec<_> = missing.collect();
    let Some(mut of_token) = unverified_claims(token).filter(|_| !missing.is_empty()) else {
        return;
    };
    for name in missing {
        claims.extend(of_token.remove_entry(name));
    }
}

/// `null` counts as absent.
fn is_absent(claims: &RawClaims, name: &str) -> bool {
    claims.get(name).is_none_or(Value::is_null)
}

fn refused(why: impl Into<Refusal>, jti: Option<&str>) -> Verdict {
    Verdict::Refused {
        why: why.into(),
        // Refusals are remembered by their number, so each must be small.
        jti: jti.map(|jti| jti.chars().take(MAX_ID).collect::<String>().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10,000 of them, of answers of 64 KiB each, would be 640 MB that nobody counts.
    #[test]
    fn a_refusal_with_a_huge_id_takes_no_room() {
        let huge = "ü".repeat(60_000);
        let verdict = refused(TokenInvalidReason::Audience, Some(&huge));
        assert!(
            matches!(verdict, Verdict::Refused { jti: Some(jti), .. } if jti.len() == 2 * MAX_ID)
        );
    }
}
