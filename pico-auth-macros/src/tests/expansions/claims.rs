#[automatically_derived]
#[allow(deprecated)]
impl<T> ::pico_auth::__private::FromClaims for MyClaims<T>
where
    T: ::pico_auth::__private::ClaimValue,
    Self: ::pico_auth::__private::Send + ::pico_auth::__private::Sync + 'static,
{
    const NAMED: ::pico_auth::__private::Named = ::pico_auth::__private::field::beside(
        ::pico_auth::__private::Named::NOTHING.subject().roles().scopes(),
        <Rest as ::pico_auth::__private::FromClaims>::NAMED,
    );
    const READ_ONCE: ::pico_auth::__private::bool = false;
    fn from_claims(
        __pico_auth_claims: &::pico_auth::__private::RawClaims,
    ) -> ::pico_auth::__private::Result<Self, ::pico_auth::__private::ClaimError> {
        let __pico_auth_field_id: String = ::pico_auth::__private::field::value::<
            String,
        >(
            __pico_auth_claims,
            &::pico_auth::__private::field::Source {
                name: "sub",
                path: &["sub"],
            },
        )?;
        ::pico_auth::__private::field::subject::<String>(&__pico_auth_field_id, "sub")?;
        let __pico_auth_field_roles: Vec<String> = ::pico_auth::__private::field::list::<
            Vec<String>,
        >(
            __pico_auth_claims,
            "realm_access.roles or resource_access.\"my.client\".roles",
            &[
                ::pico_auth::__private::field::Source {
                    name: "realm_access.roles",
                    path: &["realm_access", "roles"],
                },
                ::pico_auth::__private::field::Source {
                    name: "resource_access.\"my.client\".roles",
                    path: &["resource_access", "my.client", "roles"],
                },
            ],
            ::pico_auth::__private::field::Forms {
                array: true,
                string: false,
                space_separated: false,
            },
        )?;
        let __pico_auth_field_scope: Vec<String> = ::pico_auth::__private::field::list_or::<
            Vec<String>,
        >(
            __pico_auth_claims,
            "scope",
            &[
                ::pico_auth::__private::field::Source {
                    name: "scope",
                    path: &["scope"],
                },
            ],
            ::pico_auth::__private::field::Forms {
                array: false,
                string: false,
                space_separated: true,
            },
            || {
                let __pico_auth_default: fn() -> Vec<String> = <Vec<
                    String,
                > as ::pico_auth::__private::Default>::default;
                ::pico_auth::__private::Option::Some(__pico_auth_default())
            },
        )?;
        let __pico_auth_field_tenant: T = ::pico_auth::__private::field::value::<
            T,
        >(
            __pico_auth_claims,
            &::pico_auth::__private::field::Source {
                name: "tenant",
                path: &["tenant"],
            },
        )?;
        ::pico_auth::__private::field::checked(
            known(&__pico_auth_field_tenant),
            "tenant",
        )?;
        let __pico_auth_field_plan: Plan = ::pico_auth::__private::field::deserialized_or::<
            Plan,
        >(
            __pico_auth_claims,
            &::pico_auth::__private::field::Source {
                name: "plan",
                path: &["plan"],
            },
            || {
                let __pico_auth_default: fn() -> Plan = free;
                ::pico_auth::__private::Option::Some(__pico_auth_default())
            },
        )?;
        let __pico_auth_field_rest: Rest = <Rest as ::pico_auth::__private::FromClaims>::from_claims(
            __pico_auth_claims,
        )?;
        let __pico_auth_whole = Self {
            id: __pico_auth_field_id,
            roles: __pico_auth_field_roles,
            scope: __pico_auth_field_scope,
            tenant: __pico_auth_field_tenant,
            plan: __pico_auth_field_plan,
            rest: __pico_auth_field_rest,
        };
        ::pico_auth::__private::field::checked(consistent(&__pico_auth_whole), "")?;
        ::pico_auth::__private::Result::Ok(__pico_auth_whole)
    }
    fn grants(&self) -> ::pico_auth::__private::Grants {
        ::pico_auth::__private::Grants::new()
            .and(<Rest as ::pico_auth::__private::FromClaims>::grants(&self.rest))
            .subject::<String>(&self.id)
            .roles::<Vec<String>>(&self.roles)
            .scopes::<Vec<String>>(&self.scope)
    }
}
#[automatically_derived]
impl<T> ::pico_auth::__private::ClaimValue for MyClaims<T>
where
    T: ::pico_auth::__private::ClaimValue,
    Self: ::pico_auth::__private::Send + ::pico_auth::__private::Sync + 'static,
{
    const READ_ONCE: ::pico_auth::__private::bool = <Self as ::pico_auth::__private::FromClaims>::READ_ONCE;
    const GRANTS: ::pico_auth::__private::bool = ::pico_auth::__private::field::grants(
        <Self as ::pico_auth::__private::FromClaims>::NAMED,
    );
    fn from_value(
        __pico_auth_value: &::pico_auth::__private::Value,
    ) -> ::pico_auth::__private::Result<Self, ::pico_auth::__private::ClaimError> {
        ::pico_auth::__private::field::object(__pico_auth_value)
    }
}
