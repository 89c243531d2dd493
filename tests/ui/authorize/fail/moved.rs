//! A condition borrows: what it moves, the body does not have.

use pico_auth::authorize;

struct Order(String);

fn consume(order: Order) -> bool {
    order.0.is_empty()
}

#[authorize(when(consume(order)))]
async fn moved(order: Order) -> String {
    order.0
}

fn main() {}
