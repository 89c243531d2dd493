//! `#[authorize(..)]`: composite rules, conditions on the request and on the result.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::response::{IntoResponse, Response};
use pico_auth::{
    AuthClientError, AuthUnavailableError, Dependency, Policy, PolicyDecider, Requirement, Role,
    SecurityContext, authenticated, authorize, requires_role,
};

use crate::caller::{Ran, admin, caller, judge, stranger};

type CallResult = Result<u8, AuthClientError>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Role)]
#[role(rename_all = "lowercase")]
enum AppRole {
    #[role(implies(Editor))]
    Admin,
    #[role(implies(Viewer))]
    Editor,
    Viewer,
}

const STAFF: Policy = Policy::require(Requirement::any_group(&["staff"]));

/// A thing with an owner. Neither `Copy` nor `Clone`: conditions borrow.
struct Order {
    owner: String,
}

fn order(owner: &str) -> Order {
    Order {
        owner: owner.to_owned(),
    }
}

async fn is_open(order: &Order) -> bool {
    tokio::task::yield_now().await;
    order.owner != "closed"
}

/// One module for each rule, with a function in each position.
macro_rules! in_every_position {
    ($order:ident: $(
        $name:ident: $(#[$($rule:tt)*])+ {
            admits $($admitted:expr),+;
            refuses $($refused:expr),*;
        }
    )+) => { $(
        #[allow(unused_imports)]
        mod $name {
            use super::*;

            $(#[$($rule)*])+
            async fn free(ran: &Ran, $order: Order) -> CallResult {
                ran.now();
                drop($order);
                Ok(7)
            }

            $(#[$($rule)*])+
            async fn wrapped(ran: &Ran, $order: Order) -> u8 {
                ran.now();
                drop($order);
                if ran.times() > 0 {
                    return 7;
                }
                8
            }

            $(#[$($rule)*])+
            fn sync(ran: &Ran, $order: Order) -> CallResult {
                ran.now();
                drop($order);
                Ok(7)
            }

            $(#[$($rule)*])+
            async fn pattern(ran: &Ran, Wrapper($order): Wrapper, _: u8, _unused: &str) -> CallResult {
                ran.now();
                drop($order);
                Ok(7)
            }

            $(#[$($rule)*])+
            fn boxed<'a>(ran: &'a Ran, $order: Order) -> BoxFuture<'a, CallResult> {
                ran.now();
                Box::pin(async move {
                    drop($order);
                    Ok(7)
                })
            }

            $(#[$($rule)*])+
            fn opaque(ran: &Ran, $order: Order) -> impl Future<Output = CallResult> + Send {
                ran.now();
                async move {
                    drop($order);
                    Ok(7)
                }
            }

            struct Service(u8);
            struct Wrapper(Order);

            impl Service {
                $(#[$($rule)*])+
                async fn by_ref(&self, ran: &Ran, $order: Order) -> CallResult {
                    ran.now();
                    drop($order);
                    Ok(self.0)
                }

                $(#[$($rule)*])+
                async fn by_mut(&mut self, ran: &Ran, $order: Order) -> CallResult {
                    ran.now();
                    self.0 += 1;
                    drop($order);
                    Ok(self.0 - 1)
                }

                $(#[$($rule)*])+
                fn sync_method(&self, ran: &Ran, $order: Order) -> CallResult {
                    ran.now();
                    drop($order);
                    Ok(self.0)
                }
            }

            #[async_trait]
            trait Api {
                async fn dynamic(&self, ran: &Ran, $order: Order) -> CallResult;
            }

            #[async_trait]
            impl Api for Service {
                $(#[$($rule)*])+
                async fn dynamic(&self, ran: &Ran, $order: Order) -> CallResult {
                    ran.now();
                    drop($order);
                    Ok(self.0)
                }
            }

            in_every_position! { @test [$($admitted),+]; [$($refused),*];
                free = async |ran, order| super::free(ran, order).await;
                wrapped = async |ran, order| super::wrapped(ran, order).await;
                sync = async |ran, order| super::sync(ran, order);
                pattern = async |ran, order| super::pattern(ran, super::Wrapper(order), 1, "").await;
                boxed = async |ran, order| super::boxed(ran, order).await;
                opaque = async |ran, order| super::opaque(ran, order).await;
                by_ref = async |ran, order| Service(7).by_ref(ran, order).await;
                by_mut = async |ran, order| Service(7).by_mut(ran, order).await;
                sync_method = async |ran, order| Service(7).sync_method(ran, order);
                dynamic = async |ran, order| Service(7).dynamic(ran, order).await;
            }
        }
    )+ };
    (@test $admitted:tt; $refused:tt;
        $($position:ident = async |$ran:ident, $order:ident| $call:expr;)+
    ) => {
        mod tests {
            use super::*;
            $(
                #[tokio::test]
                async fn $position() {
                    for admitted in $admitted {
                        let call = async |$ran: &Ran| {
                            let $order = super::super::order("alice");
                            $call
                        };
                        judge(call, admitted, &$refused).await;
                    }
                }
            )+
        }
    };
}

in_every_position! { order:
    composite: #[authorize(any(role("owner"), all(group("staff"), scope("orders:read"))))] {
        admits admin(), caller("owner", "x");
        refuses stranger(), caller("viewer", "orders:write");
    }
    negated: #[authorize(not(role("Admin", "nobody")))] {
        admits admin();
        refuses stranger();
    }
    typed: #[authorize(role(AppRole::Admin, "owner"))] {
        admits admin(), caller("owner", "x");
        refuses stranger(), caller("viewer", "x");
    }
    every_role: #[authorize(role(all(AppRole::Admin, "admin")))] {
        admits admin();
        refuses stranger(), caller("viewer", "x");
    }
    named: #[authorize(policy = STAFF)] {
        admits admin();
        refuses stranger();
    }
    named_and_rule: #[authorize(role("admin"), policy = STAFF)] {
        admits admin();
        refuses stranger(), caller("viewer", "x"), SecurityContext::test("a").role("admin").build();
    }
    condition: #[authorize(when(ctx.subject() == order.owner))] {
        admits admin();
        refuses stranger(), SecurityContext::test("bob").role("admin").build();
    }
    condition_or_role: #[authorize(any(role("root"), when(ctx.subject() == order.owner)))] {
        admits admin(), SecurityContext::test("bob").role("root").build();
        refuses stranger();
    }
    not_condition: #[authorize(not(when(ctx.subject() != order.owner)))] {
        admits admin();
        refuses stranger();
    }
    stacked_conditions:
        #[authorize(when(ctx.subject() == order.owner))]
        #[requires_role("admin")]
        #[authorize(any(when(order.owner.is_empty()), when(ctx.has_group("staff"))))]
    {
        admits admin();
        refuses stranger(), caller("viewer", "x"), SecurityContext::test("bob").role("admin").build();
    }
    after_result: #[authorize(after = |ctx, out| *out == 7 && ctx.subject() != "nobody")] {
        admits admin(), stranger();
        refuses;
    }
    before_and_after: #[authorize(when(ctx.subject() == order.owner), after = |_, _| true)] {
        admits admin();
        refuses stranger();
    }
}

