impl Users {
    const LIMIT: usize = 7;
    /// Everybody we know.
    ///
    /// **Access:** requires one of roles: `admin`
    fn list() -> impl ::pico_auth::__private::SecuredFuture<
        Output = ::pico_auth::__private::Result<
            Json<Vec<User>>,
            ::pico_auth::__private::AuthClientError,
        >,
    > {
        struct __PicoAuthRule;
        impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
            const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
                ::pico_auth::__private::Policy::require(
                    ::pico_auth::__private::Requirement::any_role(&["admin"]),
                ),
                ::pico_auth::__private::module_path!(),
                "list",
                ::pico_auth::__private::file!(),
                ::pico_auth::__private::line!(),
            );
        }
        ::pico_auth::__private::secure_mapped::<
            __PicoAuthRule,
            _,
        >(async move {
            if false {
                return ::pico_auth::__private::declared::<Json<Vec<User>>>();
            }
            {
                const _: () = ();
                load(Self::LIMIT).await
            }
        })
    }
    /// Renames one.
    ///
    /// **Access:** requires all of (one of roles: `admin`; all of scopes: `users:read`, `users:write`)
    fn rename(&mut self, name: &str) -> Result<(), AppError> {
        struct __PicoAuthRule;
        impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
            const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
                ::pico_auth::__private::Policy::require(
                    ::pico_auth::__private::Requirement::all(
                        &[
                            ::pico_auth::__private::Requirement::any_role(&["admin"]),
                            ::pico_auth::__private::Requirement::all_scopes(
                                &["users:read", "users:write"],
                            ),
                        ],
                    ),
                ),
                ::pico_auth::__private::module_path!(),
                "rename",
                ::pico_auth::__private::file!(),
                ::pico_auth::__private::line!(),
            );
        }
        if let ::pico_auth::__private::Result::Err(__pico_auth_refusal) = ::pico_auth::__private::check::<
            __PicoAuthRule,
        >() {
            return ::pico_auth::__private::Deny::deny(__pico_auth_refusal);
        }
        {
            const _: () = ();
            self.set(name)
        }
    }
    fn new() -> Self {
        Self
    }
}
