fn audit<'a>(
    &'a self,
) -> Pin<Box<dyn Future<Output = Result<(), AppError>> + Send + 'a>> {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
            ::pico_auth::__private::Policy::require(
                ::pico_auth::__private::Requirement::any_agent_scope(
                    &["audit:run", "audit:see"],
                ),
            ),
            ::pico_auth::__private::module_path!(),
            "audit",
            ::pico_auth::__private::file!(),
            ::pico_auth::__private::line!(),
        );
    }
    ::pico_auth::__private::Box::pin(
        ::pico_auth::__private::secure::<
            __PicoAuthRule,
            _,
        >(async move {
            let __pico_auth_future = (move || -> Pin<
                Box<dyn Future<Output = Result<(), AppError>> + Send + 'a>,
            > { Box::pin(async move { self.run().await }) })();
            __pico_auth_future.await
        }),
    )
}