#[authorize(when(is_open(&order).await && ctx.subject() == order.owner))]
async fn awaits(order: Order) -> String {
    order.owner
}

#[tokio::test]
async fn conditions_may_wait() {
    let answer = admin().scope(awaits(order("alice"))).await;
    assert_eq!(answer.unwrap(), "alice");
    let refusal = admin().scope(awaits(order("closed"))).await.unwrap_err();
    assert_eq!(refusal.to_string(), "Requires a condition on the request");
}

/// The future of a function with conditions is `Send` where it was without.
#[test]
fn stays_send() {
    fn send(_: impl Send) {}
    send(awaits(order("alice")));
}

#[tokio::test]
async fn conditions_are_asked_only_where_they_matter() {
    #[authorize(any(
        role("admin"),
        when(seen(asked, 1)),
        all(when(seen(asked, 10)), when(seen(asked, 100)))
    ))]
    async fn function(asked: &AtomicUsize, value: bool) -> bool {
        value
    }

    fn seen(asked: &AtomicUsize, what: usize) -> bool {
        asked.fetch_add(what, Ordering::SeqCst);
        false
    }

    let asked = AtomicUsize::new(0);
    let nobody = function(&asked, true).await.unwrap_err();
    assert!(matches!(nobody, AuthClientError::MissingToken(_)));
    assert!(admin().scope(function(&asked, true)).await.unwrap());
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the role decides");
    let refusal = stranger().scope(function(&asked, true)).await.unwrap_err();
    assert_eq!(
        asked.load(Ordering::SeqCst),
        11,
        "after one `no`, `all` is decided"
    );
    assert_eq!(
        refusal.to_string(),
        "Requires any of (one of roles: ['admin']; a condition on the request; \
         all of (a condition on the request; a condition on the request))"
    );
}

