use pico_auth::allow_anonymous;

#[allow_anonymous]
async fn bare() {}

#[allow_anonymous()]
async fn parentheses() {}

#[allow_anonymous(crate = pico_auth)]
async fn path() {}

#[allow_anonymous(reason = "load balancer probe")]
async fn reason() {}

#[allow_anonymous(reason = r#"it is "open""#, crate = pico_auth)]
async fn both() {}

#[allow_anonymous(crate = pico_auth, reason = "the same, the other way round",)]
async fn either_order() {}

macro_rules! open {
    ($reason:literal) => {
        #[allow_anonymous(reason = $reason)]
        async fn written_by_a_macro() {}
    };
}
open!("load balancer probe");

#[allow_anonymous(reason = "a limit, not a secret")]
const fn constant() -> u8 {
    7
}

#[allow_anonymous(reason = "a C library calls it back")]
extern "C" fn callback() -> u8 {
    7
}

fn main() {}
