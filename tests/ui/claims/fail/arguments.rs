use pico_auth::Claims;

#[derive(Claims)]
struct Arguments {
    #[claim("realm_access.roles")]
    a: Vec<String>,
    #[claim(roles = "realm_access.roles")]
    b: Vec<String>,
    #[claim(groups("x"))]
    c: Vec<String>,
    #[claim(path)]
    d: String,
    #[claim(path =)]
    e: String,
    #[claim(path = realm_access.roles)]
    f: String,
    #[claim(rename = 7)]
    g: String,
    #[claim(rename = "")]
    h: String,
    #[claim(default = "none")]
    i: String,
    #[claim(default = none())]
    j: String,
    #[claim(validate)]
    k: String,
    #[claim(validate = "check")]
    l: String,
    #[claim(validate = |text: &str| Ok(()))]
    ll: String,
    #[claim(flatten = true)]
    m: Other,
    #[claim(deserialize(with))]
    n: String,
    #[claim(path = "a",, default)]
    o: String,
    #[claim(path = "a" default)]
    p: String,
    #[claim(path: "a")]
    q: String,
    #[claim(path("a"))]
    r: String,
}

#[derive(Claims)]
#[claims(validate = "check")]
struct Validate {}

#[derive(Claims)]
#[claims(crate = "pico_auth")]
struct Root {}

#[derive(Claims)]
#[claims(crate = pico_auth, crate = pico_auth)]
struct RootTwice {}

#[derive(Claims)]
struct Other {}

fn main() {}