/// A decider that cannot decide.
struct Down;

impl PolicyDecider<Order> for Down {
    async fn decide(
        &self,
        _: &SecurityContext,
        _: &str,
        _: &Order,
    ) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
        Err("connection refused".into())
    }
}

#[tokio::test]
async fn a_failing_condition_is_a_failure() {
    #[authorize(any(when(down.permits(ctx, "view", &order).await), when(ctx.subject() == order.owner)))]
    async fn before(down: &Down, order: Order) -> String {
        order.owner
    }

    #[authorize(not(when(down.permits(ctx, "view", &order).await)))]
    async fn negated(down: &Down, order: Order) -> String {
        order.owner
    }

    #[authorize(after = |_, _| Err(AuthUnavailableError::new(Dependency::ExternalDecision)))]
    async fn after(order: Order) -> String {
        order.owner
    }

    for refusal in [
        admin().scope(before(&Down, order("alice"))).await,
        admin().scope(negated(&Down, order("alice"))).await,
        admin().scope(after(order("alice"))).await,
    ] {
        let Err(AuthClientError::AuthUnavailable(outage)) = refusal else {
            panic!("{refusal:?}");
        };
        assert_eq!(outage.what(), Dependency::ExternalDecision);
    }
}

#[tokio::test]
async fn what_is_returned_can_be_refused() {
    #[derive(Debug)]
    enum AppError {
        NotFound,
        Auth(AuthClientError),
    }

    impl From<AuthClientError> for AppError {
        fn from(error: AuthClientError) -> Self {
            Self::Auth(error)
        }
    }

    #[authorize(after = |ctx, out| out.owner == ctx.subject())]
    async fn by_owner(owner: Option<&str>) -> Result<Order, AppError> {
        let owner = owner.ok_or(AppError::NotFound)?;
        Ok(order(owner))
    }

    struct Service(Order);

    impl Service {
        #[authorize(after = |ctx, out| out.owner == ctx.subject())]
        async fn by_owner(&mut self, owner: Option<&str>) -> Result<Order, AppError> {
            self.0.owner = owner.ok_or(AppError::NotFound)?.to_owned();
            tokio::task::yield_now().await;
            if self.0.owner.is_empty() {
                return Err(AppError::NotFound);
            }
            Ok(order(&self.0.owner))
        }

        #[authorize(after = |ctx, out| out.owner == ctx.subject())]
        fn sync(&self, owner: Option<&str>) -> Result<&Order, AppError> {
            owner.ok_or(AppError::NotFound)?;
            Ok(&self.0)
        }
    }

    #[authorize(after = |_, response| response.status() != 201)]
    async fn respond(status: u16) -> Response {
        axum::http::StatusCode::from_u16(status)
            .unwrap()
            .into_response()
    }

    let mine = admin().scope(by_owner(Some("alice"))).await;
    assert_eq!(mine.unwrap().owner, "alice");
    let theirs = admin().scope(by_owner(Some("bob"))).await;
    let Err(AppError::Auth(refusal)) = theirs.map(|order| order.owner) else {
        panic!("shown")
    };
    assert_eq!(refusal.to_string(), "Requires a condition on the request");
    let error = admin().scope(by_owner(None)).await;
    assert!(matches!(error, Err(AppError::NotFound)), "errors pass");
    let nobody = by_owner(Some("alice")).await;
    assert!(matches!(
        nobody,
        Err(AppError::Auth(AuthClientError::MissingToken(_)))
    ));

    let mut service = Service(order("alice"));
    assert!(admin().sync_scope(|| service.sync(Some("x")).is_ok()));
    let mine = admin().scope(service.by_owner(Some("alice"))).await;
    assert_eq!(mine.unwrap().owner, "alice");
    assert!(admin().scope(service.by_owner(Some("bob"))).await.is_err());
    assert!(admin().sync_scope(|| service.sync(Some("x")).is_err()));

    assert_eq!(admin().scope(respond(200)).await.status(), 200);
    assert_eq!(admin().scope(respond(201)).await.status(), 403);
}

/// A rule that depends on the request and has nobody who decides it refuses.
#[tokio::test]
async fn undecided_is_refused() {
    const OPEN: Policy = Policy::require(Requirement::When(0));

    #[authorize(policy = OPEN)]
    async fn alone() -> u8 {
        7
    }

    /// The condition of the function is not that of the policy.
    #[authorize(when(true), policy = OPEN)]
    async fn beside(_value: u8) -> u8 {
        7
    }

    #[authorize(all(not(policy = OPEN), when(true)))]
    async fn negated() -> u8 {
        7
    }

    assert!(OPEN.evaluate(Some(&admin())).is_err());
    assert!(admin().scope(alone()).await.is_err());
    assert!(admin().scope(beside(1)).await.is_err());
    assert!(admin().scope(negated()).await.is_err());
}

