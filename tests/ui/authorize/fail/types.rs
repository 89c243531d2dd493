//! What the compiler says of expressions, at the user's words.

use pico_auth::{AuthClientError, authorize};

struct Order {
    owner: String,
}

#[authorize(when(size))]
async fn number(size: u32) {}

#[authorize(when(order.owner == 3))]
async fn comparison(order: Order) {}

#[authorize(when(ctx.subjct() == order.owner))]
async fn method(order: Order) {}

#[authorize(when(other.owner == ctx.subject()))]
async fn unknown(order: Order) {}

#[authorize(after = |ctx, order| order.ownr == ctx.subject())]
async fn field() -> Order {
    Order { owner: String::new() }
}

#[authorize(after = |_, _| 7)]
async fn after_number() -> Result<Order, AuthClientError> {
    Ok(Order { owner: String::new() })
}

#[authorize(policy = NUMBER)]
async fn policy() {}

const NUMBER: u8 = 3;

#[authorize(policy = MISSING)]
async fn no_policy() {}

fn main() {}
