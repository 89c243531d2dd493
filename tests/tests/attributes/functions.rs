//! What becomes of a function beside its check: its type, its rule, its errors.

use std::rc::Rc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use pico_auth::rule::SecuredFuture;
use pico_auth::{
    AuthClientError, Policy, Requirement, allow_anonymous, authenticated, optional_authentication,
    requires_agent_scope, requires_group, requires_role, requires_scope,
};

use crate::caller::{admin, stranger};

fn rule_of<F: SecuredFuture>(_: &F) -> &'static pico_auth::rule::Rule {
    F::RULE
}

#[requires_role("admin", "owner")]
#[requires_scope(all("a:b", "a:c"))]
#[requires_agent_scope("x:*")]
#[requires_group("staff")]
async fn everything(Path(id): Path<u64>, State(_): State<u8>) -> u64 {
    id
}
const LINE: u32 = line!() - 3;

#[test]
fn the_type_carries_rule_and_place() {
    const POLICY: Policy = Policy::require(Requirement::all(&[
        Requirement::any_role(&["admin", "owner"]),
        Requirement::all_scopes(&["a:b", "a:c"]),
        Requirement::any_agent_scope(&["x:*"]),
        Requirement::any_group(&["staff"]),
    ]));
    let rule = rule_of(&everything(Path(1), State(1)));
    assert_eq!(*rule.policy(), POLICY);
    assert_eq!(rule.name(), "everything");
    assert_eq!(rule.module_path(), module_path!());
    assert_eq!(rule.file(), file!());
    assert_eq!(
        rule.line(),
        LINE,
        "the line of the function, not of an attribute"
    );
}

#[test]
fn one_rule_stands_alone() {
    #[requires_role("admin")]
    async fn role() {}
    #[authenticated]
    async fn caller() {}
    #[allow_anonymous]
    async fn r#type() {}
    #[optional_authentication]
    async fn optional() {}
    #[authenticated]
    fn opaque() -> impl Future<Output = Result<u8, AuthClientError>> {
        async { Ok(7) }
    }
    #[allow_anonymous]
    fn open_opaque() -> impl Future<Output = u8> {
        async { 7 }
    }

    let admin = Policy::require(Requirement::any_role(&["admin"]));
    assert_eq!(*rule_of(&role()).policy(), admin);
    assert_eq!(*rule_of(&caller()).policy(), Policy::Authenticated);
    assert_eq!(*rule_of(&r#type()).policy(), Policy::AllowAnonymous);
    assert_eq!(rule_of(&r#type()).name(), "type");
    assert_eq!(
        *rule_of(&optional()).policy(),
        Policy::OptionalAuthentication
    );
    assert_eq!(*rule_of(&opaque()).policy(), Policy::Authenticated);
    assert_eq!(*rule_of(&open_opaque()).policy(), Policy::AllowAnonymous);
}

#[tokio::test]
async fn open_rules_change_no_type_and_admit_everybody() {
    #[allow_anonymous]
    async fn anonymous(n: &u8) -> u8 {
        *n
    }
    #[optional_authentication]
    async fn optional() -> &'static str {
        "optional"
    }
    #[allow_anonymous]
    fn sync() -> u8 {
        7
    }
    struct Service;
    impl Service {
        #[optional_authentication]
        async fn method(&self) -> u8 {
            7
        }
    }

    assert_eq!(anonymous(&7).await, 7);
    assert_eq!(optional().await, "optional");
    assert_eq!(stranger().scope(optional()).await, "optional");
    assert_eq!(sync(), 7);
    assert_eq!(Service.method().await, 7);
}

#[tokio::test]
async fn the_refusal_becomes_the_error_of_the_function() {
    #[derive(Debug)]
    enum AppError {
        Auth(AuthClientError),
        NotFound,
    }
    impl From<AuthClientError> for AppError {
        fn from(error: AuthClientError) -> Self {
            Self::Auth(error)
        }
    }
    type AppResult<T> = Result<T, AppError>;

    #[requires_role("admin")]
    async fn find(id: u8) -> AppResult<u8> {
        if id == 0 {
            Err(AppError::NotFound)
        } else {
            Ok(id)
        }
    }
    #[requires_role("admin")]
    async fn boxed_error() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Err("own")?;
        Ok(())
    }
    #[requires_role("admin")]
    async fn generic<E: From<AuthClientError>>(error: E) -> Result<u8, E> {
        Err(error)
    }

    let refused = find(1).await;
    assert!(matches!(
        refused,
        Err(AppError::Auth(AuthClientError::MissingToken(_)))
    ));
    let refused = stranger().scope(find(1)).await;
    assert!(matches!(
        refused,
        Err(AppError::Auth(AuthClientError::InsufficientPermissions(_)))
    ));
    assert!(matches!(
        admin().scope(find(0)).await,
        Err(AppError::NotFound)
    ));
    assert!(boxed_error().await.unwrap_err().is::<AuthClientError>());
    assert!(matches!(
        generic(AppError::NotFound).await,
        Err(AppError::Auth(_))
    ));
}

/// As for a plain `async fn`: `Send` if and only if what it holds is.
#[test]
fn auto_traits_are_inferred() {
    #[authenticated]
    async fn send(value: String) -> String {
        tokio::task::yield_now().await;
        value
    }
    #[authenticated]
    async fn local(value: Rc<u8>) -> u8 {
        tokio::task::yield_now().await;
        *value
    }

    fn assert_send<T: Send>(_: &T) {}
    trait AmbiguousIfSend<T> {
        fn is_not_send(&self) {}
    }
    impl<T> AmbiguousIfSend<()> for T {}
    struct Invisible;
    impl<T: Send> AmbiguousIfSend<Invisible> for T {}

    assert_send(&send(String::new()));
    local(Rc::new(7)).is_not_send();
}

#[tokio::test]
async fn recursion_and_calls_between_protected_functions() {
    #[requires_role("admin")]
    async fn even(n: u8) -> Result<bool, AuthClientError> {
        if n == 0 {
            return Ok(true);
        }
        Ok(!Box::pin(even(n - 1)).await?)
    }
    #[authenticated]
    async fn outer(n: u8) -> Result<bool, AuthClientError> {
        even(n).await
    }

    assert!(admin().scope(outer(4)).await.unwrap());
    assert!(stranger().scope(outer(4)).await.is_err());
}

/// `Response` is kept, and carries the refusal as its status; so in a method.
#[tokio::test]
async fn a_response_carries_the_refusal() {
    #[requires_role("admin")]
    async fn page() -> Response {
        "page".into_response()
    }
    struct Pages;
    impl Pages {
        #[requires_role("admin")]
        async fn page(&self) -> axum::response::Response {
            "page".into_response()
        }
    }

    assert_eq!(page().await.status(), 401);
    assert_eq!(stranger().scope(page()).await.status(), 403);
    assert_eq!(admin().scope(page()).await.status(), 200);
    assert_eq!(stranger().scope(Pages.page()).await.status(), 403);
    assert_eq!(admin().scope(Pages.page()).await.status(), 200);
}
