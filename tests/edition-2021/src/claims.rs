//! The derive, with every word that generates code of its own.

use ::std::option::Option;
use ::std::primitive::{str, u8};
use ::std::result::Result::{self, Err, Ok};
use ::std::string::String;
use ::std::vec::Vec;

/// A struct without parameters, of which a library builds all code.
#[derive(::another_name::Claims)]
pub struct Plain {
    /// Roles.
    #[claim(roles)]
    pub roles: Vec<String>,
}

/// A whole struct.
#[derive(::another_name::Claims)]
#[claims(validate = Whole::check)]
pub struct Whole<T> {
    /// The subject.
    #[claim(subject, validate = short)]
    pub id: String,
    /// Roles of two places.
    #[claim(roles, path = "a.roles", path = "\"b.c\".roles", default)]
    pub roles: Vec<String>,
    /// Groups in two forms.
    #[claim(groups, forms(string, array), default = Vec::new)]
    pub groups: Vec<String>,
    /// Scopes.
    #[claim(scopes)]
    pub scopes: Option<Vec<String>>,
    /// A keyword.
    pub r#type: u8,
    /// What it depends on.
    #[claim(deserialize, default)]
    pub count: Option<u8>,
    /// A parameter.
    pub value: T,
    /// More.
    #[claim(flatten)]
    pub rest: Rest,
}

/// Another struct.
#[derive(::another_name::Claims)]
#[claims(crate = crate::given_path::vendored::auth)]
pub struct Rest {}

impl<T> Whole<T> {
    const fn check(&self) -> Result<(), &'static str> {
        if self.r#type == 0 {
            return Err("no type");
        }
        Ok(())
    }
}

const fn short(id: &str) -> Result<(), &'static str> {
    if id.len() > 9 {
        return Err("too long");
    }
    Ok(())
}
