use pico_auth::requires_role;

#[derive(Debug)]
struct AppError;

type AppResult<T> = Result<T, AppError>;

#[requires_role("admin")]
async fn handler() -> Result<u8, AppError> {
    Err(AppError)
}

#[requires_role("admin")]
async fn alias() -> AppResult<u8> {
    Err(AppError)
}

#[requires_role("admin")]
fn sync() -> Result<u8, AppError> {
    Err(AppError)
}

#[requires_role("admin")]
async fn generic<E: Send>(error: E) -> Result<u8, E> {
    Err(error)
}

fn main() {}
