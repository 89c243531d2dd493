#![deny(warnings, clippy::pedantic)]
//! Every form that compiles.

use pico_auth::{AuthClientError, RoleName, TypedName, requires_role};

// The derive takes no other name than its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, pico_auth::Role)]
#[role(rename_all = "kebab-case", crate = pico_auth)]
pub enum Role {
    #[role(implies(Editor, Auditor))]
    SuperAdmin,
    #[role(implies(r#Type), rename = "ed:it")]
    Editor,
    Auditor = 7,
    r#Type,
}

/// Neither `Copy` nor `Debug`.
#[derive(pico_auth::Role)]
enum Plain {
    Admin,
}

mod inner {
    #[derive(pico_auth::Role)]
    pub(crate) enum Deep {
        Admin,
    }
}

use inner::Deep::{self, *};

#[requires_role(Role::SuperAdmin)]
async fn one() {}

#[requires_role(Role::SuperAdmin, "literal", crate::Role::Editor, self::inner::Deep::Admin, Admin)]
async fn several() {}

#[requires_role(all(Role::SuperAdmin, "literal"))]
async fn all() {}

#[requires_role(any(Plain::Admin, Deep::Admin), crate = pico_auth)]
async fn any() {}

struct Service;

impl Service {
    #[requires_role(Role::Editor)]
    fn method(&self) -> Result<u8, AuthClientError> {
        let Self = self;
        Ok(7)
    }
}

fn hierarchy<R: RoleName>() -> usize {
    R::IMPLIES.len()
}

const NAME: &str = Role::SuperAdmin.name();

fn main() {
    assert_eq!(NAME, "super-admin");
    assert_eq!(Role::ALL.len(), 4);
    assert_eq!(hierarchy::<Role>(), 2);
    assert_eq!(
        Role::IMPLIES,
        [
            ("super-admin", &["ed:it", "auditor", "type"] as &[_]),
            ("ed:it", &["type"]),
        ]
    );
    assert_eq!(Role::from_name("auditor"), Some(Role::Auditor));
    assert_eq!(Role::from_name("Auditor"), None);
    assert_eq!(String::from(Role::Editor), "ed:it");
    assert_eq!(<&str>::from(Role::r#Type), "type");
    assert_eq!(Role::Auditor.as_ref(), "auditor");
    assert_eq!(Plain::Admin.name(), "Admin");
    assert!(Service.method().is_err());
    drop((one(), several(), all(), any()));
}
