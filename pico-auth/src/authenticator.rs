//! stub
use crate::context::SecurityContext;
use crate::error::AuthClientError;
#[derive(Clone)]
pub struct Authenticator {}
impl Authenticator {
    pub fn is_enabled(&self) -> bool {
        true
    }
    pub async fn authenticate(
        &self,
        _b: &str,
        _a: Option<&str>,
    ) -> Result<SecurityContext, AuthClientError> {
        todo!()
    }
}
