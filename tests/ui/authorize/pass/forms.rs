#![deny(warnings, clippy::pedantic)]
//! Every form that compiles.

use pico_auth::{AuthClientError, Policy, Requirement, Role, authorize};

#[derive(Role)]
enum AppRole {
    Admin,
    Editor,
}

mod policies {
    use pico_auth::{Policy, Requirement};

    pub const PAYMENTS: Policy = Policy::require(Requirement::any_scope(&["pay:write"]));
    pub static AUDIT: Policy = Policy::Authenticated;
}

const LOCAL: Policy = Policy::require(Requirement::any_group(&["staff"]));

struct Order {
    owner: String,
}

async fn is_open(order: &Order) -> bool {
    !order.owner.is_empty()
}

#[authorize(role("admin"))]
async fn leaf() {}

#[authorize(role(all(AppRole::Admin, "auditor")),)]
async fn every_role() {}

#[authorize(any(
    role(AppRole::Admin, AppRole::Editor),
    all(group("ops"), scope("pay:write"), scope(any("a", "b")), not(agent_scope("x"))),
))]
async fn nested() {}

#[authorize(policy = policies::PAYMENTS)]
async fn named() {}

#[authorize(any(policy = policies::PAYMENTS, policy = policies::AUDIT, not(policy = LOCAL)))]
async fn several_named() {}

#[authorize(role("admin"), policy = LOCAL, crate = pico_auth)]
async fn named_and_rule() {}

#[authorize(any(role("admin"), when(ctx.subject() == order.owner)))]
async fn condition(order: Order) -> String {
    order.owner
}

fn is_paid(order: Order) -> bool {
    order.owner.is_empty()
}

/// What a condition takes, the body does not have.
#[authorize(any(role("admin"), when(is_paid(order))))]
async fn taken(order: Order) -> &'static str {
    "paid"
}

#[authorize(all(when(is_open(&order).await), when(matches!(ctx.expires_at().elapsed(), Err(_)))))]
async fn waits(order: Order) -> Result<String, AuthClientError> {
    Ok(order.owner)
}

#[authorize(when({
    let mut found = false;
    for letter in order.owner.chars() {
        if letter == 'x' {
            found = true;
            break;
        }
    }
    found
}))]
fn with_a_loop(order: &Order) -> Result<&str, AuthClientError> {
    Ok(&order.owner)
}

fn may_see(ctx: &pico_auth::SecurityContext, order: &Order) -> bool {
    ctx.subject() == order.owner
}

#[authorize(after = may_see)]
async fn after_function() -> Order {
    Order { owner: "a".to_owned() }
}

#[authorize(
    role("admin"),
    after = |ctx, order| order.owner == ctx.subject() && Vec::<(u8, u8)>::new().is_empty(),
)]
async fn after_closure() -> Result<Order, AuthClientError> {
    Ok(Order { owner: "a".to_owned() })
}

#[authorize(when(size > 3), after = |_, size| *size > 3)]
fn sync(size: usize) -> Result<usize, AuthClientError> {
    Ok(size)
}

#[authorize(when(true), after = |_, _| true)]
async fn opaque_result() -> Result<impl Sized, AuthClientError> {
    Ok(7)
}

#[authorize(when(true), after = |_, _| true)]
async fn opaque_value() -> impl Sized {
    7
}

#[authorize(when(values.iter().all(|value| Into::<u64>::into(*value) > N as u64)))]
async fn generic<T, const N: usize>(values: [T; N], _: impl Sized + Send) -> Vec<T>
where
    T: Copy + Into<u64>,
{
    values.to_vec()
}

type AppResult<T, E = AuthClientError> = std::result::Result<T, E>;

async fn owner(id: u8) -> AppResult<String> {
    Ok(id.to_string())
}

#[authorize(when(owner(id).await? == ctx.subject()), after = |ctx, out| out == ctx.subject())]
async fn question_mark(id: u8) -> AppResult<String> {
    owner(id).await
}

#[authorize(when(owner(id).await? == ctx.subject()))]
async fn question_mark_wrapped(id: u8) -> String {
    id.to_string()
}

fn main() {
    drop((opaque_result(), opaque_value(), generic([1_u8], 7)));
    drop((question_mark(1), question_mark_wrapped(1)));
    drop((leaf(), every_role(), nested(), named(), several_named(), named_and_rule()));
    let order = || Order { owner: String::new() };
    drop((condition(order()), waits(order()), after_function(), after_closure()));
    drop((with_a_loop(&order()).is_ok(), sync(1)));
}
