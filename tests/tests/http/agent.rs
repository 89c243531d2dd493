//! The second identity: the agent named by `X-Agent-Authorization`.

use pico_auth::routing::get;
use pico_auth::test_kit::{TestKey, TokenBuilder};
use pico_auth::{
    AgentContext, AuthClientSettingsBuilder, Policy, Requirement, SecureRouter, SecurityContext,
};
use serde_json::json;

use super::support::{
    ADMIN, Answer, App, INSUFFICIENT_SCOPE, INVALID_TOKEN, ISSUER, MISSING, serve,
};

const NO_AGENT: &str = "Endpoint requires X-Agent-Authorization header (agent token)";
const WRITE: Policy = Policy::require(Requirement::any_agent_scope(&["treasury:write"]));

const ALL: Policy = Policy::require(Requirement::all_agent_scopes(&["a:read", "a:write"]));
const BOTH: Policy = Policy::require(Requirement::all(&[
    Requirement::any_role(&["admin"]),
    Requirement::any_agent_scope(&["treasury:write"]),
]));
const EITHER: Policy = Policy::require(Requirement::any(&[
    Requirement::any_role(&["admin"]),
    Requirement::any_agent_scope(&["treasury:write"]),
]));
const BEARER_SCOPE: Policy = Policy::require(Requirement::any_scope(&["treasury:write"]));

async fn app_with(settings: AuthClientSettingsBuilder) -> App {
    let who = |caller: Option<SecurityContext>, agent: Option<AgentContext>| async move {
        let caller = caller.map_or_else(|| "nobody".to_owned(), |c| c.subject().to_owned());
        let agent = agent.map_or_else(|| "none".to_owned(), |a| a.subject().to_owned());
        format!("{caller}/{agent}")
    };
    let app = SecureRouter::new()
        .route("/", get(Policy::Authenticated.guard(who)))
        .route("/anonymous", get(Policy::AllowAnonymous.guard(who)))
        .route("/optional", get(Policy::OptionalAuthentication.guard(who)))
        .route("/write", get(WRITE.guard(who)))
        .route("/all", get(ALL.guard(who)))
        .route("/both", get(BOTH.guard(who)))
        .route("/either", get(EITHER.guard(who)))
        .route("/bearer-scope", get(BEARER_SCOPE.guard(who)));
    App::secured(app.secured_by(ISSUER.authenticator_with(settings, |builder| builder))).await
}

async fn app() -> App {
    app_with(ISSUER.settings()).await
}

fn agent() -> TokenBuilder {
    ISSUER
        .token("agent-7")
        .agent_scopes(["treasury:write"])
        .claim("user_id", "ada")
        .claim("task_type", "audit")
}

fn caller() -> String {
    ISSUER.token("ada").role("admin").sign()
}

async fn call(app: &App, path: &str, bearer: Option<&str>, agents: &[&str]) -> Answer {
    let mut request = app.request(reqwest::Method::GET, path);
    if let Some(bearer) = bearer {
        request = request.bearer_auth(bearer);
    }
    for agent in agents {
        request = request.header("X-Agent-Authorization", *agent);
    }
    super::support::send(request).await
}

#[tokio::test]
async fn an_agent_is_known_beside_the_caller_and_its_absence_is_fine() {
    let app = app().await;
    let (bearer, agent) = (caller(), agent().sign());
    let bearer = Some(bearer.as_str());
    let agent = format!("beARer {agent}");
    call(&app, "/", bearer, &[&agent])
        .await
        .is_ok("both", "ada/agent-7");
    call(&app, "/", bearer, &[])
        .await
        .is_ok("no agent", "ada/none");
    call(&app, "/optional", bearer, &[&agent])
        .await
        .is_ok("optional", "ada/agent-7");
    let answer = call(&app, "/anonymous", bearer, &[&agent, "rubbish"]).await;
    answer.is_ok("anonymous: not looked at", "nobody/none");
}

