use pico_auth::Claims;

#[derive(Claims)]
struct Meanings {
    #[claim(roles, groups)]
    roles: Vec<String>,
    #[claim(roles, roles, path = "x")]
    more: Vec<String>,
    #[claim(roles)]
    permissions: Vec<String>,
    #[claim(scopes)]
    rights: Vec<String>,
    #[claim(default, default = none)]
    a: String,
}

#[derive(Claims)]
struct Subjects {
    #[claim(subject)]
    a: String,
    #[claim(subject, path = "oid")]
    b: String,
}

#[derive(Claims)]
struct SubjectWithDefault {
    #[claim(subject, default)]
    a: String,
}

#[derive(Claims)]
struct SubjectWithForms {
    #[claim(subject, forms(array))]
    a: String,
}

#[derive(Claims)]
struct SubjectWithPaths {
    #[claim(subject, path = "a", path = "b")]
    a: String,
}

#[derive(Claims)]
struct Flattened {
    #[claim(flatten, roles, path = "x")]
    a: Other,
    #[claim(flatten, path = "x")]
    b: Other,
    #[claim(flatten, rename = "x")]
    c: Other,
    #[claim(flatten, default)]
    d: Other,
    #[claim(flatten, forms(array))]
    e: Other,
    #[claim(flatten, deserialize)]
    f: Other,
    #[claim(flatten, flatten)]
    g: Other,
}

#[derive(Claims)]
struct Deserialized {
    #[claim(deserialize, forms(array))]
    a: Vec<String>,
    #[claim(deserialize, path = "a", path = "b")]
    b: Vec<String>,
}

#[derive(Claims)]
struct Other {}

fn none() -> String {
    String::new()
}

fn main() {}
