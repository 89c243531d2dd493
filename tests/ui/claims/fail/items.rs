use pico_auth::Claims;

#[derive(Claims)]
struct Tuple(String, u8);

#[derive(Claims)]
struct Unit;

#[derive(Claims)]
enum Either {
    This,
    That,
}

#[derive(Claims)]
union Both {
    a: u8,
    b: i8,
}

#[derive(Claims)]
struct Borrowed<'t> {
    tenant: &'t str,
}

/// What uses the types is not reported, too.
fn read<C: pico_auth::FromClaims>() {}

fn main() {
    read::<Tuple>();
    read::<Unit>();
    read::<Either>();
    read::<Both>();
    read::<Borrowed<'static>>();
}
