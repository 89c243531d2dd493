#[automatically_derived]
impl AppRole {
    ///The name of this role, as it stands in a token.
    #[allow(clippy::trivially_copy_pass_by_ref, unreachable_patterns)]
    pub const fn name(&self) -> &'static ::pico_auth::__private::str {
        match self {
            Self::SuperAdmin { .. } => "super-admin",
            Self::Editor { .. } => "editor",
            Self::Viewer { .. } => "view",
        }
    }
}
#[automatically_derived]
impl ::pico_auth::__private::TypedName for AppRole {
    const PERMISSION: ::pico_auth::__private::Permission = ::pico_auth::__private::Permission::Role;
    const ALL: &'static [Self] = &[Self::SuperAdmin, Self::Editor, Self::Viewer];
    const IMPLIES: &'static [(
        &'static ::pico_auth::__private::str,
        &'static [&'static ::pico_auth::__private::str],
    )] = &[("super-admin", &["editor", "view"]), ("editor", &["view"])];
    fn name(&self) -> &'static ::pico_auth::__private::str {
        Self::name(self)
    }
    #[allow(unreachable_patterns)]
    fn from_name(
        name: &::pico_auth::__private::str,
    ) -> ::pico_auth::__private::Option<Self> {
        match name {
            "super-admin" => ::pico_auth::__private::Option::Some(Self::SuperAdmin),
            "editor" => ::pico_auth::__private::Option::Some(Self::Editor),
            "view" => ::pico_auth::__private::Option::Some(Self::Viewer),
            _ => ::pico_auth::__private::Option::None,
        }
    }
}
#[automatically_derived]
impl ::pico_auth::__private::RoleName for AppRole {}
#[automatically_derived]
impl ::pico_auth::__private::ClaimValue for AppRole {
    const READ_ONCE: ::pico_auth::__private::bool = true;
    fn from_value(
        value: &::pico_auth::__private::Value,
    ) -> ::pico_auth::__private::Result<Self, ::pico_auth::__private::ClaimError> {
        ::pico_auth::__private::named(value)
    }
}
#[automatically_derived]
impl ::pico_auth::__private::GrantNames for AppRole {
    fn for_each(
        &self,
        use_name: &mut dyn ::pico_auth::__private::FnMut(&::pico_auth::__private::str),
    ) {
        use_name(Self::name(self))
    }
}
#[automatically_derived]
impl ::pico_auth::__private::AsRef<::pico_auth::__private::str> for AppRole {
    fn as_ref(&self) -> &::pico_auth::__private::str {
        Self::name(self)
    }
}
#[automatically_derived]
impl ::pico_auth::__private::From<AppRole> for &'static ::pico_auth::__private::str {
    fn from(value: AppRole) -> Self {
        AppRole::name(&value)
    }
}
#[automatically_derived]
impl ::pico_auth::__private::From<AppRole> for ::pico_auth::__private::String {
    fn from(value: AppRole) -> Self {
        <Self as ::pico_auth::__private::From<
            &::pico_auth::__private::str,
        >>::from(AppRole::name(&value))
    }
}
