use pico_auth::Group;

#[derive(Group)]
enum Names {
    #[group(rename = "")]
    Empty,
    #[group(implies(Empty))]
    Implies,
    #[group(members = "x")]
    Option,
}

#[derive(Group)]
struct Staff;

fn main() {}
