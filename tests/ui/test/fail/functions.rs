//! What cannot be a test.

#[pico_auth::test(subject = "u1")]
struct Caller;

#[pico_auth::test(subject = "u1")]
mod tests {}

#[pico_auth::test(subject = "u1")]
fn arguments(id: u64) {
    let _ = id;
}

impl Caller {
    #[pico_auth::test(subject = "u1")]
    fn method(&self) {}
}

trait Tests {
    #[pico_auth::test(subject = "u1")]
    fn no_body();
}

#[pico_auth::test(subject = "u1")]
#[pico_auth::test(subject = "u2")]
fn two_callers() {}

fn main() {}
