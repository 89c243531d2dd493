async fn rename(&mut self, name: String) -> Result<(), AppError> {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
            ::pico_auth::__private::Policy::Authenticated,
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
        self.name = name;
        Ok(())
    }
}
