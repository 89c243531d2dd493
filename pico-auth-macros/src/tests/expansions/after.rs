async fn load(&self, id: u64) -> Result<Order, AppError> {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
                ::pico_auth::__private::Policy::Authenticated,
                ::pico_auth::__private::module_path!(),
                "load",
                ::pico_auth::__private::file!(),
                ::pico_auth::__private::line!(),
            )
            .with_check_of_the_answer();
    }
    if let ::pico_auth::__private::Result::Err(__pico_auth_refusal) = ::pico_auth::__private::check::<
        __PicoAuthRule,
    >() {
        return ::pico_auth::__private::Deny::deny(__pico_auth_refusal);
    }
    let __pico_auth_result: Result<Order, AppError> = async move {
        if false {
            return ::pico_auth::__private::declared::<Result<Order, AppError>>();
        }
        {
            const _: () = ();
            self.find(id).await
        }
    }
        .await;
    if let ::pico_auth::__private::Result::Err(__pico_auth_refusal) = ::pico_auth::__private::after(
        ::pico_auth::__private::Returned::value(&__pico_auth_result),
        |ctx, order| order.owner == ctx.subject(),
    ) {
        return ::pico_auth::__private::Deny::deny(__pico_auth_refusal);
    }
    __pico_auth_result
}
