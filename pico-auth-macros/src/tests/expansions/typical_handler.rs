/// Deletes a user.
///
/// **Access:** requires one of roles: `admin`
pub fn delete_user(
    __pico_auth_argument_0: State<Users>,
    __pico_auth_argument_1: Path<UserId>,
) -> impl ::pico_auth::__private::SecuredFuture<Output = Result<StatusCode, AppError>> {
    struct __PicoAuthRule;
    impl ::pico_auth::__private::StaticRule for __PicoAuthRule {
        const RULE: &'static ::pico_auth::__private::Rule = &::pico_auth::__private::Rule::new(
            ::pico_auth::__private::Policy::require(
                ::pico_auth::__private::Requirement::any_role(&["admin"]),
            ),
            ::pico_auth::__private::module_path!(),
            "delete_user",
            ::pico_auth::__private::file!(),
            ::pico_auth::__private::line!(),
        );
    }
    ::pico_auth::__private::secure::<
        __PicoAuthRule,
        _,
    >(async move {
        let __pico_auth_argument_0 = __pico_auth_argument_0;
        let State(users) = __pico_auth_argument_0;
        let __pico_auth_argument_1 = __pico_auth_argument_1;
        let Path(id) = __pico_auth_argument_1;
        if false {
            return ::pico_auth::__private::declared::<Result<StatusCode, AppError>>();
        }
        {
            const _: () = ();
            users.delete(id).await?;
            Ok(StatusCode::NO_CONTENT)
        }
    })
}
