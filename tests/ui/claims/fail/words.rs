use pico_auth::Claims;

#[derive(Claims)]
struct NearMisses {
    #[claim(role)]
    a: Vec<String>,
    #[claim(group)]
    b: Vec<String>,
    #[claim(scope)]
    c: Vec<String>,
    #[claim(sub)]
    d: String,
    #[claim(pth = "a.b")]
    e: String,
    #[claim(defualt)]
    f: String,
    #[claim(with = "module")]
    g: String,
    #[claim(name = "x")]
    h: String,
    #[claim(form = "string")]
    i: Vec<String>,
    #[claim(something)]
    j: String,
    #[claim(crate = pico_auth)]
    k: String,
}

#[derive(Claims)]
#[claims(roles)]
#[claims(validat = check)]
#[claims(rename_all = "camelCase")]
struct OnStruct {
    a: String,
}

fn main() {}
