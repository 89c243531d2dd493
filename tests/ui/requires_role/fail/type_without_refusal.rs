use pico_auth::requires_role;

struct SearchResults(Vec<u8>);

#[requires_role("admin")]
fn plain() -> SearchResults {
    SearchResults(Vec::new())
}

#[requires_role("admin")]
fn option() -> Option<u8> {
    None
}

struct Search;

impl Search {
    #[requires_role("admin")]
    async fn method(&self) -> SearchResults {
        SearchResults(Vec::new())
    }
}

#[requires_role("admin")]
fn opaque() -> impl Future<Output = SearchResults> {
    async { SearchResults(Vec::new()) }
}

#[requires_role("admin")]
fn boxed() -> std::pin::Pin<Box<dyn Future<Output = SearchResults>>> {
    Box::pin(async { SearchResults(Vec::new()) })
}

fn main() {}
