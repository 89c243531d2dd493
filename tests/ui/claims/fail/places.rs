use pico_auth::Claims;

#[derive(Claims)]
#[claim(roles)]
struct WrongPlaces {
    #[claims(roles)]
    a: Vec<String>,
    #[claim]
    b: String,
    #[claim()]
    c: String,
    #[claim = "d"]
    d: String,
}

#[derive(Claims)]
#[claims]
struct Nothing {}

fn main() {}
