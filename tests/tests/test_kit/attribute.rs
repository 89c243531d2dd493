//! Who a test runs as: every argument of `#[pico_auth::test]`.

use pico_auth::{
    AgentContext, AuthClientError, Group, Role, Scope, SecurityContext, requires_agent_scope,
    requires_group, requires_role, requires_scope,
};

#[derive(Role)]
#[role(rename_all = "kebab-case")]
enum AppRole {
    #[role(implies(Editor))]
    ChiefEditor,
    Editor,
}

#[derive(Group)]
enum Team {
    #[group(rename = "finance")]
    Finance,
}

#[derive(Scope)]
enum AppScope {
    #[scope(rename = "orders:read")]
    ReadOrders,
}

#[requires_role(AppRole::Editor)]
async fn publish() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_group(Team::Finance)]
async fn balance() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_scope(AppScope::ReadOrders)]
async fn orders() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_agent_scope("treasury:write")]
async fn pay() -> Result<(), AuthClientError> {
    Ok(())
}

fn caller() -> SecurityContext {
    SecurityContext::require().unwrap()
}

#[pico_auth::test(subject = "u1")]
async fn a_subject_alone_is_granted_nothing() {
    let caller = caller();
    assert_eq!(caller.subject(), "u1");
    assert_eq!(
        caller.roles().count() + caller.groups().count() + caller.scopes().count(),
        0
    );
    assert!(caller.agent().is_none());
    for refused in [
        publish().await,
        balance().await,
        orders().await,
        pay().await,
    ] {
        assert!(refused.is_err());
    }
}

#[pico_auth::test(
    subject = "u1",
    roles("admin", AppRole::Editor),
    groups("staff", Team::Finance),
    scopes("files:*", AppScope::ReadOrders),
    agent(subject = "bot", scopes("treasury:*", AppScope::ReadOrders))
)]
async fn everything_at_once() {
    let caller = caller();
    assert_eq!(caller.roles().collect::<Vec<_>>(), ["admin", "editor"]);
    assert_eq!(caller.groups().collect::<Vec<_>>(), ["staff", "finance"]);
    assert_eq!(
        caller.scopes().collect::<Vec<_>>(),
        ["files:*", "orders:read"]
    );
    assert!(caller.has_scope("files:write"));
    let agent = AgentContext::require().unwrap();
    assert_eq!(agent.subject(), "bot");
    assert_eq!(
        agent.scopes().collect::<Vec<_>>(),
        ["treasury:*", "orders:read"]
    );
    for admitted in [
        publish().await,
        balance().await,
        orders().await,
        pay().await,
    ] {
        assert!(admitted.is_ok());
    }
}

#[pico_auth::test(subject = "u1", roles(AppRole::ChiefEditor))]
async fn a_role_implies_nothing_without_its_hierarchy() {
    assert!(!caller().has_role("editor"));
    assert!(publish().await.is_err());
}

#[pico_auth::test(subject = "u1", roles(AppRole::ChiefEditor), role_hierarchy = AppRole)]
async fn a_role_implies_what_its_hierarchy_says() {
    assert!(caller().has_role("editor"));
    assert!(publish().await.is_ok());
}

#[pico_auth::test(subject = "u1", agent(subject = "bot"))]
async fn an_agent_without_scopes_may_nothing() {
    assert_eq!(AgentContext::require().unwrap().scopes().count(), 0);
    let refusal = pay().await.unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Requires one of agent scopes: ['treasury:write']"
    );
}

/// Scopes of the user are not those of the agent.
#[pico_auth::test(subject = "u1", scopes("treasury:write"))]
async fn without_an_agent_nobody_acts() {
    assert!(matches!(pay().await, Err(AuthClientError::MissingToken(_))));
}

/// As a crate that has renamed the dependency.
mod vendored {
    pub(super) use pico_auth as its_name;
}

#[vendored::its_name::test(subject = "u1", roles("editor"), crate = vendored::its_name)]
async fn under_another_name() {
    assert!(publish().await.is_ok());
}

use pico_auth::test as as_caller;

#[as_caller(subject = "u1", roles("editor"))]
async fn imported_under_another_name() {
    assert!(publish().await.is_ok());
}

/// Drivers of the runtime are there, and time passes.
#[pico_auth::test(subject = "u1")]
async fn the_runtime_has_its_drivers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (there, here) = tokio::join!(tokio::net::TcpStream::connect(address), listener.accept());
    assert_eq!(there.unwrap().local_addr().unwrap(), here.unwrap().1);
    let never = std::future::pending::<()>();
    let timeout = tokio::time::timeout(std::time::Duration::from_millis(1), never).await;
    assert!(timeout.is_err());
}

/// What the return type hides stays hidden.
#[pico_auth::test(subject = "u1")]
fn an_opaque_output() -> impl std::process::Termination {
    assert_eq!(caller().subject(), "u1");
    std::process::ExitCode::SUCCESS
}

#[pico_auth::test(subject = "u1")]
async fn an_opaque_output_of_a_future() -> impl std::process::Termination {
    assert_eq!(caller().subject(), "u1");
    std::process::ExitCode::SUCCESS
}

#[pico_auth::test(subject = "u1")]
fn inner_attributes_stay() {
    #![allow(unused_variables)]
    let unused = caller();
    assert_eq!(caller().subject(), "u1");
}
