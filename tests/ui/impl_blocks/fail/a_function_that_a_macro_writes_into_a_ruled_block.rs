use pico_auth::requires_role;

macro_rules! handlers {
    ($($name:ident)*) => { $(async fn $name() {})* };
}

mod macros {
    macro_rules! written {
        () => {
            async fn written() {}
        };
    }
    macro_rules! another {
        () => {
            async fn another() {}
        };
    }
    pub(crate) use {another, written};
}
use macros::written;

struct Users;

#[requires_role("admin")]
impl Users {
    handlers! { list create }

    async fn get() {}

    macros::another!();
}

// Another attribute calls it.
#[requires_role("admin")]
#[strangers::calls]
impl Users {
    async fn change() {}
}

fn main() {}
