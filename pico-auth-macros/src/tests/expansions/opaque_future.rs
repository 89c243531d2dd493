fn list(
    db: &Db,
) -> impl ::pico_auth::__private::SecuredFuture<
    Output = Result<Vec<User>, AppError>,
> + Send {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
            ::pico_auth::__private::Policy::require(
                ::pico_auth::__private::Requirement::any_group(&["staff"]),
            ),
            ::pico_auth::__private::module_path!(),
            "list",
            ::pico_auth::__private::file!(),
            ::pico_auth::__private::line!(),
        );
    }
    ::pico_auth::__private::secure::<
        __PicoAuthRule,
        _,
    >(async move {
        let __pico_auth_future = (move || { db.users() })();
        __pico_auth_future.await
    })
}
