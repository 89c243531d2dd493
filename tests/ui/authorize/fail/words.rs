use pico_auth::{Policy, authorize};

const PAYMENTS: Policy = Policy::Authenticated;

#[authorize(any(roles("a"), requires_group("b"), has_scope("c"), rol("d"), agentscope("e")))]
async fn leaves() {}

#[authorize(and(or(role("a"), role("b")), one_of(role("c")), none(role("d"))))]
async fn lists() {}

#[authorize(if(order.is_open()))]
async fn condition() {}

#[authorize(is_owner(order))]
async fn call() {}

#[authorize(policy(PAYMENTS))]
async fn policy() {}

#[authorize("admin")]
async fn literal() {}

#[authorize(PAYMENTS)]
async fn path() {}

#[authorize(!role("a"))]
async fn bang() {}

#[authorize(role("a") || role("b"))]
async fn or() {}

#[authorize(role("a") && a.b)]
async fn and() {}

#[authorize(!role("a") || b)]
async fn bang_and_or() {}

#[authorize(a.b && ctx.role("c"))]
async fn condition_and() {}

#[authorize(a.b == 3)]
async fn expression() {}

#[authorize(role)]
async fn bare() {}

#[authorize(any(authenticated, authenticated()))]
async fn marker() {}

#[authorize(role("a"), polcy = PAYMENTS)]
async fn near_option() {}

#[authorize(role = "admin")]
async fn option() {}

#[authorize(role("a"), before = true)]
async fn unknown_option() {}

#[authorize(policy = "PAYMENTS")]
async fn quoted() {}

#[authorize(any(role("a"), crate = pico_auth))]
async fn inner_crate() {}

#[authorize(role("a", crate = pico_auth))]
async fn innermost_crate() {}

#[authorize(all(role("a"), after = |_, _| true))]
async fn inner_after() {}

#[authorize(role("a"), crate = "pico_auth")]
async fn quoted_crate() {}

#[authorize(role("a"), crate = pico_auth, crate = pico_auth)]
async fn crate_twice() {}

#[authorize(rolle = "admin")]
async fn near_word() {}

#[authorize(any(permission("a"), condition(a.b), unless(role("b"))))]
async fn other_words() {}

struct Service;

impl Service {
    #[authorize(policy = Self::POLICY)]
    async fn of_self() {}
}

trait HasPolicy {
    const POLICY: Policy;
}

#[authorize(policy = T::POLICY)]
async fn generic<T: HasPolicy>() {}

fn main() {}
