//! Rules that cannot be those of a block.

use pico_auth::{authenticated, authorize, requires_group, requires_role, requires_scope};

struct Users(u8);

#[authorize(any(role("admin"), when(id == 7)), after = |ctx, out| *out == ctx.subject())]
impl Users {
    async fn a(id: u8) -> u8 {
        id
    }
}

#[requires_role("admin ")]
#[requires_group("staff", staff)]
impl Users {
    async fn b() {}

    #[requires_scope("a b")]
    async fn c() {}
}

#[requires_role("admin")]
#[authenticated]
#[requires_role("admin")]
impl Users {
    async fn d() {}

    async fn e() {}
}

#[authorize(policy = Self::POLICY)]
impl Users {
    async fn f() {}
}

struct Store<T>(T);

#[requires_role(T::Admin)]
impl<T> Store<T> {
    async fn g() {}
}

fn main() {}
