use pico_auth::Claims;

#[derive(Claims)]
#[claims(validate = whole)]
struct Validators {
    #[claim(validate = by_value)]
    a: String,
    #[claim(validate = owned_message)]
    b: String,
    #[claim(validate = nowhere)]
    c: String,
    #[claim(default = number)]
    d: String,
}

fn by_value(_: String) -> Result<(), &'static str> {
    Ok(())
}

fn owned_message(value: &String) -> Result<(), String> {
    Err(format!("{value} is bad"))
}

fn number() -> u8 {
    7
}

fn whole(_: &Validators) -> bool {
    true
}

fn main() {}
