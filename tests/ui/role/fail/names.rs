use pico_auth::Role;

#[derive(Role)]
#[role(rename_all = "lowercase")]
enum Names {
    #[role(rename = "")]
    Empty,
    #[role(rename = " ")]
    Blank,
    #[role(rename = "admin ")]
    Space,
    Admin,
    #[role(rename = "admin")]
    Same,
    ADMIN,
    #[role(rename = "a\0")]
    Control,
}

fn main() {}
