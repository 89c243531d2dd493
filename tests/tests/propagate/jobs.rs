//! Jobs of the service: they may do what is granted to them by name, and no token can pass for one.

use pico_auth::propagate::{self, ContextExt};
use pico_auth::{
    AuthClientError, AuthConfigurationError, AuthenticatorBuilder, Claims, Policy, Role,
    SecurityContext, SystemCaller, TokenInvalidReason, authenticated, authorize,
    requires_agent_scope, requires_group, requires_role, requires_scope, run_as, system,
};

use super::support::{App, ISSUER, behind};
use super::{ambient, caller};

#[derive(Role)]
#[role(rename_all = "lowercase")]
enum AppRole {
    #[role(implies(Editor))]
    Admin,
    Editor,
}

#[authenticated]
async fn whoever() -> Result<String, AuthClientError> {
    Ok(ambient())
}

#[requires_role(AppRole::Editor)]
async fn editor() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_role(AppRole::Admin)]
async fn admin() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_group("ops")]
async fn ops() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_scope("orders:read")]
async fn reader() -> Result<(), AuthClientError> {
    Ok(())
}

#[requires_agent_scope("orders:read")]
async fn agent() -> Result<(), AuthClientError> {
    Ok(())
}

#[authorize(when(ctx.system_name() == Some("nightly-report")))]
async fn the_job_alone() -> Result<(), AuthClientError> {
    Ok(())
}

fn job() -> SystemCaller {
    system("nightly-report")
}

/// Which of the five rules admit the job.
async fn admitted(job: SystemCaller) -> [bool; 5] {
    [
        run_as(job.clone(), editor()).await.is_ok(),
        run_as(job.clone(), admin()).await.is_ok(),
        run_as(job.clone(), ops()).await.is_ok(),
        run_as(job.clone(), reader()).await.is_ok(),
        run_as(job, agent()).await.is_ok(),
    ]
}

#[tokio::test]
async fn a_job_may_do_what_is_granted_by_name_and_nothing_else() {
    for (job, expected) in [
        (job(), [false; 5]),
        (job().role("editor"), [true, false, false, false, false]),
        (
            job().role(AppRole::Admin),
            [false, true, false, false, false],
        ),
        (job().group("ops"), [false, false, true, false, false]),
        (
            job().scope("orders:read"),
            [false, false, false, true, false],
        ),
        (job().scope("orders:write"), [false; 5]),
        (
            job().role("editor").group("ops"),
            [true, false, true, false, false],
        ),
    ] {
        assert_eq!(admitted(job.clone()).await, expected, "{job:?}");
    }
}

/// The attack: a job whose roles imply more than whoever wrote it thought.
#[tokio::test]
async fn roles_of_a_job_imply_others_only_where_the_job_says_so() {
    let admin = job().role(AppRole::Admin);
    assert!(run_as(admin.clone(), editor()).await.is_err());
    let implying = admin.role_hierarchy::<AppRole>();
    run_as(implying.clone(), editor()).await.unwrap();
    let implying = implying.build().unwrap();
    assert_eq!(implying.roles().collect::<Vec<_>>(), ["admin"]);
    assert_eq!(
        implying.effective_roles().collect::<Vec<_>>(),
        ["admin", "editor"]
    );
}

