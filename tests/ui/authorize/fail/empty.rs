use pico_auth::authorize;

#[authorize]
async fn nothing() {}

#[authorize()]
async fn empty() {}

#[authorize(any())]
async fn any() {}

#[authorize(all(any(), role("a")))]
async fn nested() {}

#[authorize(not())]
async fn not() {}

#[authorize(any(role(), group(any()), scope()))]
async fn names() {}

#[authorize(when())]
async fn when() {}

#[authorize(role("a"),, group("b"))]
async fn comma() {}

fn main() {}
