fn orders(
    __pico_auth_argument_0: Permit,
    __pico_auth_argument_1: u8,
    page: u32,
) -> impl vendored::pico_auth::__private::SecuredFuture<
    Output = vendored::pico_auth::__private::Result<
        Json<Vec<Order>>,
        vendored::pico_auth::__private::AuthClientError,
    >,
> {
    struct __PicoAuthRule;
    impl vendored::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static vendored::pico_auth::__private::Rule = &vendored::pico_auth::__private::Rule::new(
            vendored::pico_auth::__private::Policy::require(
                vendored::pico_auth::__private::Requirement::all(
                    &[
                        vendored::pico_auth::__private::Requirement::any_role(
                            &["admin", "owner"],
                        ),
                        vendored::pico_auth::__private::Requirement::all_scopes(
                            &["orders:read", "orders:write"],
                        ),
                    ],
                ),
            ),
            vendored::pico_auth::__private::module_path!(),
            "orders",
            vendored::pico_auth::__private::file!(),
            vendored::pico_auth::__private::line!(),
        );
    }
    vendored::pico_auth::__private::secure_mapped::<
        __PicoAuthRule,
        _,
    >(async move {
        let __pico_auth_argument_0 = __pico_auth_argument_0;
        let __pico_auth_argument_1 = __pico_auth_argument_1;
        #[allow(clippy::no_effect_underscore_binding)]
        let _unused = __pico_auth_argument_1;
        let mut page = page;
        if false {
            return vendored::pico_auth::__private::declared::<Json<Vec<Order>>>();
        }
        {
            const _: () = ();
            page += 1;
            load(page).await
        }
    })
}