#[tokio::test]
async fn the_hierarchy_counts_everywhere() {
    #[requires_role(AppRole::Viewer)]
    async fn view() -> u8 {
        7
    }

    #[authorize(not(role(AppRole::Viewer)))]
    async fn hidden_from_viewers() -> u8 {
        7
    }

    #[authenticated]
    async fn roles() -> Vec<String> {
        let caller = SecurityContext::current().unwrap();
        caller.effective_roles().map(str::to_owned).collect()
    }

    let granted = SecurityContext::test("u1").role(AppRole::Admin).role("x");
    assert!(
        granted.clone().scope(view()).await.is_err(),
        "not without the hierarchy"
    );
    let effective = granted.role_hierarchy::<AppRole>();
    assert_eq!(effective.clone().scope(view()).await.unwrap(), 7);
    assert!(
        effective
            .clone()
            .scope(hidden_from_viewers())
            .await
            .is_err()
    );
    let names = effective.clone().scope(roles()).await.unwrap();
    assert_eq!(names, ["admin", "x", "editor", "viewer"]);

    let job = SecurityContext::test("u2").role("editor").build();
    assert!(!job.has_role("viewer"));
    let job = job.with_role_hierarchy::<AppRole>();
    assert_eq!(job.scope(view()).await.unwrap(), 7);

    let context = effective.agent("a", ["s"]).build();
    assert_eq!(context.roles().collect::<Vec<_>>(), ["admin", "x"]);
    assert!(context.has_role("viewer"), "also beside an agent");
    let typed = context.roles_as::<AppRole>();
    assert_eq!(typed.known(), [AppRole::Admin]);
    assert_eq!(typed.unknown().collect::<Vec<_>>(), ["x"]);
}

/// Conditions in code that a `macro_rules!` writes see the same `ctx`.
#[tokio::test]
async fn conditions_of_other_macros() {
    macro_rules! all_of_it {
        ($name:ident($argument:ident: $ty:ty), $condition:expr) => {
            #[authorize(all(when($condition), when(!ctx.subject().is_empty())))]
            async fn $name($argument: $ty) -> String {
                $argument.owner
            }
        };
    }
    all_of_it!(view(order: Order), ctx.subject() == order.owner);
    assert!(admin().scope(view(order("alice"))).await.is_ok());
    assert!(admin().scope(view(order("bob"))).await.is_err());
}

/// The compiler forgets that `$x:expr` is one expression: `a || b` for `$x` in `$x && c` must not
/// become `a || (b && c)`, which would admit callers without `c`.
#[tokio::test]
async fn an_expression_of_another_macro_is_not_torn_apart() {
    macro_rules! conditions {
        ($a:ident, $b:ident, $x:expr) => {
            #[authorize(when($x && ctx.has_role("admin")))]
            async fn free($a: bool, $b: bool) -> u8 {
                u8::from($a || $b)
            }

            #[authorize(when($x && ctx.has_role("admin")))]
            fn sync($a: bool, $b: bool) -> CallResult {
                Ok(u8::from($a || $b))
            }

            #[tracing::instrument]
            #[authorize(any(group("nobody"), when($x & ctx.has_role("admin"))))]
            async fn stacked($a: bool, $b: bool) -> u8 {
                u8::from($a || $b)
            }
        };
    }
    macro_rules! result {
        ($out:ident, $x:expr) => {
            #[authorize(after = |ctx, $out| $x && ctx.has_role("admin"))]
            async fn result() -> u8 {
                7
            }
        };
    }
    conditions!(a, b, a || b);
    result!(out, *out == 7 || *out == 8);

    let stranger = || SecurityContext::test("u1");
    assert!(stranger().scope(free(true, false)).await.is_err());
    assert!(stranger().sync_scope(|| sync(true, false)).is_err());
    assert!(stranger().scope(stacked(true, false)).await.is_err());
    assert!(stranger().scope(result()).await.is_err());

    assert!(admin().scope(free(true, false)).await.is_ok());
    assert!(admin().scope(free(false, false)).await.is_err());
    assert!(admin().scope(stacked(true, false)).await.is_ok());
    assert!(admin().scope(result()).await.is_ok());
}
