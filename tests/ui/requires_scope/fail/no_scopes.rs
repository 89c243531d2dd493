use pico_auth::requires_scope;

#[requires_scope]
async fn nothing() {}

#[requires_scope(any(), crate = pico_auth)]
async fn empty_list() {}

#[requires_scope(all("a", ))]
async fn fine() {}

fn main() {}
