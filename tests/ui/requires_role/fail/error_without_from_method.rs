use pico_auth::requires_role;

struct AppError;
struct Service;

impl Service {
    #[requires_role("admin")]
    async fn method(&self) -> Result<u8, AppError> {
        Err(AppError)
    }
}

fn main() {}
