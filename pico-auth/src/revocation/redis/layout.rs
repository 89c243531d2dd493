//! What stands in Redis, byte by byte.
//!
//! With the name `pico-auth:revoked`:
//!
//! | Redis | Content |
//! |---|---|
//! | sorted set `pico-auth:revoked` | member: issuer, line feed, token id; score: when the token expires, in whole seconds since the epoch |
//! | channel `pico-auth:revoked:added` | one message for each revocation: score, line feed, member |
//! | channel `pico-auth:revoked:beat:…` | what an instance sends to itself, to know that it hears |
//!
//! An issuer with a line feed cannot be written; a token id may have any. Channels are shared by all
//! databases of a server.

use std::time::Duration;

/// The largest whole number that a score holds exactly.
const MAX_SCORE: u64 = (1 << 53) - 1;

pub(super) struct Layout {
    pub(super) set: String,
    pub(super) added: String,
    pub(super) beat: String,
}

impl Layout {
    pub(super) fn named(name: &str) -> Self {
        Self {
            set: name.to_owned(),
            added: format!("{name}:added"),
            beat: format!("{name}:beat"),
        }
    }
}

/// One token, as it is written.
pub(super) fn member(issuer: &str, jti: &str) -> Option<String> {
    (!issuer.is_empty() && !issuer.contains('\n')).then(|| format!("{issuer}\n{jti}"))
}

pub(super) fn parse_member(member: &[u8]) -> Option<(&str, &str)> {
    let (issuer, jti) = std::str::from_utf8(member).ok()?.split_once('\n')?;
    (!issuer.is_empty()).then_some((issuer, jti))
}

/// Rounded up: a token is not forgotten before it expires.
pub(super) fn score(until: Duration) -> u64 {
    let started = u64::from(until.subsec_nanos() > 0);
    until.as_secs().saturating_add(started).min(MAX_SCORE)
}

/// A score as Redis hands it out; others write scores, too.
pub(super) fn parse_score(score: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(score.min(9_007_199_254_740_991.0)).ok()
}

pub(super) fn message(score: u64, member: &str) -> String {
    format!("{score}\n{member}")
}

pub(super) fn parse_message(message: &[u8]) -> Option<(Duration, &str, &str)> {
    let end = message.iter().position(|byte| *byte == b'\n')?;
    let (score, rest) = message.split_at_checked(end)?;
    // `parse` alone would take a sign.
    if !score.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let score = std::str::from_utf8(score).ok()?.parse::<u64>().ok()?;
    let (issuer, jti) = parse_member(rest.get(1..)?)?;
    (score <= MAX_SCORE).then_some((Duration::from_secs(score), issuer, jti))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for jti in ["7", "", "with\nline\nfeeds", "ünï"] {
            let member = member("https://id.example", jti).unwrap();
            let read = parse_member(member.as_bytes());
            assert_eq!(read, Some(("https://id.example", jti)));
            let message = message(1_800_000_000, &member);
            let until = Duration::from_secs(1_800_000_000);
            let read = parse_message(message.as_bytes());
            assert_eq!(read, Some((until, "https://id.example", jti)));
        }
        assert_eq!(member("", "7"), None);
        assert_eq!(
            member("https://id.example\nx", "7"),
            None,
            "it would move the border"
        );
        assert_eq!(score(Duration::from_millis(1500)), 2);
        assert_eq!(score(Duration::MAX), MAX_SCORE);
        assert_eq!(parse_score(1.5), Some(Duration::from_millis(1500)));
        assert_eq!(
            parse_score(f64::INFINITY),
            Some(Duration::from_secs(MAX_SCORE))
        );
        for score in [f64::NAN, f64::NEG_INFINITY, -1.0] {
            assert!(parse_score(score).is_none_or(|until| until.as_secs() == MAX_SCORE));
        }
    }

    #[test]
    fn messages_of_another_form_are_not_read() {
        for message in [
            "",
            "\n",
            "7",
            "7\n",
            "7\nissuer",
            "7\n\njti",
            "\nissuer\njti",
            "-7\nissuer\njti",
            "+7\nissuer\njti",
            " 7\nissuer\njti",
            "7.5\nissuer\njti",
            "7e3\nissuer\njti",
            "99999999999999999999\nissuer\njti",
            "9007199254740992\nissuer\njti",
            "{\"iss\":\"issuer\",\"jti\":\"jti\"}",
        ] {
            assert_eq!(parse_message(message.as_bytes()), None, "{message:?}");
        }
        assert_eq!(parse_message(b"7\nissuer\n\xff"), None);
    }
}
