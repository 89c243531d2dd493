use pico_auth::Claims;

#[derive(Claims)]
struct Forms {
    #[claim(forms)]
    a: Vec<String>,
    #[claim(forms())]
    b: Vec<String>,
    #[claim(forms = "array")]
    c: Vec<String>,
    #[claim(forms(list))]
    d: Vec<String>,
    #[claim(forms(aray, strings))]
    e: Vec<String>,
    #[claim(forms(string, space_separated))]
    f: Vec<String>,
    #[claim(forms(array, array))]
    g: Vec<String>,
    #[claim(forms(array), forms(string))]
    h: Vec<String>,
    #[claim(forms(array = true))]
    i: Vec<String>,
}

fn main() {}
