//! Roles, groups and scopes as types of the application, and which roles imply others.

use serde_json::Value;

use crate::claims::{ClaimError, ClaimList, ClaimValue, GrantNames};
use crate::error::Permission;

/// A type whose values are names: what the derive macros `Role`, `Group` and `Scope` implement.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use pico_auth::{Role, TypedName, requires_role};
///
/// #[derive(Debug, PartialEq, Role)]
/// #[role(rename_all = "lowercase")]
/// enum AppRole {
///     #[role(implies(Editor))]
///     Admin,
///     Editor,
/// }
///
/// #[requires_role(AppRole::Editor)]
/// async fn publish() {}
///
/// assert_eq!(AppRole::Admin.name(), "admin");
/// assert_eq!(AppRole::from_name("editor"), Some(AppRole::Editor));
/// assert_eq!(AppRole::IMPLIES, [("admin", &["editor"] as &[_])]);
/// # }
/// ```
pub trait TypedName: Sized + 'static {
    /// What its values are names of: [`Permission::Role`], `Group` or `Scope`.
    const PERMISSION: Permission;

    /// Every value, in the order of the variants.
    const ALL: &'static [Self];

    /// The roles that imply others, with everything they imply, directly or not. Empty for groups and
    /// scopes.
    const IMPLIES: &'static [(&'static str, &'static [&'static str])];

    /// The name as it stands in a token.
    fn name(&self) -> &'static str;

    /// The value with exactly this name: `Admin` is not `admin`.
    fn from_name(name: &str) -> Option<Self>;
}

/// A role of the application, see the derive macro `Role`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a role",
    label = "not a variant of an enum that derives `pico_auth::Role`",
    note = "a role is a string literal, such as \"admin\", or a variant of an enum with `#[derive(pico_auth::Role)]`"
)]
pub trait RoleName: TypedName {}

/// A group of the application, see the derive macro `Group`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group",
    label = "not a variant of an enum that derives `pico_auth::Group`",
    note = "a group is a string literal, such as \"staff\", or a variant of an enum with `#[derive(pico_auth::Group)]`"
)]
pub trait GroupName: TypedName {}

/// A scope of the application, of either token, see the derive macro `Scope`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scope",
    label = "not a variant of an enum that derives `pico_auth::Scope`",
    note = "a scope is a string literal, such as \"orders:read\", or a variant of an enum with `#[derive(pico_auth::Scope)]`"
)]
pub trait ScopeName: TypedName {}

/// Names of a caller as values of the type `T`, and those that `T` does not know.
///
/// An unknown name grants nothing where rules name variants; it is kept for logs and migrations.
///
/// As a field of a claims type it reads an array of strings, whatever they are. A `Vec<T>` there refuses
/// the token for a name that `T` does not know:
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use pico_auth::{Claims, Role, TypedNames};
///
/// #[derive(Role)]
/// #[role(rename_all = "lowercase")]
/// enum AppRole {
///     Admin,
/// }
///
/// #[derive(Claims)]
/// struct MyClaims {
///     #[claim(roles, path = "realm_access.roles", default)]
///     roles: TypedNames<AppRole>,
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedNames<T> {
    known: Vec<T>,
    unknown: Vec<Box<str>>,
}

impl<T: TypedName> TypedNames<T> {
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut typed = Self::default();
        for name in names {
            match T::from_name(name) {
                Some(value) => typed.known.push(value),
                None => typed.unknown.push(name.into()),
            }
        }
        typed
    }
}

impl<T> TypedNames<T> {
    /// The names that `T` knows, in the order of the token.
    pub fn known(&self) -> &[T] {
        &self.known
    }

    /// The names that `T` does not know, in the order of the token.
    pub fn unknown(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unknown.iter().map(|name| &**name)
    }

    /// The known names, owned.
    pub fn into_known(self) -> Vec<T> {
        self.known
    }
}

/// No names.
impl<T> Default for TypedNames<T> {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            unknown: Vec::new(),
        }
    }
}

impl<T: TypedName> ClaimValue for TypedNames<T> {
    const READ_ONCE: bool = true;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        let names = value.as_array().ok_or_else(ClaimError::mismatch)?;
        let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
        Ok(Self::of(
            names.ok_or_else(ClaimError::mismatch)?.into_iter(),
        ))
    }
}

impl<T: TypedName> ClaimList for TypedNames<T> {}

/// All of them, known or not: rules that name strings count, too.
impl<T: TypedName> GrantNames for TypedNames<T> {
    fn for_each(&self, use_name: &mut dyn FnMut(&str)) {
        for known in &self.known {
            use_name(known.name());
        }
        for unknown in &self.unknown {
            use_name(unknown);
        }
    }
}

/// A claim that is one of the names of `T`.
///
/// # Errors
///
/// [`ClaimError::mismatch`] for any other name, and for what is no string.
pub fn named<T: TypedName>(value: &Value) -> Result<T, ClaimError> {
    let named = value.as_str().and_then(T::from_name);
    named.ok_or_else(ClaimError::mismatch)
}

/// Which roles imply others.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hierarchy {
    implies: &'static [(&'static str, &'static [&'static str])],
    /// Every role of the type that it is of.
    #[cfg(feature = "axum")]
    names: Option<fn() -> Vec<&'static str>>,
}

impl Hierarchy {
    pub(crate) const fn of<R: RoleName>() -> Self {
        Self {
            implies: R::IMPLIES,
            #[cfg(feature = "axum")]
            names: Some(|| R::ALL.iter().map(R::name).collect()),
        }
    }

    /// Every role of its type, whether or not it implies another.
    #[cfg(feature = "axum")]
    pub(crate) fn names(self) -> Vec<&'static str> {
        self.names.map(|names| names()).unwrap_or_default()
    }

    /// The roles that imply others, with everything they imply.
    #[cfg(feature = "axum")]
    pub(crate) const fn pairs(self) -> &'static [(&'static str, &'static [&'static str])] {
        self.implies
    }

    /// What the granted roles imply and was not granted itself, each once.
    pub(crate) fn implied(self, granted: &[Box<str>]) -> Box<[&'static str]> {
        let mut implied: Vec<&'static str> = Vec::new();
        for (role, implies) in self.implies {
            if !has(granted, role) {
                continue;
            }
            for name in *implies {
                if !has(granted, name) && !implied.contains(name) {
                    implied.push(name);
                }
            }
        }
        implied.into_boxed_slice()
    }
}

fn has(granted: &[Box<str>], role: &str) -> bool {
    granted.iter().any(|name| **name == *role)
}
