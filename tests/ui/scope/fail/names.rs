use pico_auth::Scope;

#[derive(Scope)]
enum Names {
    #[scope(rename = "orders read")]
    Space,
    #[scope(rename = "a:*:b")]
    Wildcard,
    #[scope(rename = "größe")]
    Letters,
    #[scope(implies(Letters))]
    Implies,
}

fn main() {}