#[tokio::test]
async fn a_bad_agent_token_is_refused_everywhere_and_named() {
    let app = app().await;
    let bearer = caller();
    let attacker = TestKey::generate(ISSUER.key().kid(), ISSUER.key().algorithm());
    let good = format!("Bearer {}", agent().sign());
    let with_scheme = |token: String| vec![format!("Bearer {token}")];
    let form = "Invalid agent token: Malformed token, not one Bearer credential";
    let cases = [
        ("no scheme", vec![agent().sign()], form),
        ("empty", vec![String::new()], form),
        ("another scheme", vec!["Basic YTpi".to_owned()], form),
        ("twice", vec![good.clone(), good.clone()], form),
        (
            "a second, bad one",
            vec![good.clone(), "x".to_owned()],
            form,
        ),
        ("a first, bad one", vec!["x".to_owned(), good.clone()], form),
        (
            "expired",
            with_scheme(agent().expired().sign()),
            "Agent token has expired",
        ),
        (
            "forged and expired",
            with_scheme(agent().expired().signed_by(&attacker).sign()),
            "Invalid agent token: Signature verification failed",
        ),
        (
            "alg none",
            with_scheme(agent().header("alg", "none").with_signature(b"")),
            "Invalid agent token: Algorithm is not accepted",
        ),
        (
            "garbage",
            with_scheme("abc".to_owned()),
            "Invalid agent token: Malformed token, not three parts",
        ),
        (
            "too large",
            with_scheme("a".repeat(17_000)),
            "Invalid agent token: Token is too large",
        ),
        (
            "another audience",
            with_scheme(agent().claim("aud", "x").sign()),
            "Invalid agent token: Invalid audience",
        ),
        (
            "another issuer",
            with_scheme(agent().claim("iss", "x").sign()),
            "Invalid agent token: Invalid issuer",
        ),
        (
            "unknown key",
            with_scheme(agent().header("kid", "x").sign()),
            "Invalid agent token: Unknown signing key",
        ),
        (
            "refresh token",
            with_scheme(agent().claim("type", "refresh").sign()),
            "Invalid agent token: Not an access token",
        ),
        (
            "no subject",
            with_scheme(agent().without_claim("sub").sign()),
            "Invalid agent token: Missing claim 'sub'",
        ),
        (
            "scopes as a string",
            with_scheme(agent().claim("scopes", "*").sign()),
            "Invalid agent token: Invalid claim 'scopes'",
        ),
        (
            "scopes with a number",
            with_scheme(agent().claim("scopes", json!(["*", 1])).sign()),
            "Invalid agent token: Invalid claim 'scopes'",
        ),
    ];
    for (what, agents, detail) in &cases {
        assert!(detail.to_lowercase().contains("agent"), "{detail}");
        let agents: Vec<_> = agents.iter().map(String::as_str).collect();
        for path in ["/", "/optional", "/write", "/either"] {
            let answer = call(&app, path, Some(&bearer), &agents).await;
            answer.refuses(&format!("{what} {path}"), 401, detail, Some(INVALID_TOKEN));
        }
    }
}

#[tokio::test]
async fn an_agent_alone_is_nobody() {
    let app = app().await;
    let agent = format!("Bearer {}", agent().sign());
    for path in ["/", "/optional", "/write", "/either", "/no-such-path"] {
        let answer = call(&app, path, None, &[&agent]).await;
        answer.refuses(path, 401, MISSING, Some("Bearer"));
    }
}

#[tokio::test]
async fn a_bad_bearer_token_is_told_before_the_agent_s() {
    let app = app().await;
    let expired = ISSUER.token("ada").expired().sign();
    let agent = format!("Bearer {}", agent().expired().sign());
    let answer = call(&app, "/", Some(&expired), &[&agent]).await;
    answer.is_invalid("both expired", "Token has expired");
}

