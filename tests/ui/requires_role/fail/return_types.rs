use std::pin::Pin;

use pico_auth::requires_role;

struct Search;

#[requires_role("admin")]
fn nothing() {}

#[requires_role("admin")]
fn flag() -> bool {
    true
}

#[requires_role("admin")]
fn text(text: &str) -> &str {
    text
}

#[requires_role("admin")]
fn boxed() -> Pin<Box<dyn Future<Output = Vec<(u8, u8)>> + Send>> {
    Box::pin(async { Vec::new() })
}

#[requires_role("admin")]
fn boxed_pair() -> Pin<Box<dyn Future<Output = (u8, u8)> + Send>> {
    Box::pin(async { (1, 2) })
}

#[requires_role("admin")]
async fn never() -> ! {
    std::process::exit(1)
}

impl Search {
    #[requires_role("admin")]
    fn new() -> Self {
        Self
    }

    #[requires_role("admin")]
    async fn run(&self) {}
}

fn main() {}
