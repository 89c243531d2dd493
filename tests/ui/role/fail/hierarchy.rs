use pico_auth::Role;

#[derive(Role)]
enum Circle {
    #[role(implies(Editor))]
    Admin,
    #[role(implies(Viewer))]
    Editor,
    #[role(implies(Admin))]
    Viewer,
}

#[derive(Role)]
enum Mistakes {
    #[role(implies(Admin))]
    Admin,
    #[role(implies(Viewr, Nobody))]
    Editor,
    #[role(implies(Editor, Editor))]
    Viewer,
}

fn main() {}