#[tokio::test]
async fn a_rule_about_the_agent_without_one_is_401_and_never_asks_to_widen_the_bearer_token() {
    let app = app().await;
    let bearer = ISSUER.token("ada").scope("treasury:write").sign();
    let answer = call(&app, "/write", Some(&bearer), &[]).await;
    assert_eq!(answer.body, format!(r#"{{"detail":"{NO_AGENT}"}}"#));
    answer.refuses("no agent", 401, NO_AGENT, Some("Bearer"));

    let poor = format!("Bearer {}", agent().agent_scopes(["treasury:read"]).sign());
    let answer = call(&app, "/write", Some(&bearer), &[&poor]).await;
    let detail = "Requires one of agent scopes: ['treasury:write']";
    answer.refuses("scope missing", 403, detail, Some(INSUFFICIENT_SCOPE));
    let answer = call(&app, "/all", Some(&bearer), &[&poor]).await;
    let detail = "Requires all of agent scopes: ['a:read', 'a:write']";
    answer.refuses("all of them", 403, detail, Some(INSUFFICIENT_SCOPE));
}

#[tokio::test]
async fn scopes_of_the_two_tokens_do_not_mix() {
    let app = app().await;
    let bearer = ISSUER
        .token("ada")
        .scope("treasury:write")
        .claim("scopes", json!(["*"]));
    let bearer = bearer.sign();
    for (what, token) in [
        (
            "scope",
            agent().without_claim("scopes").scope("treasury:write"),
        ),
        (
            "scp",
            agent()
                .without_claim("scopes")
                .claim("scp", json!(["treasury:write"])),
        ),
        ("no scopes at all", agent().without_claim("scopes")),
        ("empty scopes", agent().agent_scopes([])),
    ] {
        let agent = format!("Bearer {}", token.sign());
        let answer = call(&app, "/write", Some(&bearer), &[&agent]).await;
        assert_eq!(answer.status, 403, "the agent's `{what}` grants it nothing");
    }
    let agent = format!("Bearer {}", agent().sign());
    let poor = ISSUER.token("ada").sign();
    let answer = call(&app, "/bearer-scope", Some(&poor), &[&agent]).await;
    assert_eq!(
        answer.status, 403,
        "the agent's scopes are not the caller's"
    );
    let agent_role = format!("Bearer {}", self::agent().role("admin").sign());
    let answer = call(&app, "/both", Some(&poor), &[&agent_role]).await;
    assert_eq!(answer.status, 403, "the agent's role is not the caller's");
}

#[tokio::test]
async fn wildcards_cover_what_is_below_them_only() {
    let app = app().await;
    let bearer = caller();
    for (granted, status) in [
        ("*", 200),
        ("treasury:*", 200),
        ("treasury:write", 200),
        ("treasury:write:*", 200),
        ("treasury", 403),
        ("treasury:", 403),
        ("treasury*", 403),
        ("treasury:w*", 403),
        ("*:write", 403),
        ("**", 403),
        (":*", 403),
        ("Treasury:*", 403),
        (" *", 403),
        ("treasury:write ", 403),
        ("treasury:write:budget", 403),
        ("treasury:read treasury:write", 403),
        ("", 403),
    ] {
        let agent = format!("Bearer {}", agent().agent_scopes([granted]).sign());
        let answer = call(&app, "/write", Some(&bearer), &[&agent]).await;
        assert_eq!(answer.status, status, "`{granted}`: {}", answer.body);
    }
}

#[tokio::test]
async fn several_requirements() {
    let app = app().await;
    let agent = format!("Bearer {}", agent().sign());
    let (ada, vic) = (caller(), ISSUER.token("vic").sign());
    for (path, bearer, agents, status) in [
        ("/both", &ada, vec![agent.as_str()], 200),
        ("/both", &ada, vec![], 401),
        ("/both", &vic, vec![agent.as_str()], 403),
        ("/both", &vic, vec![], 403),
        ("/either", &ada, vec![], 200),
        ("/either", &vic, vec![agent.as_str()], 200),
        ("/either", &vic, vec![], 403),
    ] {
        let answer = call(&app, path, Some(bearer), &agents).await;
        assert_eq!(answer.status, status, "{path} {agents:?}: {}", answer.body);
    }
}

/// One validator serves both tokens, so a caller's own token with `scopes` passes as an agent's unless
/// the settings tell them apart. The default is documented; this test pins it and the three ways out.
#[tokio::test]
async fn service_token_as_agent_token() {
    let token = ISSUER.token("ada").agent_scopes(["treasury:write"]).sign();
    let as_agent = format!("Bearer {token}");
    let answer = call(&app().await, "/write", Some(&token), &[&as_agent]).await;
    answer.is_ok("the default", "ada/ada");

    let settings = || ISSUER.settings();
    for (settings, detail) in [
        (
            settings().agent_audience("agents"),
            "Invalid agent token: Invalid audience",
        ),
        (
            settings().agent_required_claims(["task_type", "user_id"]),
            "Invalid agent token: Missing claim 'task_type'",
        ),
        (
            settings().agent_user_must_match_subject(true),
            "Invalid agent token: Invalid claim 'user_id'",
        ),
    ] {
        let app = app_with(settings).await;
        for path in ["/", "/write", "/optional"] {
            let answer = call(&app, path, Some(&token), &[&as_agent]).await;
            answer.is_invalid(path, detail);
        }
    }
}

#[tokio::test]
async fn an_agent_audience_keeps_the_two_kinds_of_tokens_apart() {
    let app = app_with(ISSUER.settings().agent_audience("agents")).await;
    let bearer = caller();
    let token = agent().claim("aud", "agents").sign();
    let answer = call(&app, "/write", Some(&bearer), &[&format!("Bearer {token}")]).await;
    answer.is_ok("an agent's token as an agent's", "ada/agent-7");
    let answer = call(&app, "/", Some(&token), &[]).await;
    answer.is_invalid(
        "an agent's token as a caller's",
        "Invalid token: Invalid audience",
    );
    let token = agent().sign();
    let answer = call(&app, "/write", Some(&bearer), &[&format!("Bearer {token}")]).await;
    answer.is_invalid(
        "the API's audience",
        "Invalid agent token: Invalid audience",
    );
}

#[tokio::test]
async fn required_claims_must_be_there() {
    let app = app_with(ISSUER.settings().agent_required_claims(["task_type"])).await;
    let bearer = caller();
    for (what, token, ok) in [
        ("there", agent(), true),
        ("absent", agent().without_claim("task_type"), false),
        ("null", agent().claim("task_type", json!(null)), false),
    ] {
        let agent = format!("Bearer {}", token.sign());
        let answer = call(&app, "/", Some(&bearer), &[&agent]).await;
        if ok {
            answer.is_ok(what, "ada/agent-7");
        } else {
            answer.is_invalid(what, "Invalid agent token: Missing claim 'task_type'");
        }
    }
}

#[tokio::test]
async fn an_agent_of_another_user() {
    let app = app_with(ISSUER.settings().agent_user_must_match_subject(true)).await;
    let bearer = caller();
    let ok = format!("Bearer {}", agent().sign());
    call(&app, "/write", Some(&bearer), &[&ok])
        .await
        .is_ok("of ada", "ada/agent-7");
    for (what, token) in [
        ("of vic", agent().claim("user_id", "vic")),
        ("of nobody", agent().without_claim("user_id")),
        ("of Ada", agent().claim("user_id", "Ada")),
        ("of [ada]", agent().claim("user_id", json!(["ada"]))),
    ] {
        let agent = format!("Bearer {}", token.sign());
        let answer = call(&app, "/", Some(&bearer), &[&agent]).await;
        answer.is_invalid(what, "Invalid agent token: Invalid claim 'user_id'");
    }
    call(&app, "/", Some(&bearer), &[])
        .await
        .is_ok("no agent", "ada/none");
}

#[tokio::test]
async fn an_agent_does_not_disturb_rules_about_the_caller() {
    let app = serve(ADMIN).await;
    let agent = format!("Bearer {}", agent().sign());
    let bearer = caller();
    call(&app, "/", Some(&bearer), &[&agent])
        .await
        .is_ok("admin", "ada");
}
