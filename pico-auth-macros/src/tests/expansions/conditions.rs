fn cancel(
    __pico_auth_argument_0: State<Orders>,
    order: Order,
) -> impl ::pico_auth::__private::SecuredFuture<
    Output = ::pico_auth::__private::Result<
        Json<Order>,
        ::pico_auth::__private::AuthClientError,
    >,
> {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
                ::pico_auth::__private::Policy::require(
                    ::pico_auth::__private::Requirement::all(
                        &[
                            ::pico_auth::__private::Requirement::any(
                                &[
                                    ::pico_auth::__private::Requirement::any_role(
                                        &[
                                            const {
                                                #[allow(unused_imports)]
                                                use ::pico_auth::__private::Unnamed as _;
                                                ::pico_auth::__private::role(&AppRole::Admin);
                                                AppRole::Admin.name()
                                            },
                                        ],
                                    ),
                                    ::pico_auth::__private::Requirement::When(0),
                                ],
                            ),
                            ::pico_auth::__private::Requirement::any_scope(
                                &["orders:write"],
                            ),
                            ::pico_auth::__private::Requirement::When(1),
                        ],
                    ),
                ),
                ::pico_auth::__private::module_path!(),
                "cancel",
                ::pico_auth::__private::file!(),
                ::pico_auth::__private::line!(),
            )
            .with_conditions(2);
    }
    ::pico_auth::__private::secure::<
        __PicoAuthRule,
        _,
    >(async move {
        let __pico_auth_argument_0 = __pico_auth_argument_0;
        let State(orders) = __pico_auth_argument_0;
        let order = order;
        {
            let mut __pico_auth_conditions = match ::pico_auth::__private::conditions::<
                __PicoAuthRule,
                2,
            >() {
                ::pico_auth::__private::Result::Ok(__pico_auth_conditions) => {
                    __pico_auth_conditions
                }
                ::pico_auth::__private::Result::Err(__pico_auth_refusal) => {
                    return ::pico_auth::__private::Result::Err(__pico_auth_refusal);
                }
            };
            if __pico_auth_conditions.needs(0) {
                #[allow(unused_variables)]
                let ctx = __pico_auth_conditions.caller();
                let __pico_auth_outcome = ctx.subject() == order.owner;
                __pico_auth_conditions.decide(0, __pico_auth_outcome);
            }
            if __pico_auth_conditions.needs(1) {
                #[allow(unused_variables)]
                let ctx = __pico_auth_conditions.caller();
                let __pico_auth_outcome = orders.is_open(&order).await;
                __pico_auth_conditions.decide(1, __pico_auth_outcome);
            }
            if let ::pico_auth::__private::Result::Err(__pico_auth_refusal) = __pico_auth_conditions
                .finish()
            {
                return ::pico_auth::__private::Result::Err(__pico_auth_refusal);
            }
        }
        let __pico_auth_result = async move {
            if false {
                return ::pico_auth::__private::declared::<Json<Order>>();
            }
            {
                const _: () = ();
                Json(orders.cancel(order).await)
            }
        }
            .await;
        ::pico_auth::__private::Result::<
            _,
            ::pico_auth::__private::AuthClientError,
        >::Ok(__pico_auth_result)
    })
}
