//! Reading one claim in one JSON form. `null` counts as absent everywhere.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Number, Value};

use super::{Names, RawClaims};
use crate::error::{AuthConfigurationError, TokenInvalidReason};
use crate::strict::{Json, Object};

/// A claim that must be there and be a non-empty string.
pub(super) fn required_string(
    claims: &Object<'_>,
    name: &'static str,
) -> Result<Box<str>, TokenInvalidReason> {
    match string(claims, name)? {
        Some(value) if !value.is_empty() => Ok(value.into()),
        Some(_) => Err(TokenInvalidReason::InvalidClaim(name.into())),
        None => Err(TokenInvalidReason::MissingClaim(name.into())),
    }
}

/// A claim that is absent or a string.
pub(super) fn string<'c>(
    claims: &'c Object<'_>,
    name: &'static str,
) -> Result<Option<&'c str>, TokenInvalidReason> {
    match claims.present(name) {
        None => Ok(None),
        Some(Json::String(value)) => Ok(Some(value)),
        Some(_) => Err(TokenInvalidReason::InvalidClaim(name.into())),
    }
}

/// The time `since_epoch`, if the platform can tell it.
pub(super) fn point_in_time(since_epoch: Duration) -> Result<SystemTime, TokenInvalidReason> {
    UNIX_EPOCH
        .checked_add(since_epoch)
        .ok_or(TokenInvalidReason::InvalidClaim("exp".into()))
}

/// A claim that is absent or an array of strings.
pub(super) fn string_array(
    claims: &Object<'_>,
    name: &'static str,
) -> Result<Option<Names>, TokenInvalidReason> {
    match claims.present(name) {
        None => Ok(None),
        Some(Json::Array(values)) => strings(values, name).map(Some),
        Some(_) => Err(TokenInvalidReason::InvalidClaim(name.into())),
    }
}

/// The names of an array whose every element is a string.
pub(super) fn strings(
    values: &[Json<'_>],
    name: impl Into<Cow<'static, str>>,
) -> Result<Names, TokenInvalidReason> {
    let mut names = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Json::String(value) => names.push(value.as_ref().into()),
            _ => return Err(TokenInvalidReason::InvalidClaim(name.into())),
        }
    }
    Ok(names.into())
}

/// The scopes of a space-separated string (RFC 6749 §3.3).
pub(super) fn space_separated(value: &str) -> Names {
    let scopes = value.split(' ').filter(|scope| !scope.is_empty());
    let mut names = Vec::with_capacity(scopes.clone().count());
    names.extend(scopes.map(Box::<str>::from));
    names.into()
}

/// The end of the year 9999. A later time is a mistake, most often milliseconds in place of seconds,
/// and would overflow the types that hold it.
pub(crate) const LATEST: Duration = Duration::from_secs(253_402_300_799);

/// A `NumericDate` (RFC 7519 §2): seconds since the epoch, with or without a fraction. `None` for
/// negative numbers and for what no clock shows.
pub(crate) fn numeric_date(number: &Number) -> Option<Duration> {
    let since_epoch = match number.as_u64() {
        Some(whole) => Duration::from_secs(whole),
        None => Duration::try_from_secs_f64(number.as_f64()?).ok()?,
    };
    (since_epoch <= LATEST).then_some(since_epoch)
}

/// The value at the end of a path; `Ok(None)` where it or something on the way is absent or `null`.
///
/// # Errors
///
/// Where something on the way is not an object.
pub(super) fn find<'v, S: AsRef<str>>(
    raw: &'v RawClaims,
    path: &[S],
) -> Result<Option<&'v Value>, ()> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(None);
    };
    let mut found = raw.get(first.as_ref());
    for segment in rest {
        found = match found {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Object(object)) => object.get(segment.as_ref()),
            Some(_) => return Err(()),
        };
    }
    Ok(found.filter(|value| !value.is_null()))
}

/// The place of a claim inside the claims, such as `roles`, `realm_access.roles` or
/// `resource_access."my.client".roles`.
///
/// Segments are separated by dots; a segment with a dot in its name stands in double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath {
    text: Box<str>,
    segments: Box<[Box<str>]>,
}

impl ClaimPath {
    /// Parses a path. `key` names the setting in the error.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for an empty path or segment, and for a quote that is not closed
    /// or stands in the middle of a segment.
    pub fn parse(key: &'static str, text: &str) -> Result<Self, AuthConfigurationError> {
        let wrong = |problem: &str| {
            AuthConfigurationError::new(key, format!("`{text}` is not a claim path: {problem}"))
        };
        let mut segments = Vec::new();
        let mut rest = text;
        loop {
            let (segment, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted
                    .split_once('"')
                    .ok_or_else(|| wrong("a quote is not closed"))?,
                None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
            };
            if segment.is_empty() {
                return Err(wrong(
                    "a segment is empty; write for example `realm_access.roles`",
                ));
            }
            if segment.contains('"') {
                return Err(wrong("a quote must stand around a whole segment"));
            }
            segments.push(segment.into());
            if after.is_empty() {
                return Ok(Self {
                    text: text.into(),
                    segments: segments.into(),
                });
            }
            rest = after
                .strip_prefix('.')
                .ok_or_else(|| wrong("a dot must follow a quoted segment"))?;
        }
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value at this path, if every segment but the last names an object.
    pub fn find<'v>(&self, raw: &'v RawClaims) -> Option<&'v Value> {
        let (first, rest) = self.segments.split_first()?;
        rest.iter().try_fold(raw.get(&**first)?, |value, segment| {
            value.as_object()?.get(&**segment)
        })
    }

    /// The names at this path: one string is one name, an array of strings is several.
    ///
    /// # Errors
    ///
    /// [`TokenInvalidReason::InvalidClaim`] for any other JSON type at this path.
    pub fn names(&self, raw: &RawClaims) -> Result<Vec<Box<str>>, TokenInvalidReason> {
        self.names_in(&Object::of(raw)).map(Into::into)
    }

    /// As [`names`](Self::names), of claims that are being read.
    pub(crate) fn names_in(&self, claims: &Object<'_>) -> Result<Names, TokenInvalidReason> {
        match self.find_in(claims) {
            None | Some(Json::Null) => Ok(Names::default()),
            Some(Json::String(name)) => Ok(vec![name.as_ref().into()].into()),
            Some(Json::Array(values)) => strings(values, self.as_str().to_owned()),
            Some(_) => Err(TokenInvalidReason::InvalidClaim(
                self.as_str().to_owned().into(),
            )),
        }
    }

    fn find_in<'v, 'a>(&self, claims: &'v Object<'a>) -> Option<&'v Json<'a>> {
        let (first, rest) = self.segments.split_first()?;
        rest.iter()
            .try_fold(claims.get(first)?, |value, segment| match value {
                Json::Object(object) => object.get(segment),
                _ => None,
            })
    }
}
