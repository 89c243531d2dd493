use pico_auth::requires_role;

struct Users;

#[derive(Debug)]
struct OwnError;

#[requires_role("admin")]
impl Users {
    fn all() -> Vec<String> {
        Vec::new()
    }

    async fn first(&self) -> Result<String, OwnError> {
        Err(OwnError)
    }
}

trait Api {
    async fn all() -> Vec<String>;
}

#[requires_role("admin")]
impl Api for Users {
    async fn all() -> Vec<String> {
        Vec::new()
    }
}

fn main() {}
