fn load(
    id: u64,
) -> impl ::pico_auth::__private::SecuredFuture<Output = Result<Order, AppError>> {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
                ::pico_auth::__private::Policy::require(
                    ::pico_auth::__private::Requirement::all(
                        &[
                            ::pico_auth::__private::Requirement::When(0),
                            ::pico_auth::__private::Requirement::Policy(const {
                                &PAYMENTS
                            }),
                        ],
                    ),
                ),
                ::pico_auth::__private::module_path!(),
                "load",
                ::pico_auth::__private::file!(),
                ::pico_auth::__private::line!(),
            )
            .with_conditions(1);
    }
    ::pico_auth::__private::secure::<
        __PicoAuthRule,
        _,
    >(async move {
        let id = id;
        {
            let mut __pico_auth_conditions = match ::pico_auth::__private::conditions::<
                __PicoAuthRule,
                1,
            >() {
                ::pico_auth::__private::Result::Ok(__pico_auth_conditions) => {
                    __pico_auth_conditions
                }
                ::pico_auth::__private::Result::Err(__pico_auth_refusal) => {
                    return <Result<
                        Order,
                        AppError,
                    > as ::pico_auth::__private::Deny>::deny(__pico_auth_refusal);
                }
            };
            if __pico_auth_conditions.needs(0) {
                #[allow(unused_variables)]
                let ctx = __pico_auth_conditions.caller();
                let __pico_auth_outcome = id > 0;
                __pico_auth_conditions.decide(0, __pico_auth_outcome);
            }
            if let ::pico_auth::__private::Result::Err(__pico_auth_refusal) = __pico_auth_conditions
                .finish()
            {
                return <Result<
                    Order,
                    AppError,
                > as ::pico_auth::__private::Deny>::deny(__pico_auth_refusal);
            }
        }
        if false {
            return ::pico_auth::__private::declared::<Result<Order, AppError>>();
        }
        {
            const _: () = ();
            find(id).await
        }
    })
}
