use pico_auth::Role;

#[derive(Role)]
struct Struct;

#[derive(Role)]
union Union {
    a: u8,
}

#[derive(Role)]
enum Generic<T> {
    A(T),
}

#[derive(Role)]
enum Empty {}

#[derive(Role)]
enum Fields {
    Admin,
    Of(u8),
    Named { id: u8 },
}

fn main() {}
