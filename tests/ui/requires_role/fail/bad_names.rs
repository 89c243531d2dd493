use pico_auth::requires_role;

// All mistakes of an attribute are reported at once.
#[requires_role("", "  ", "admin ", "editor", "editor", "new\nline")]
async fn names() {}

fn main() {}
