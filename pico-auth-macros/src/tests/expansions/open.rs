/// Says that we are here.
///
/// **Access:** everybody; the token is not looked at (load balancer probe)
fn health() -> impl ::pico_auth::__private::SecuredFuture<Output = &'static str> {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
                ::pico_auth::__private::Policy::AllowAnonymous,
                ::pico_auth::__private::module_path!(),
                "health",
                ::pico_auth::__private::file!(),
                ::pico_auth::__private::line!(),
            )
            .with_reason("load balancer probe");
    }
    ::pico_auth::__private::secure_open::<
        __PicoAuthRule,
        _,
    >(async move {
        if false {
            return ::pico_auth::__private::declared::<&'static str>();
        }
        {
            const _: () = ();
            "ok"
        }
    })
}
