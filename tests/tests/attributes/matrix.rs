//! Every attribute in every position.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use pico_auth::AuthClientError;

use crate::caller::{
    Ran, admin, admin_by, admin_with_agent, caller, judge, stranger, stranger_by,
    stranger_with_agent,
};

type CallResult = Result<u8, AuthClientError>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One module for each rule, with a function in each position, and a test for each function.
macro_rules! in_every_position {
    ($(
        $name:ident: $(#[$($rule:tt)*])+ {
            admits $admitted:expr;
            refuses $($refused:expr),*;
        }
    )+) => { $(
        mod $name {
            use super::*;

            $(#[$($rule)*])+
            async fn free(ran: &Ran) -> CallResult {
                ran.now();
                Ok(7)
            }

            $(#[$($rule)*])+
            async fn wrapped(ran: &Ran) -> u8 {
                ran.now();
                7
            }

            $(#[$($rule)*])+
            fn sync(ran: &Ran) -> CallResult {
                ran.now();
                Ok(7)
            }

            $(#[$($rule)*])+
            async fn generic<T, const N: usize>(ran: &Ran, value: [T; N]) -> CallResult
            where
                T: Copy + Send + Into<u8>,
            {
                ran.now();
                Ok(value[0].into())
            }

            $(#[$($rule)*])+
            async fn anonymous_generic(ran: &Ran, value: impl Into<u8>) -> CallResult {
                ran.now();
                Ok(value.into())
            }

            $(#[$($rule)*])+
            fn boxed<'a>(ran: &'a Ran) -> Pin<Box<dyn Future<Output = CallResult> + Send + 'a>> {
                ran.now(); // the eager part of the body is protected, too
                Box::pin(async move { Ok(7) })
            }

            $(#[$($rule)*])+
            fn aliased(ran: &Ran) -> BoxFuture<'_, CallResult> {
                ran.now();
                Box::pin(async move { Ok(7) })
            }

            $(#[$($rule)*])+
            fn opaque(ran: &Ran) -> impl Future<Output = CallResult> + Send {
                ran.now();
                async move { Ok(7) }
            }

            #[derive(Clone)]
            struct Service(u8);

            impl Service {
                $(#[$($rule)*])+
                async fn associated(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(Self(7).0)
                }

                $(#[$($rule)*])+
                async fn by_ref(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                async fn by_mut(&mut self, ran: &Ran) -> CallResult {
                    ran.now();
                    self.0 += 1;
                    Ok(self.0 - 1)
                }

                $(#[$($rule)*])+
                async fn by_value(self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                async fn by_box(self: Box<Self>, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                async fn by_arc(self: Arc<Self>, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                fn sync_method(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                fn boxed_method<'a>(&'a self, ran: &'a Ran) -> BoxFuture<'a, CallResult> {
                    ran.now();
                    Box::pin(async move { Ok(self.0) })
                }

                $(#[$($rule)*])+
                fn opaque_method(&self, ran: &Ran) -> impl Future<Output = CallResult> {
                    ran.now();
                    async move { Ok(self.0) }
                }
            }

            trait Api {
                async fn in_trait(&self, ran: &Ran) -> CallResult;
                async fn static_in_trait(ran: &Ran) -> CallResult;
                fn sync_in_trait(&self, ran: &Ran) -> CallResult;
                fn opaque_in_trait(&self, ran: &Ran) -> impl Future<Output = CallResult> + Send;

                $(#[$($rule)*])+
                async fn provided(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }
            }

            impl Api for Service {
                $(#[$($rule)*])+
                async fn in_trait(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                async fn static_in_trait(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }

                $(#[$($rule)*])+
                fn sync_in_trait(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                fn opaque_in_trait(&self, ran: &Ran) -> impl Future<Output = CallResult> + Send {
                    ran.now();
                    async move { Ok(self.0) }
                }
            }

            #[async_trait]
            trait DynApi {
                async fn dynamic(&self, ran: &Ran) -> CallResult;
                async fn dynamic_static(ran: &Ran) -> CallResult where Self: Sized;
            }

            #[async_trait]
            impl DynApi for Service {
                $(#[$($rule)*])+
                async fn dynamic(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                async fn dynamic_static(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }
            }

            in_every_position! { @test $admitted; [$($refused),*];
                free = async |ran| super::free(ran).await;
                wrapped = async |ran| super::wrapped(ran).await;
                sync = async |ran| super::sync(ran);
                generic = async |ran| super::generic(ran, [7]).await;
                anonymous_generic = async |ran| super::anonymous_generic(ran, 7).await;
                boxed = async |ran| super::boxed(ran).await;
                aliased = async |ran| super::aliased(ran).await;
                opaque = async |ran| super::opaque(ran).await;
                associated = async |ran| Service::associated(ran).await;
                by_ref = async |ran| Service(7).by_ref(ran).await;
                by_mut = async |ran| Service(7).by_mut(ran).await;
                by_value = async |ran| Service(7).by_value(ran).await;
                by_box = async |ran| Box::new(Service(7)).by_box(ran).await;
                by_arc = async |ran| Arc::new(Service(7)).by_arc(ran).await;
                sync_method = async |ran| Service(7).sync_method(ran);
                boxed_method = async |ran| Service(7).boxed_method(ran).await;
                opaque_method = async |ran| Service(7).opaque_method(ran).await;
                in_trait = async |ran| Service(7).in_trait(ran).await;
                static_in_trait = async |ran| Service::static_in_trait(ran).await;
                sync_in_trait = async |ran| Service(7).sync_in_trait(ran);
                opaque_in_trait = async |ran| Service(7).opaque_in_trait(ran).await;
                provided = async |ran| Service(7).provided(ran).await;
                dynamic = async |ran| Service(7).dynamic(ran).await;
                dynamic_static = async |ran| Service::dynamic_static(ran).await;
            }
        }
    )+ };
    (@test $admitted:expr; $refused:tt; $($position:ident = async |$ran:ident| $call:expr;)+) => {
        mod tests {
            use super::*;
            $(
                #[tokio::test]
                async fn $position() {
                    judge(async |$ran: &Ran| $call, $admitted, &$refused).await;
                }
            )+
        }
    };
}

in_every_position! {
    role: #[pico_auth::requires_role("admin")] {
        admits admin();
        refuses stranger(), caller("viewer", "admin");
    }
    one_of_two_roles: #[pico_auth::requires_role("editor", "admin")] {
        admits admin();
        refuses stranger();
    }
    group: #[pico_auth::requires_group("staff")] {
        admits admin();
        refuses stranger();
    }
    scope: #[pico_auth::requires_scope("orders:read")] {
        admits admin();
        refuses stranger(), caller("orders:read", "orders:write");
    }
    any_scope: #[pico_auth::requires_scope(any("orders:read", "orders:admin"))] {
        admits admin();
        refuses stranger(), caller("admin", "orders:write");
    }
    all_scopes: #[pico_auth::requires_scope(all("orders:read", "orders:write"))] {
        admits admin();
        refuses stranger(), caller("admin", "orders:write"), caller("admin", "orders:read");
    }
    agent_scope: #[pico_auth::requires_agent_scope("audit:run")] {
        admits stranger_with_agent(&["audit:*"]);
        refuses admin(), caller("admin", "audit:run"), admin_with_agent(&["audit:see"]);
    }
    any_agent_scope: #[pico_auth::requires_agent_scope(any("audit:run", "audit:see"))] {
        admits stranger_with_agent(&["audit:see"]);
        refuses admin(), admin_with_agent(&["audit"]);
    }
    all_agent_scopes: #[pico_auth::requires_agent_scope(all("audit:run", "audit:see"))] {
        admits stranger_with_agent(&["audit:see", "audit:run"]);
        refuses admin(), admin_with_agent(&["audit:see"]);
    }
    authentication: #[pico_auth::requires_authentication(acr = "mfa", max_age_seconds = 300)] {
        admits stranger_by("mfa", 300);
        refuses admin(), caller("mfa", "mfa"), admin_by("pwd", 0), admin_by("mfa", 301);
    }
    role_and_authentication:
        #[pico_auth::requires_authentication(acr("mfa", "phr"))]
        #[pico_auth::requires_role("admin")]
    {
        admits admin_by("phr", 100_000);
        refuses admin(), stranger_by("phr", 0), admin_by("pwd", 0), admin_by("MFA", 0);
    }
    authentication_in_a_rule:
        #[pico_auth::authorize(all(role("admin"), authentication(max_age_seconds = 300)))]
    {
        admits admin_by("pwd", 300);
        refuses admin(), stranger_by("mfa", 0), admin_by("mfa", 301);
    }
    authenticated: #[pico_auth::authenticated] {
        admits stranger();
        refuses;
    }
    stacked: #[pico_auth::requires_role("admin")] #[pico_auth::requires_scope("orders:read")] {
        admits admin();
        refuses stranger(), caller("admin", "orders"), caller("viewer", "orders:read");
    }
    stacked_three:
        #[pico_auth::requires_role("admin", "owner")]
        #[pico_auth::requires_group("staff")]
        #[pico_auth::requires_agent_scope("audit:run")]
    {
        admits admin_with_agent(&["*"]);
        refuses admin(), stranger_with_agent(&["*"]), caller("x", "");
    }
}
