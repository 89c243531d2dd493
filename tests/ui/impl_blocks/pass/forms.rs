#![deny(warnings)]

use pico_auth::{
    AuthClientError, allow_anonymous, authenticated, authorize, requires_agent_scope,
    requires_group, requires_role, requires_scope, routing,
};

pub struct Users;

#[requires_role("admin")]
impl Users {
    /// Attributes that are no macros.
    #[cfg(all())]
    #[cfg_attr(all(), allow(unused), cfg_attr(any(), deprecated))]
    #[rustfmt::skip]
    pub const LIMIT: usize = 7;

    pub async fn list() -> String {
        String::new()
    }

    #[allow_anonymous(reason = "builds the service")]
    #[must_use]
    pub const fn new() -> Self {
        Self
    }

    #[allow_anonymous(reason = "a C library calls it back")]
    pub extern "C" fn callback() {}

    /// Sync.
    ///
    /// # Errors
    ///
    /// The refusal.
    pub fn get(&self, id: u64) -> Result<u64, AuthClientError> {
        Ok(id)
    }
}

#[requires_group("staff", crate = pico_auth)]
#[requires_scope(any("a:b", "a:c"))]
#[requires_agent_scope("x:y")]
#[authorize(not(role("guest")))]
impl Users {
    pub async fn several() {}
}

trait Api {
    type Answer;

    fn name(&self) -> Self::Answer;
    async fn total() -> Self::Answer;
}

#[authenticated]
impl Api for Users {
    type Answer = Result<u8, AuthClientError>;

    fn name(&self) -> Self::Answer {
        Ok(7)
    }

    async fn total() -> Self::Answer {
        Ok(7)
    }
}

mod nested {
    pub struct Inner;

    #[pico_auth::authenticated]
    #[rustfmt::skip]
    impl Inner {
        #[rustfmt::skip]
        pub(super) async fn skipped() {}
    }
}

fn main() {
    let _: axum::Router<()> = axum::Router::new()
        .route("/", axum::routing::get(Users::list))
        .route("/several", axum::routing::get(Users::several))
        .route("/skipped", axum::routing::get(nested::Inner::skipped));
    let _ = pico_auth::SecureRouter::<()>::new().route("/", routing::get(Users::list));
    let _ = (Users::new().get(1), Users::LIMIT);
    Users::callback();
    let _ = (Users.name(), Users::total());
}
