/// Editors publish.
#[should_panic]
#[::core::prelude::v1::test]
fn alone() -> Result<(), AppError> {
    ::pico_auth::__private::testing::block_on::<
        Result<(), AppError>,
        _,
    >(
        ::pico_auth::__private::testing::caller(
                "u1",
                &[
                    "editor",
                    const {
                        #[allow(unused_imports)]
                        use ::pico_auth::__private::Unnamed as _;
                        ::pico_auth::__private::role(&AppRole::Admin);
                        AppRole::Admin.name()
                    },
                ],
                &[],
                &[],
            )
            .agent::<&'static ::pico_auth::__private::str>("bot", ["orders:*"]),
        async move {
            const _: () = ();
            publish().await
        },
    )
}
#[tokio::test]
async fn beside() {
    ::pico_auth::__private::testing::within::<
        (),
        _,
    >(
            ::pico_auth::__private::testing::caller("u1", &[], &[], &[]),
            async move {
                const _: () = ();
                publish().await;
            },
        )
        .await
}
#[::core::prelude::v1::test]
fn inside() {
    let body = async {
        ::pico_auth::__private::testing::within::<
            (),
            _,
        >(
                ::pico_auth::__private::testing::caller("u1", &[], &[], &[]),
                async {
                    publish().await;
                },
            )
            .await
    };
    return Runtime::new().block_on(body);
}
#[::core::prelude::v1::test]
fn sync() -> impl Termination {
    ::pico_auth::__private::testing::run::<
        _,
        _,
    >(
        ::pico_auth::__private::testing::caller("u1", &[], &[], &[]),
        move || {
            const _: () = ();
            count()
        },
    )
}
#[rstest]
#[case(7)]
#[::pico_auth::__private::testing::test(subject = "u1")]
fn carried(#[case] id: u8) {}
