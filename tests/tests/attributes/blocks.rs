//! Rules on `impl` blocks: every function of the block is behind them, whatever it looks like and
//! whatever stands above it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use pico_auth::rule::{Rule, SecuredFuture};
use pico_auth::{
    AuthClientError, Policy, Requirement, Role, SecurityContext, allow_anonymous, authenticated,
    authorize, requires_group, requires_role, requires_scope,
};

use crate::caller::{
    Ran, admin, admin_by, admin_with_agent, caller, judge, stranger, stranger_by,
    stranger_with_agent,
};

type CallResult = Result<u8, AuthClientError>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One module for each rule, with blocks of all kinds.
macro_rules! on_every_block {
    ($(
        $name:ident: $(#[$($rule:tt)*])+ {
            admits $admitted:expr;
            refuses $($refused:expr),*;
        }
    )+) => { $(
        mod $name {
            use super::*;

            #[derive(Clone)]
            struct Service(u8);

            $(#[$($rule)*])+
            impl Service {
                const SEVEN: u8 = 7;

                async fn associated(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(Self::SEVEN)
                }

                async fn wrapped(ran: &Ran) -> u8 {
                    ran.now();
                    7
                }

                async fn generic<T: Copy + Into<u8>, const N: usize>(ran: &Ran, value: [T; N]) -> CallResult {
                    ran.now();
                    Ok(value[0].into())
                }

                fn sync(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }

                fn boxed(ran: &Ran) -> Pin<Box<dyn Future<Output = CallResult> + Send + '_>> {
                    ran.now();
                    Box::pin(async move { Ok(7) })
                }

                fn opaque(ran: &Ran) -> impl Future<Output = CallResult> + Send {
                    ran.now();
                    async move { Ok(7) }
                }

                async fn by_ref(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                async fn by_mut(&mut self, ran: &Ran) -> CallResult {
                    ran.now();
                    self.0 += 1;
                    Ok(self.0 - 1)
                }

                async fn by_arc(self: Arc<Self>, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                fn sync_method(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                fn boxed_method<'a>(&'a self, ran: &'a Ran) -> BoxFuture<'a, CallResult> {
                    ran.now();
                    Box::pin(async move { Ok(self.0) })
                }

                fn opaque_method(&self, ran: &Ran) -> impl Future<Output = CallResult> {
                    ran.now();
                    async move { Ok(self.0) }
                }

                #[tracing::instrument(skip_all)]
                async fn instrumented(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                #[cfg(all())]
                #[cfg_attr(all(), allow(unused_variables), strangers::times)]
                async fn conditional(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }
            }

            trait Api {
                const SEVEN: u8;
                type Answer;

                async fn in_trait(&self, ran: &Ran) -> CallResult;
                async fn static_in_trait(ran: &Ran) -> CallResult;
                async fn other_name_in_trait(ran: &Ran) -> Self::Answer;
                fn sync_in_trait(&self, ran: &Ran) -> CallResult;
                fn boxed_in_trait<'a>(&'a self, ran: &'a Ran) -> BoxFuture<'a, CallResult>;
                fn opaque_in_trait(&self, ran: &Ran) -> impl Future<Output = CallResult> + Send;
                fn static_opaque_in_trait(ran: &Ran) -> impl Future<Output = CallResult> + Send;
            }

            $(#[$($rule)*])+
            impl Api for Service {
                const SEVEN: u8 = 7;
                type Answer = CallResult;

                async fn in_trait(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                async fn static_in_trait(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(<Self as Api>::SEVEN)
                }

                async fn other_name_in_trait(ran: &Ran) -> Self::Answer {
                    ran.now();
                    Ok(7)
                }

                fn sync_in_trait(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                fn boxed_in_trait<'a>(&'a self, ran: &'a Ran) -> BoxFuture<'a, CallResult> {
                    ran.now();
                    Box::pin(async move { Ok(self.0) })
                }

                fn opaque_in_trait(&self, ran: &Ran) -> impl Future<Output = CallResult> + Send {
                    ran.now();
                    async move { Ok(self.0) }
                }

                fn static_opaque_in_trait(ran: &Ran) -> impl Future<Output = CallResult> + Send {
                    ran.now();
                    async move { Ok(7) }
                }
            }

            #[async_trait]
            trait DynApi {
                async fn dynamic(&self, ran: &Ran) -> CallResult;
                async fn dynamic_static(ran: &Ran) -> CallResult where Self: Sized;
            }

            struct Above(u8);

            $(#[$($rule)*])+
            #[async_trait]
            impl DynApi for Above {
                async fn dynamic(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                async fn dynamic_static(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }
            }

            struct Below(u8);

            #[async_trait]
            $(#[$($rule)*])+
            impl DynApi for Below {
                async fn dynamic(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                #[tracing::instrument(skip_all)]
                async fn dynamic_static(ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(7)
                }
            }

            struct Generic<T>(T);

            $(#[$($rule)*])+
            impl<'a, T> Generic<&'a T>
            where
                T: Copy + Into<u8>,
                for<'b> &'b T: Copy,
            {
                #![allow(clippy::needless_lifetimes)]

                async fn generic_block(ran: &Ran, value: &'a T) -> CallResult {
                    ran.now();
                    Ok((*Self(value).0).into())
                }

                fn generic_block_sync(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok((*self.0).into())
                }
            }

            struct Added;

            $(#[$($rule)*])+
            #[strangers::adds]
            impl Added {}

            on_every_block! { @test $admitted; [$($refused),*];
                associated = async |ran| Service::associated(ran).await;
                wrapped = async |ran| Service::wrapped(ran).await;
                generic = async |ran| Service::generic(ran, [7]).await;
                sync = async |ran| Service::sync(ran);
                boxed = async |ran| Service::boxed(ran).await;
                opaque = async |ran| Service::opaque(ran).await;
                by_ref = async |ran| Service(7).by_ref(ran).await;
                by_mut = async |ran| Service(7).by_mut(ran).await;
                by_arc = async |ran| Arc::new(Service(7)).by_arc(ran).await;
                sync_method = async |ran| Service(7).sync_method(ran);
                boxed_method = async |ran| Service(7).boxed_method(ran).await;
                opaque_method = async |ran| Service(7).opaque_method(ran).await;
                instrumented = async |ran| Service(7).instrumented(ran).await;
                conditional = async |ran| Service::conditional(ran).await;
                in_trait = async |ran| Service(7).in_trait(ran).await;
                static_in_trait = async |ran| Service::static_in_trait(ran).await;
                other_name_in_trait = async |ran| Service::other_name_in_trait(ran).await;
                sync_in_trait = async |ran| Service(7).sync_in_trait(ran);
                boxed_in_trait = async |ran| Service(7).boxed_in_trait(ran).await;
                opaque_in_trait = async |ran| Service(7).opaque_in_trait(ran).await;
                static_opaque_in_trait = async |ran| Service::static_opaque_in_trait(ran).await;
                above_async_trait = async |ran| Above(7).dynamic(ran).await;
                above_async_trait_static = async |ran| Above::dynamic_static(ran).await;
                below_async_trait = async |ran| Below(7).dynamic(ran).await;
                below_async_trait_static = async |ran| Below::dynamic_static(ran).await;
                generic_block = async |ran| Generic::generic_block(ran, &7).await;
                generic_block_sync = async |ran| Generic(&7).generic_block_sync(ran);
                a_function_that_another_attribute_adds_to_the_block = async |ran| Added::added(ran).await;
            }
        }
    )+ };

    (@test $admitted:expr; $refused:tt; $($name:ident = $call:expr;)+) => {
        mod judged {
            use super::*;
            $(
                #[tokio::test]
                async fn $name() {
                    let refused: &[SecurityContext] = &$refused;
                    judge($call, $admitted, refused).await;
                }
            )+
        }
    };
}

on_every_block! {
    role: #[requires_role("admin")] {
        admits admin();
        refuses stranger(), caller("viewer", "admin");
    }
    group: #[requires_group("staff")] {
        admits admin();
        refuses stranger();
    }
    scope: #[requires_scope(all("orders:read", "orders:write"))] {
        admits admin();
        refuses stranger(), caller("admin", "orders:write");
    }
    agent_scope: #[pico_auth::requires_agent_scope("audit:run")] {
        admits stranger_with_agent(&["audit:*"]);
        refuses admin(), admin_with_agent(&["audit:see"]);
    }
    authentication: #[pico_auth::requires_authentication(acr = "mfa", max_age_seconds = 300)] {
        admits stranger_by("mfa", 300);
        refuses admin(), admin_by("pwd", 0), admin_by("mfa", 301);
    }
    authenticated: #[authenticated] {
        admits stranger();
        refuses;
    }
    parts: #[authorize(any(role("admin"), scope("x")), policy = super::STAFF)] {
        admits admin();
        refuses stranger(), caller("viewer", "y");
    }
    stacked: #[requires_role("admin")] #[requires_scope("orders:read")] {
        admits admin();
        refuses stranger(), caller("admin", "orders"), caller("viewer", "orders:read");
    }
    conditional: #[cfg_attr(all(), requires_role("admin"))] #[authorize(group("staff"))] {
        admits admin();
        refuses stranger(), caller("viewer", "");
    }
}

const STAFF: Policy = Policy::require(Requirement::any_group(&["staff"]));

#[derive(Role)]
#[role(rename_all = "lowercase")]
enum AppRole {
    Admin,
}

/// What functions of a block say of themselves.
struct Orders(u8);

#[requires_role("admin")]
impl Orders {
    #[requires_scope("orders:read")]
    async fn added(ran: &Ran) -> CallResult {
        ran.now();
        Ok(7)
    }

    #[tracing::instrument(skip_all)]
    #[requires_scope("orders:read")]
    fn added_sync(&self, ran: &Ran) -> CallResult {
        ran.now();
        Ok(self.0)
    }

    #[authorize(when(ctx.has_scope(wanted)))]
    async fn added_condition(ran: &Ran, wanted: &str) -> CallResult {
        ran.now();
        Ok(7)
    }

    #[authorize(after = |ctx, out| ctx.has_scope("orders:read") && *out == 7)]
    async fn added_after(ran: &Ran) -> CallResult {
        ran.now();
        Ok(7)
    }

    #[authenticated]
    async fn said_again(ran: &Ran) -> CallResult {
        ran.now();
        Ok(7)
    }

    #[requires_role("admin")]
    #[requires_group("staff")]
    async fn repeated(ran: &Ran) -> CallResult {
        ran.now();
        Ok(7)
    }

    #[allow_anonymous(reason = "a price list is public")]
    async fn open() -> u8 {
        7
    }

    #[cfg_attr(all(), allow_anonymous(reason = "a price list is public"))]
    #[tracing::instrument]
    async fn open_if() -> u8 {
        7
    }

    #[allow_anonymous(reason = "builds the service")]
    fn new() -> Self {
        Self(7)
    }

    #[allow_anonymous(reason = "a limit is no secret")]
    const fn limit() -> u8 {
        7
    }

    #[allow_anonymous(reason = "a C library calls it back")]
    extern "C" fn callback() -> u8 {
        7
    }

    async fn closed(ran: &Ran) -> CallResult {
        ran.now();
        Ok(7)
    }

    // On another configuration it would be open.
    #[cfg_attr(any(), allow_anonymous(reason = "never"))]
    async fn closed_here(ran: &Ran) -> CallResult {
        ran.now();
        Ok(7)
    }
}

fn rule_of<F: SecuredFuture>(_: &F) -> &'static Rule {
    F::RULE
}

#[tokio::test]
async fn a_rule_of_a_function_is_added_to_that_of_its_block() {
    let refused = || {
        [
            stranger(),
            caller("viewer", "orders:read"),
            caller("admin", "x"),
        ]
    };
    judge(
        async |ran: &Ran| Orders::added(ran).await,
        admin(),
        &refused(),
    )
    .await;
    judge(
        async |ran: &Ran| Orders::new().added_sync(ran),
        admin(),
        &refused(),
    )
    .await;
    let condition = async |ran: &Ran| Orders::added_condition(ran, "orders:read").await;
    judge(condition, admin(), &refused()).await;
    let ran = Ran::default();
    for caller in refused() {
        assert!(caller.scope(Orders::added_after(&ran)).await.is_err());
    }
    assert_eq!(admin().scope(Orders::added_after(&ran)).await.unwrap(), 7);
}

#[tokio::test]
async fn what_the_block_says_already_may_be_said_again() {
    let refused = [stranger(), caller("viewer", "")];
    judge(
        async |ran: &Ran| Orders::said_again(ran).await,
        admin(),
        &refused,
    )
    .await;
    judge(
        async |ran: &Ran| Orders::repeated(ran).await,
        admin(),
        &refused,
    )
    .await;
    let ran = Ran::default();
    assert_eq!(*rule_of(&Orders::repeated(&ran)).policy(), BOTH);
}

const BOTH: Policy = Policy::require(Requirement::all(&[
    Requirement::any_role(&["admin"]),
    Requirement::any_group(&["staff"]),
]));

#[tokio::test]
async fn allow_anonymous_replaces_the_rule_of_the_block_and_only_there() {
    assert_eq!(Orders::open().await, 7);
    assert_eq!(Orders::open_if().await, 7);
    assert_eq!(Orders::limit(), 7);
    assert_eq!(Orders::callback(), 7);
    let rule = rule_of(&Orders::open());
    assert_eq!(*rule.policy(), Policy::AllowAnonymous);
    assert_eq!(rule.reason(), Some("a price list is public"));

    let refused = [stranger(), caller("viewer", "")];
    judge(
        async |ran: &Ran| Orders::closed(ran).await,
        admin(),
        &refused,
    )
    .await;
    judge(
        async |ran: &Ran| Orders::closed_here(ran).await,
        admin(),
        &refused,
    )
    .await;
    assert_eq!(rule_of(&Orders::closed(&Ran::default())).reason(), None);
}

/// It copies the body to check its types, with the rule in place or without.
#[tokio::test]
async fn a_handler_of_a_block_is_checked_by_axum() {
    struct Pages;
    #[requires_role("admin")]
    #[requires_group("staff")]
    impl Pages {
        #[axum::debug_handler]
        async fn first() -> &'static str {
            "first"
        }

        #[requires_scope("orders:read")]
        #[tracing::instrument]
        #[axum::debug_handler]
        async fn second() -> Result<&'static str, AuthClientError> {
            Ok("second")
        }
    }
    for caller in [stranger(), caller("viewer", "orders:read")] {
        assert!(caller.clone().scope(Pages::first()).await.is_err());
        let second = Pages::second();
        assert!(caller.scope(second).await.is_err());
    }
    assert!(caller("admin", "").scope(Pages::second()).await.is_err());
    assert_eq!(admin().scope(Pages::first()).await.unwrap(), "first");
    assert!(admin().scope(Pages::second()).await.is_ok());
}

/// The rule of the block comes when another attribute has taken all that stood on the functions.
#[tokio::test]
async fn a_block_on_whose_functions_nothing_is_left_is_ruled() {
    struct Service;
    #[requires_role("admin")]
    #[strangers::drops_inside]
    impl Service {
        #[strangers::drops]
        #[tracing::instrument]
        async fn bare(ran: &Ran) -> CallResult {
            ran.now();
            Ok(7)
        }
    }
    let refused = [stranger(), caller("viewer", "")];
    judge(
        async |ran: &Ran| Service::bare(ran).await,
        admin(),
        &refused,
    )
    .await;
}

/// Another attribute of the block sees them first, and leaves them.
#[tokio::test]
async fn rules_of_functions_outlive_another_attribute_of_their_block() {
    struct Service;
    #[requires_role("admin")]
    #[strangers::leaves]
    impl Service {
        #[requires_scope("orders:read")]
        async fn both(ran: &Ran) -> CallResult {
            ran.now();
            Ok(7)
        }

        #[cfg_attr(all(), allow_anonymous(reason = "a price list is public"))]
        async fn open() -> u8 {
            7
        }
    }
    let refused = [
        stranger(),
        caller("viewer", "orders:read"),
        caller("admin", "x"),
    ];
    judge(
        async |ran: &Ran| Service::both(ran).await,
        admin(),
        &refused,
    )
    .await;
    assert_eq!(Service::open().await, 7);
}

/// A trait's implementation is as long as the trait says, so its open functions say so, too.
#[tokio::test]
async fn a_function_of_a_trait_can_be_open() {
    trait Health {
        async fn alive(&self) -> bool;
        async fn name() -> &'static str;
        fn close(&mut self) -> CallResult;
    }
    struct Service;
    #[requires_role(AppRole::Admin)]
    impl Health for Service {
        #[allow_anonymous(reason = "load balancer probe")]
        async fn alive(&self) -> bool {
            true
        }
        #[allow_anonymous(reason = "load balancer probe")]
        async fn name() -> &'static str {
            "service"
        }
        fn close(&mut self) -> CallResult {
            Ok(7)
        }
    }

    assert!(Service.alive().await);
    assert_eq!(Service::name().await, "service");
    assert!(Service.close().is_err());
    assert_eq!(admin().sync_scope(|| Service.close()).unwrap(), 7);
}

/// What a `macro_rules!` has matched comes in groups that nobody sees.
#[tokio::test]
async fn a_block_that_a_macro_writes_is_ruled() {
    macro_rules! block {
        ($name:ident, $ty:ty, $($function:item)+) => {
            struct $name;
            #[requires_role("admin")]
            impl $name {
                const A: $ty = 7;
                $($function)+
            }
        };
    }
    macro_rules! whole {
        ($block:item) => {
            #[requires_role("admin")]
            $block
        };
    }
    block! {
        Few, u8,
        async fn first(ran: &Ran) -> CallResult { ran.now(); Ok(Few::A) }
        async fn second(ran: &Ran) -> CallResult { ran.now(); Ok(7) }
    }
    struct Whole;
    whole! {
        impl Whole {
            fn all(ran: &Ran) -> CallResult { ran.now(); Ok(7) }
        }
    }
    let refused = [stranger(), caller("viewer", "")];
    judge(async |ran: &Ran| Few::first(ran).await, admin(), &refused).await;
    judge(async |ran: &Ran| Few::second(ran).await, admin(), &refused).await;
    judge(async |ran: &Ran| Whole::all(ran), admin(), &refused).await;
}
