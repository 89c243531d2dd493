//! How one field of a claims type finds its value. Generated code and [`crate::providers`] call this.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::read::find;
use super::{ClaimError, ClaimList, ClaimValue, FromClaims, Named, RawClaims};

/// One place in the claims.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// As it was written, for errors.
    pub name: &'static str,
    /// The names of members, from outside in.
    pub path: &'static [&'static str],
}

/// In which JSON forms a list is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Forms {
    /// An array.
    pub array: bool,
    /// A string is a list of one.
    pub string: bool,
    /// A string is a list of what stands between its spaces.
    pub space_separated: bool,
}

/// A value at one place, as its type reads it.
///
/// # Errors
///
/// [`ClaimError`] that names the place.
pub fn value<T: ClaimValue>(raw: &RawClaims, source: &Source) -> Result<T, ClaimError> {
    value_or(raw, source, T::absent)
}

/// A value at one place, or `absent`.
///
/// # Errors
///
/// [`ClaimError`] that names the place.
pub fn value_or<T: ClaimValue>(
    raw: &RawClaims,
    source: &Source,
    absent: impl FnOnce() -> Option<T>,
) -> Result<T, ClaimError> {
    grants_nothing::<T>();
    convert(source.value(raw)?, source.name, absent, T::from_value)
}

/// A value of a type that only serde knows.
///
/// # Errors
///
/// [`ClaimError`] that names the place; what serde says may repeat values and is dropped.
pub fn deserialized_or<T: DeserializeOwned>(
    raw: &RawClaims,
    source: &Source,
    absent: impl FnOnce() -> Option<T>,
) -> Result<T, ClaimError> {
    convert(source.value(raw)?, source.name, absent, |value| {
        T::deserialize(value).map_err(|_| ClaimError::mismatch())
    })
}

/// A list whose elements stand at one or several places.
///
/// # Errors
///
/// [`ClaimError`] that names the place at fault, or `name`, which stands for all of them.
pub fn list<T: ClaimList>(
    raw: &RawClaims,
    name: &'static str,
    sources: &[Source],
    forms: Forms,
) -> Result<T, ClaimError> {
    list_or(raw, name, sources, forms, T::absent)
}

/// A list whose elements stand at one or several places, or `absent` where all are absent.
///
/// # Errors
///
/// [`ClaimError`] that names the place at fault, or `name`, which stands for all of them.
pub fn list_or<T: ClaimList>(
    raw: &RawClaims,
    name: &'static str,
    sources: &[Source],
    forms: Forms,
    absent: impl FnOnce() -> Option<T>,
) -> Result<T, ClaimError> {
    grants_nothing::<T>();
    let mut elements: Option<Vec<Value>> = None;
    for source in sources {
        if let Some(value) = source.value(raw)? {
            let found = forms.elements(value);
            let found = found.ok_or_else(|| ClaimError::invalid(source.name))?;
            elements
                .get_or_insert_default()
                .extend(found.into_iter().map(Cow::into_owned));
        }
    }
    let array = elements.map(Value::Array);
    convert(array.as_ref(), name, absent, T::from_value)
}

fn convert<T>(
    value: Option<&Value>,
    name: &'static str,
    absent: impl FnOnce() -> Option<T>,
    read: impl FnOnce(&Value) -> Result<T, ClaimError>,
) -> Result<T, ClaimError> {
    match value {
        Some(value) => read(value).map_err(|error| error.within(name)),
        None => absent().ok_or_else(|| ClaimError::missing(name)),
    }
}

impl Source {
    /// The value, if it is present and not `null`. Something else than an object on the way to it is
    /// not absence: the token has another shape than the type expects.
    fn value<'v>(&self, raw: &'v RawClaims) -> Result<Option<&'v Value>, ClaimError> {
        find(raw, self.path).map_err(|()| ClaimError::invalid(self.name))
    }
}

impl Forms {
    fn elements(self, value: &Value) -> Option<Vec<Cow<'_, Value>>> {
        match value {
            Value::Array(elements) if self.array => {
                Some(elements.iter().map(Cow::Borrowed).collect())
            }
            Value::String(_) if self.string => Some(vec![Cow::Borrowed(value)]),
            Value::String(text) if self.space_separated => {
                let parts = text.split(' ').filter(|part| !part.is_empty());
                Some(parts.map(|part| Cow::Owned(part.into())).collect())
            }
            _ => None,
        }
    }
}

/// Refuses an empty subject: everybody without a name would be the same caller.
///
/// # Errors
///
/// [`ClaimError::invalid`] for `name`.
pub fn subject<S: AsRef<str>>(subject: &S, name: &'static str) -> Result<(), ClaimError> {
    if subject.as_ref().is_empty() {
        return Err(ClaimError::invalid(name));
    }
    Ok(())
}

/// What a validator says, with the name of the claim.
///
/// # Errors
///
/// [`ClaimError::refused`] for `name`.
pub fn checked(checked: Result<(), &'static str>, name: &'static str) -> Result<(), ClaimError> {
    checked.map_err(|problem| ClaimError::refused(name, problem))
}

/// What a struct and one that is flattened into it decide. It is called in constants, where two subjects
/// do not compile: one of them would be lost.
pub const fn beside(own: Named, flattened: Named) -> Named {
    assert!(
        !(own.subject && flattened.subject),
        "a caller has one subject, and a struct flattened into this one names another: remove `subject` \
         from one of them"
    );
    own.or(flattened)
}

/// Whether a claims type decides what a caller is granted.
pub const fn grants(named: Named) -> bool {
    named.anything()
}

/// Does not compile for a field whose type grants something: the grants would be lost. It is checked where the
/// field is read, since a claims type that is a field of nothing may grant what it likes.
///
/// ```compile_fail
/// # use pico_auth::{AuthClientSettings, Authenticator, Claims};
/// #[derive(Claims)]
/// struct Realm {
///     #[claim(roles)]
///     roles: Vec<String>,
/// }
///
/// #[derive(Claims)]
/// struct MyClaims {
///     realm: Option<Realm>, // its roles would grant nothing
/// }
///
/// let settings = AuthClientSettings::builder().issuer("https://id.example").audience("api").build().unwrap();
/// Authenticator::typed::<MyClaims>(settings).unwrap();
/// ```
const fn grants_nothing<T: ClaimValue>() {
    const {
        assert!(
            !T::GRANTS,
            "`subject`, `roles`, `groups` and `scopes` inside of a struct that is the field of another \
             have no effect: write `#[claim(roles, path = \"outer.inner\")]` in the outer struct"
        );
    }
}

/// A claims type in the place of one claim.
///
/// # Errors
///
/// [`ClaimError::mismatch`] where the value is not an object, and what the type finds in it.
pub fn object<C: FromClaims>(value: &Value) -> Result<C, ClaimError> {
    C::from_claims(value.as_object().ok_or_else(ClaimError::mismatch)?)
}
