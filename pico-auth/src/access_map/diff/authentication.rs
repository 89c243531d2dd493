//! How callers may have authenticated, as far as rules tell it apart.

use std::collections::BTreeSet;
use std::fmt;

use crate::access_map::AccessRule;
use crate::access_map::decide::Value;

/// One way to have authenticated, as a token tells it.
pub(super) struct Authentication<'m> {
    /// `None` where the token does not say it.
    acr: Option<&'m str>,
    /// How long ago; `None` where the token does not say it.
    age_seconds: Option<u64>,
}

/// A class that no rule names.
const ANOTHER: &str = "";

/// An age that is too high for every rule.
const LONG_AGO: u64 = u64::MAX;

/// Every way that can be told apart by these strengths, those of which the token says the least first.
pub(super) fn authentications<'m>(strengths: &BTreeSet<&'m AccessRule>) -> Vec<Authentication<'m>> {
    let (mut classes, mut ages) = (BTreeSet::new(), BTreeSet::new());
    for strength in strengths {
        if let AccessRule::AuthenticationStrength {
            acr_values,
            max_age_seconds,
        } = strength
        {
            classes.extend(acr_values.iter().map(|acr| &**acr));
            ages.extend(max_age_seconds);
        }
    }
    if !classes.is_empty() {
        classes.insert(ANOTHER);
    }
    if !ages.is_empty() {
        ages.insert(LONG_AGO);
    }
    let classes = std::iter::once(None).chain(classes.into_iter().map(Some));
    let with_ages = |acr| {
        let ages = std::iter::once(None).chain(ages.iter().copied().map(Some));
        ages.map(move |age_seconds| Authentication { acr, age_seconds })
    };
    let mut ways: Vec<_> = classes.flat_map(with_ages).collect();
    ways.sort_by_key(|way| (way.acr.is_some(), way.age_seconds.is_some()));
    ways
}

impl Authentication<'_> {
    /// The rule, of which nothing is left that is about authentication.
    pub(super) fn applied_to(&self, rule: &AccessRule) -> AccessRule {
        let parts = |parts: &[AccessRule]| parts.iter().map(|part| self.applied_to(part)).collect();
        match rule {
            AccessRule::Any(any) => AccessRule::Any(parts(any)),
            AccessRule::All(all) => AccessRule::All(parts(all)),
            AccessRule::Not(part) => AccessRule::Not(Box::new(self.applied_to(part))),
            AccessRule::AuthenticationStrength {
                acr_values,
                max_age_seconds,
            } => match self.value(acr_values, *max_age_seconds) {
                Value::Yes => AccessRule::Authenticated,
                Value::No => AccessRule::Not(Box::new(AccessRule::Authenticated)),
                Value::Unknown => AccessRule::Nobody,
            },
            other => other.clone(),
        }
    }

    /// What a strength comes to. Of what the token does not say, neither it nor its opposite holds.
    fn value(&self, acr_values: &[Box<str>], max_age_seconds: Option<u64>) -> Value {
        let of_acr = self.acr.map_or(Value::Unknown, |acr| {
            Value::of(acr_values.iter().any(|value| **value == *acr))
        });
        let of_age = max_age_seconds.map(|most| {
            let age = self.age_seconds;
            age.map_or(Value::Unknown, |age| Value::of(age <= most))
        });
        match of_age {
            Some(of_age) if acr_values.is_empty() => of_age,
            Some(of_age) => of_acr.min(of_age),
            None => of_acr,
        }
    }
}

/// `, acr 'mfa', authenticated 60 seconds ago`; what the token does not say is left out.
impl fmt::Display for Authentication<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.acr {
            None => {}
            Some(ANOTHER) => f.write_str(", another acr")?,
            Some(acr) => write!(f, ", acr '{acr}'")?,
        }
        match self.age_seconds {
            None => Ok(()),
            Some(LONG_AGO) => f.write_str(", authenticated long ago"),
            Some(seconds) => write!(f, ", authenticated {seconds} seconds ago"),
        }
    }
}
