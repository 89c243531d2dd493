use pico_auth::Role;

#[derive(Role)]
#[role]
#[role(rename_al = "lowercase", rename = "x", implies(A), 7)]
enum OnEnum {
    A,
}

#[derive(Role)]
#[role(rename_all = "kebab_case", rename_all = "Title Case", rename_all = lowercase, crate = "pico_auth")]
enum Cases {
    A,
}

#[derive(Role)]
#[role(crate = pico_auth, crate = pico_auth)]
enum CrateTwice {
    A,
}

#[derive(Role)]
enum OnVariant {
    #[role()]
    #[role(rename_all = "lowercase", renam = "x", rename(x), rename = "x", rename = "y")]
    A,
    #[role(implies = "A", implies("A"), implies(OnVariant::A, Self::A), implies(), crate = x)]
    B,
    #[role(imply(A), "c", name = "c")]
    C,
}

fn main() {}
