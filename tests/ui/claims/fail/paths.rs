use pico_auth::Claims;

#[derive(Claims)]
struct Paths {
    #[claim(path = "")]
    a: String,
    #[claim(path = ".roles")]
    b: String,
    #[claim(path = "realm..roles")]
    c: String,
    #[claim(path = "realm.")]
    d: String,
    #[claim(path = "resource_access.\"my.client.roles")]
    e: String,
    #[claim(path = "resource_access.my\".client\".roles")]
    f: String,
    #[claim(path = "\"my.client\"roles")]
    g: String,
    #[claim(path = "\"\".roles")]
    h: String,
    #[claim(path = "realm_access. roles")]
    i: String,
    #[claim(path = "a", path = "\"a\"")]
    j: Vec<String>,
    #[claim(path = "a.b", rename = "c")]
    k: String,
    #[claim(rename = "a", rename = "b")]
    l: Vec<String>,
    #[claim(path = "/realm_access/roles")]
    m: Vec<String>,
    #[claim(path = "$.realm_access['roles']")]
    n: Vec<String>,
    #[claim(path = "tenants[0]")]
    o: String,
}

fn main() {}
