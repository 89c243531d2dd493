use pico_auth::authorize;

#[authorize(after = |out| true)]
async fn one() {}

#[authorize(after = async |ctx, out| true)]
async fn waits() {}

#[authorize(after = true)]
async fn value() {}

#[authorize(after = "out.owner")]
async fn text() {}

#[authorize(after(|_, _| true))]
async fn parentheses() {}

fn main() {}
