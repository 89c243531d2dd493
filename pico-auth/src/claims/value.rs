//! What one field of a claims type can be: [`ClaimValue`] for single values.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::ClaimError;
use super::read::numeric_date;

/// A type that a claim can be read into, by a field of a `#[derive(Claims)]` struct.
///
/// | Type | JSON |
/// |---|---|
/// | `String`, `Box<str>`, `Arc<str>` | a string |
/// | `bool` | `true` or `false` |
/// | integers | a whole number in range; `1.0` and `"1"` are none |
/// | `f64` | a number |
/// | `SystemTime` | a numeric date (RFC 7519 §2): seconds since the epoch |
/// | `Vec<T>`, `BTreeSet<T>`, `HashSet<T>` | an array |
/// | `BTreeMap<K, T>`, `HashMap<K, T>`, `K` one of the strings | an object |
/// | `Option<T>` | absent, `null`, or what `T` reads |
/// | `serde_json::Value` | anything |
/// | a struct with `#[derive(Claims)]` | an object |
///
/// Nothing is converted: a string is not taken for a list, nor a number for a string. For a type of
/// your own, implement this trait:
///
/// ```
/// use pico_auth::{ClaimError, ClaimValue};
///
/// struct Tenant(u32);
///
/// impl ClaimValue for Tenant {
///     const READ_ONCE: bool = true;
///
///     /// Reads `tenant-17`.
///     fn from_value(value: &serde_json::Value) -> Result<Self, ClaimError> {
///         let number = value.as_str().and_then(|text| text.strip_prefix("tenant-"));
///         let number = number.and_then(|number| number.parse().ok());
///         number.map(Tenant).ok_or_else(ClaimError::mismatch)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a claim",
    label = "no `ClaimValue`",
    note = "implement `ClaimValue` for it, or write `#[claim(deserialize)]` if it implements serde's `Deserialize`"
)]
pub trait ClaimValue: Sized {
    /// Whether what is read depends on the claim alone, see [`FromClaims::READ_ONCE`](crate::FromClaims::READ_ONCE).
    /// Default `false`: a claims type with such a field is read on every request.
    const READ_ONCE: bool = false;

    /// Whether it is, or holds, a claims type that decides what a caller is granted.
    #[doc(hidden)]
    const GRANTS: bool = false;

    /// Reads a claim that is present and not `null`.
    ///
    /// # Errors
    ///
    /// [`ClaimError::mismatch`] where the value has another form; the error never repeats it.
    fn from_value(value: &Value) -> Result<Self, ClaimError>;

    /// What an absent claim means; `None`, which is the default, makes the claim mandatory.
    fn absent() -> Option<Self> {
        None
    }
}

fn fits<T>(value: Option<T>) -> Result<T, ClaimError> {
    value.ok_or_else(ClaimError::mismatch)
}

macro_rules! strings {
    ($($ty:ty)+) => {$(
        impl ClaimValue for $ty {
            const READ_ONCE: bool = true;

            fn from_value(value: &Value) -> Result<Self, ClaimError> {
                fits(value.as_str().map(Into::into))
            }
        }
    )+};
}
strings!(String Box<str> Arc<str>);

macro_rules! integers {
    ($($ty:ty = $read:ident)+) => {$(
        impl ClaimValue for $ty {
            const READ_ONCE: bool = true;

            fn from_value(value: &Value) -> Result<Self, ClaimError> {
                fits(value.$read().and_then(|number| number.try_into().ok()))
            }
        }
    )+};
}
integers!(u8 = as_u64 u16 = as_u64 u32 = as_u64 u64 = as_u64 u128 = as_u64 usize = as_u64);
integers!(i8 = as_i64 i16 = as_i64 i32 = as_i64 i64 = as_i64 isize = as_i64);

impl ClaimValue for bool {
    const READ_ONCE: bool = true;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        fits(value.as_bool())
    }
}

impl ClaimValue for f64 {
    const READ_ONCE: bool = true;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        fits(value.as_f64())
    }
}

impl ClaimValue for SystemTime {
    const READ_ONCE: bool = true;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        let since_epoch = value.as_number().and_then(numeric_date);
        fits(since_epoch.and_then(|time| UNIX_EPOCH.checked_add(time)))
    }
}

impl ClaimValue for Value {
    const READ_ONCE: bool = true;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        Ok(value.clone())
    }
}

impl<T: ClaimValue> ClaimValue for Option<T> {
    const READ_ONCE: bool = T::READ_ONCE;
    const GRANTS: bool = T::GRANTS;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn read<T: ClaimValue>(value: &Value) -> Option<T> {
        T::from_value(value).ok()
    }

    #[test]
    fn nothing_is_converted() {
        for value in [json!(1), json!(true), json!(["a"]), json!({}), Value::Null] {
            assert_eq!(read::<String>(&value), None, "{value}");
        }
        for value in [json!("1"), json!(1.0), json!(256), json!(-1), json!([1])] {
            assert_eq!(read::<u8>(&value), None, "{value}");
        }
        assert_eq!(read::<i8>(&json!(-129)), None);
        assert_eq!(read::<i64>(&json!(u64::MAX)), None);
        for value in [json!("true"), json!(0), json!([true])] {
            assert_eq!(read::<bool>(&value), None, "{value}");
        }
        for value in [json!("1700000000"), json!(-1), json!(1_700_000_000_000_u64)] {
            assert_eq!(read::<SystemTime>(&value), None, "{value}");
        }
    }

    #[test]
    fn every_type_reads_its_form() {
        assert_eq!(read(&json!("")), Some(String::new()));
        assert_eq!(read(&json!("a")), Some(Box::<str>::from("a")));
        assert_eq!(read(&json!(255)), Some(255_u8));
        assert_eq!(read(&json!(-128)), Some(-128_i8));
        assert_eq!(read(&json!(true)), Some(true));
        assert_eq!(read(&json!(1)), Some(1.0_f64));
        let half = UNIX_EPOCH + Duration::from_millis(1500);
        assert_eq!(read(&json!(1.5)), Some(half));
        assert_eq!(read(&json!(null)), Some(None::<u8>));
        assert_eq!(read(&json!([1])), Some(json!([1])));
        assert_eq!(u8::absent(), None);
        assert_eq!(<Option<u8>>::absent(), Some(None));
    }
}
