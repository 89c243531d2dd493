//! The gRPC services that need no token.

use std::sync::Arc;

use crate::error::AuthConfigurationError;

/// Services by their full names, such as `grpc.health.v1.Health`.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenServices {
    names: Arc<[Box<str>]>,
}

impl OpenServices {
    /// Opens one more.
    pub(super) fn open(&mut self, name: &str) -> Result<(), AuthConfigurationError> {
        if !name.split('.').all(is_identifier) {
            let problem = format!(
                "`{name}` is not the full name of a gRPC service, such as `grpc.health.v1.Health`"
            );
            return Err(AuthConfigurationError::new("anonymous_service", problem));
        }
        self.names = self.names.iter().cloned().chain([name.into()]).collect();
        Ok(())
    }

    /// Whether `path` names a method of one of them: `/<service>/<method>`, byte by byte. A path that
    /// another part of the server could read differently names none.
    pub(super) fn contain(&self, path: &str) -> bool {
        let Some((service, method)) = path.strip_prefix('/').and_then(|path| path.split_once('/'))
        else {
            return false;
        };
        self.names.iter().any(|name| **name == *service) && is_identifier(method)
    }
}

/// An identifier of the Protocol Buffers language.
fn is_identifier(text: &str) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.bytes().next().is_some_and(starts)
        && text
            .bytes()
            .all(|byte| starts(byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEALTH: &str = "grpc.health.v1.Health";

    fn health() -> OpenServices {
        let mut services = OpenServices::default();
        services.open(HEALTH).unwrap();
        services
    }

    #[test]
    fn the_methods_of_an_open_service_are_open() {
        let mut services = health();
        services.open("Unpackaged").unwrap();
        for path in [
            "/grpc.health.v1.Health/Check",
            "/grpc.health.v1.Health/Watch2",
            "/Unpackaged/Get_It",
        ] {
            assert!(services.contain(path), "{path}");
        }
        assert!(!OpenServices::default().contain("/grpc.health.v1.Health/Check"));
    }

    #[test]
    fn a_path_that_looks_like_that_of_an_open_service_is_not() {
        for path in [
            "",
            "/",
            "//",
            "*",
            "/grpc.health.v1.Health",
            "/grpc.health.v1.Health/",
            "/grpc.health.v1.Health//",
            "grpc.health.v1.Health/Check",
            "//grpc.health.v1.Health/Check",
            "/grpc.health.v1.Health//Check",
            "/grpc.health.v1.Health/Check/",
            "/grpc.health.v1.Health/Check/../../admin.Admin/Purge",
            "/grpc.health.v1.Health/..",
            "/grpc.health.v1.Health/.",
            "/grpc.health.v1.HealthEvil/Check",
            "/grpc.health.v1.HealthEvil/..",
            "/evil.grpc.health.v1.Health/Check",
            "/grpc.health.v1/Health/Check",
            "/grpc.health.v1.health/Check",
            "/GRPC.HEALTH.V1.HEALTH/Check",
            "/grpc%2Ehealth%2Ev1%2EHealth/Check",
            "/grpc.health.v1.Health%2FCheck",
            "/grpc.health.v1.Health%2fadmin.Admin/Check",
            "/grpc.health.v1.Health/%43heck",
            "/grpc.health.v1.Health/Check%00",
            "/grpc.health.v1.Health/Check;admin",
            "/grpc.health.v1.Health./Check",
            "/.grpc.health.v1.Health/Check",
            "/grpc.health.v1.Health /Check",
            "/grpc.health.v1.Health/Check\u{301}",
            "/grpc.health.v1.Health\\/Check",
            "/./grpc.health.v1.Health/Check",
            "/admin.Admin/../grpc.health.v1.Health/Check",
        ] {
            assert!(!health().contain(path), "{path}");
        }
    }

    #[test]
    fn a_name_that_opens_nothing_or_more_than_one_service_is_a_configuration_error() {
        for name in [
            "",
            ".",
            "*",
            "grpc.health.v1.*",
            "grpc.health.v1.",
            ".grpc.health.v1.Health",
            "grpc..Health",
            "/grpc.health.v1.Health/",
            "grpc.health.v1.Health/Check",
            "grpc.health.v1.Health ",
            "grpc.1.Health",
        ] {
            let error = OpenServices::default().open(name).unwrap_err();
            assert_eq!(error.key(), "anonymous_service", "{name}");
        }
    }
}