#[tokio::test]
async fn a_job_is_a_known_caller_and_says_that_it_is_one() {
    run_as(job(), the_job_alone()).await.unwrap();
    run_as(system("other"), the_job_alone()).await.unwrap_err();
    let context = job().build().unwrap();
    assert_eq!(context.system_name(), Some("nightly-report"));
    assert_eq!(context.issuer(), "");
    assert_eq!(context.token_claims().jti(), None);
    assert!(context.agent().is_none());
    let subject = run_as(job(), whoever()).await.unwrap();
    assert_eq!(subject, "pico-auth:system:nightly-report");
    assert_eq!(
        caller("pico-auth:system:nightly-report").system_name(),
        None
    );
    // What is granted stays out of logs.
    let shown = format!(
        "{:?} {context:?}",
        job().role("held-role").scope("held-scope")
    );
    assert!(
        shown.contains("nightly-report") && !shown.contains("held"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_job_stays_one_with_claims_and_in_tasks() {
    #[derive(Claims)]
    struct Tenant {
        tenant: String,
    }
    let tenant = Tenant {
        tenant: "acme".into(),
    };
    let context = job().role("editor").build().unwrap().with_claims(tenant);
    let tenant = context.claims::<Tenant>().unwrap();
    assert_eq!(tenant.tenant, "acme");
    assert_eq!(context.system_name(), Some("nightly-report"));
    let spawned = context.scope(async { propagate::spawn(editor()).await });
    spawned.await.unwrap().unwrap();
}

/// The attack: a request starts a job, and the job acts with the rights of the request.
#[tokio::test]
async fn a_job_that_a_request_starts_does_not_act_for_the_request() {
    let request = SecurityContext::test("ada")
        .role("editor")
        .agent("robot", ["orders:read"]);
    let by_request = async {
        assert!(run_as(job(), editor()).await.is_err());
        assert!(run_as(job(), agent()).await.is_err());
        assert_eq!(ambient(), "ada");
    };
    request.scope(by_request).await;
}

#[tokio::test]
async fn names_that_are_none_are_refused_and_nothing_runs() {
    let names = [
        "",
        " ",
        "nightly report",
        "nightly-report\n",
        "a\tb",
        "a\0b",
        "a\u{202e}b",
        "ä",
    ];
    for name in names {
        refuses(system(name), "name").await;
    }
    for name in ["", " ", "editor ", "\u{a0}editor", "edi\ntor", "\u{0}"] {
        refuses(job().role(name), "role").await;
        refuses(job().group(name), "group").await;
    }
    for name in [
        "",
        " ",
        "a b",
        "orders:read ",
        "*",
        "orders:*",
        "orders:*:read",
        "a\u{2003}b",
    ] {
        refuses(job().scope(name), "scope").await;
    }
    job()
        .role("order editor")
        .group("Domain Admins")
        .scope("orders:read")
        .build()
        .unwrap();
}

async fn refuses(caller: SystemCaller, what: &str) {
    let error: AuthConfigurationError = caller.clone().build().unwrap_err();
    assert_eq!(error.key(), "system");
    let problem = error.problem();
    assert!(
        problem.contains(&format!("the {what} of a system caller")),
        "{problem}"
    );
    assert!(!problem.contains(char::is_control), "{problem:?}");
    let mut ran = false;
    let future = async {
        ran = true;
        Ok::<_, AuthClientError>(())
    };
    let refused = run_as(caller, future).await.unwrap_err();
    assert_eq!(refused.to_string(), error.to_string());
    assert!(!ran);
}

#[tokio::test]
async fn a_wrong_job_says_what_to_write() {
    let error = system("nightly report").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "Authentication setting `system`: \"nightly report\" cannot be the name of a system caller: \
         write one of visible ASCII characters, such as `nightly-report`"
    );
}

/// The attack: somebody registers at the issuer under the subject of a job.
#[tokio::test]
async fn a_token_that_names_a_system_caller_is_refused() {
    let app = App::secured(behind(Policy::Authenticated, ISSUER.authenticator())).await;
    let detail = "Invalid token: Invalid claim 'sub': it names a system caller of this service";
    for subject in ["pico-auth:system:nightly-report", "pico-auth:system:"] {
        let token = ISSUER.token(subject).sign();
        for what in ["seen first", "seen again"] {
            app.get("/", Some(&token)).await.is_invalid(what, detail);
        }
    }
    // Names of Kubernetes, and what only looks similar, are nobody's business here.
    for subject in [
        "system:serviceaccount:default:builder",
        "pico-auth:systems",
        "pico-auth",
    ] {
        let token = ISSUER.token(subject).sign();
        app.get("/", Some(&token))
            .await
            .is_ok("an ordinary subject", subject);
    }
}

/// The attack: the same by another claim, where a claims type says that it is the subject.
#[tokio::test]
async fn a_token_that_names_a_system_caller_by_a_claims_type_is_refused() {
    #[derive(Claims)]
    struct Named {
        #[claim(subject, path = "login")]
        login: String,
    }
    let issuer = &*ISSUER;
    let typed = issuer.authenticator_with(issuer.settings(), AuthenticatorBuilder::claims::<Named>);
    let good = issuer.token("u1").claim("login", "ada").sign();
    let context = typed.authenticate(&good, None).await.unwrap();
    assert_eq!(context.claims::<Named>().unwrap().login, "ada");
    let by_login = issuer.token("u1").claim("login", "pico-auth:system:job");
    let by_sub = issuer.token("pico-auth:system:job").claim("login", "ada");
    for token in [by_login.sign(), by_sub.sign()] {
        match typed.authenticate(&token, None).await.unwrap_err() {
            AuthClientError::TokenInvalid(error) => {
                let reason = error.reason();
                assert!(
                    matches!(reason, TokenInvalidReason::RefusedClaim(..)),
                    "{reason:?}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_job_that_never_runs_is_dropped_as_itself() {
    let (seen, mut dropped) = super::SeenOnDrop::new();
    let job = run_as(job(), async move {
        drop(seen);
        Ok::<_, AuthClientError>(())
    });
    let by_bob = async move { drop(job) };
    by_bob.in_context(caller("bob")).await;
    assert_eq!(
        dropped.recv().await.unwrap(),
        "pico-auth:system:nightly-report"
    );
}
