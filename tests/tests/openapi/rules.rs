//! What an operation says of its rule.

use pico_auth::openapi::{OpenApiRouter, check, routes, secure};
use pico_auth::routing::get;
use pico_auth::{AuthenticationStrength, Policy, Requirement, SecureRouter};
use serde_json::{Value, json};
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::{Info, OpenApi, PathItem, Paths};

use super::handlers;
use super::operation;

fn document() -> OpenApi {
    let router: OpenApiRouter = OpenApiRouter::new().routes(routes!(
        handlers::health,
        handlers::greeting,
        handlers::me,
        handlers::show,
        handlers::delete,
        handlers::groups,
        handlers::order,
        handlers::orders,
        handlers::payout,
        handlers::change,
        handlers::files
    ));
    router.split().1
}

#[test]
fn each_rule_has_its_security() {
    let document = document();
    for (method, path, expected) in [
        ("get", "/health", json!([])),
        ("get", "/greeting", json!([{}, { "bearerAuth": [] }])),
        ("get", "/me", json!([{ "bearerAuth": [] }])),
        ("get", "/users/{id}", json!([{ "bearerAuth": [] }])),
        ("get", "/groups", json!([{ "bearerAuth": [] }])),
        (
            "post",
            "/orders",
            json!([{ "bearerAuth": ["orders:read", "orders:write"] }]),
        ),
        (
            "get",
            "/orders",
            json!([{ "bearerAuth": ["orders:*"] }, { "bearerAuth": ["orders:read"] }]),
        ),
        (
            "post",
            "/payouts",
            json!([{ "agentAuth": ["payouts:prepare"], "bearerAuth": ["payouts:write"] }]),
        ),
        (
            "put",
            "/orders/{id}",
            json!([{ "bearerAuth": [] }, { "bearerAuth": ["orders:write"] }]),
        ),
        ("get", "/files/{rest}", json!([{ "bearerAuth": [] }])),
    ] {
        let operation = operation(&document, method, path);
        assert_eq!(operation["security"], expected, "{method} {path}");
    }
}

#[test]
fn the_description_ends_with_what_is_required() {
    let document = document();
    for (method, path, expected) in [
        ("get", "/health", "Open to everybody: load balancer probe"),
        (
            "get",
            "/greeting",
            "Open to everybody; a token that is sent must be valid",
        ),
        ("get", "/me", "Requires a valid token"),
        ("get", "/users/{id}", "Requires one of roles: admin, viewer"),
        ("delete", "/users/{id}", "Requires role: admin"),
        ("get", "/groups", "Requires group: staff"),
        (
            "post",
            "/orders",
            "Requires all of scopes: orders:read, orders:write",
        ),
        (
            "post",
            "/payouts",
            "Requires all of (agent scope 'payouts:prepare'; scope 'payouts:write')",
        ),
        (
            "put",
            "/orders/{id}",
            "Requires any of (role 'admin'; all of (scope 'orders:write'; a condition on the request))",
        ),
    ] {
        let operation = operation(&document, method, path);
        let description = operation["description"].as_str().unwrap();
        assert_eq!(
            description.lines().last(),
            Some(expected),
            "{method} {path}"
        );
    }
    let shown = operation(&document, "get", "/users/{id}");
    assert_eq!(shown["summary"], "Shows a user.");
}

#[test]
fn refusals_are_described_once_and_by_the_operation_where_it_does() {
    let document = document();
    let statuses = |method: &str, path: &str| -> Vec<String> {
        let responses = operation(&document, method, path)["responses"].clone();
        responses.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(statuses("get", "/health"), ["200"]);
    assert_eq!(statuses("get", "/greeting"), ["200", "401", "503"]);
    assert_eq!(statuses("get", "/me"), ["200", "401", "503"]);
    assert_eq!(statuses("get", "/users/{id}"), ["200", "401", "403", "503"]);
    let deleted = operation(&document, "delete", "/users/{id}");
    assert_eq!(
        deleted["responses"]["403"]["description"],
        "Only admins delete"
    );
    let schema = "/responses/401/content/application~1json/schema/$ref";
    let reference = json!("#/components/schemas/AuthError");
    assert_eq!(deleted.pointer(schema), Some(&reference));
}

#[test]
fn schemes_and_the_schema_of_refusals_are_declared() {
    let components = super::json(&document())["components"].clone();
    assert_eq!(
        components["securitySchemes"]["bearerAuth"]["scheme"],
        "bearer"
    );
    let agent = &components["securitySchemes"]["agentAuth"];
    assert_eq!(
        (&agent["in"], &agent["name"]),
        (&json!("header"), &json!("X-Agent-Authorization"))
    );
    assert_eq!(
        components["schemas"]["AuthError"]["required"],
        json!(["detail"])
    );
    assert!(components["schemas"]["User"].is_object());
}

#[test]
fn nothing_is_declared_for_what_is_open() {
    let router: OpenApiRouter = OpenApiRouter::new().routes(routes!(handlers::health));
    let document = super::json(&router.split().1);
    assert_eq!(document["components"]["securitySchemes"], Value::Null);
    assert_eq!(document["components"]["schemas"], Value::Null);
}

#[test]
fn saying_it_again_says_nothing_twice() {
    let router: OpenApiRouter =
        OpenApiRouter::new().routes(routes!(handlers::show, handlers::delete, handlers::payout));
    let (router, mut document) = router.split();
    let once = document.clone();
    secure(&mut document, &router.access_map());
    assert!(document == once);
}

fn document_with_one_operation() -> OpenApi {
    let operation = OperationBuilder::new().build();
    let item = PathItem::from_http_methods(vec![utoipa::openapi::HttpMethod::Get], operation);
    let mut paths = Paths::new();
    paths.paths.insert("/".to_owned(), item);
    OpenApi::new(Info::new("", ""), paths)
}

fn with_one_operation(policy: Policy) -> Value {
    let mut document = document_with_one_operation();
    let router: SecureRouter = SecureRouter::new().route("/", get(policy.guard(|| async {})));
    secure(&mut document, &router.access_map());
    assert_eq!(check(&document, &router.access_map()), []);
    operation_security(&document)
}

fn operation_security(document: &OpenApi) -> Value {
    operation(document, "get", "/")["security"].clone()
}

#[test]
fn what_no_scheme_can_say_is_never_said_as_a_scope() {
    const NOT: Policy = Policy::require(Requirement::not(&Requirement::any_scope(&["banned"])));
    const NONE: Policy = Policy::require(Requirement::any_scope(&[]));
    for policy in [NOT, NONE] {
        assert_eq!(with_one_operation(policy), json!([{ "bearerAuth": [] }]));
    }
}

#[test]
fn an_agent_that_must_lack_a_scope_must_be_there() {
    const WITHOUT: Policy =
        Policy::require(Requirement::not(&Requirement::any_agent_scope(&["pay"])));
    let expected = json!([{ "agentAuth": [], "bearerAuth": [] }]);
    assert_eq!(with_one_operation(WITHOUT), expected);
}

#[test]
fn stars_in_names_stay_in_a_description() {
    const WILD: Policy = Policy::require(Requirement::any_scope(&["orders:*", "users:*"]));
    let router: SecureRouter = SecureRouter::new().route("/", get(WILD.guard(|| async {})));
    let mut document = document_with_one_operation();
    secure(&mut document, &router.access_map());
    let description = operation(&document, "get", "/")["description"].clone();
    assert_eq!(description, r"Requires one of scopes: orders:\*, users:\*");
}

#[test]
fn a_strength_of_authentication_is_described_and_its_refusal_is_a_step_up() {
    const RECENT_MFA: AuthenticationStrength = AuthenticationStrength::new()
        .acr(&["mfa"])
        .max_age_seconds(300);
    const ALONE: Policy = Policy::require(Requirement::authentication(&RECENT_MFA));
    const WITH_ROLE: Policy = Policy::require(Requirement::all(&[
        Requirement::any_role(&["admin"]),
        Requirement::authentication(&RECENT_MFA),
    ]));
    for (policy, description, statuses) in [
        (
            ALONE,
            "Requires authentication with acr 'mfa' within the last 300 seconds",
            &["401", "503"][..],
        ),
        (
            WITH_ROLE,
            "Requires all of (role 'admin'; authentication with acr 'mfa' within the last 300 seconds)",
            &["401", "403", "503"],
        ),
    ] {
        let router: SecureRouter = SecureRouter::new().route("/", get(policy.guard(|| async {})));
        let mut document = document_with_one_operation();
        secure(&mut document, &router.access_map());
        assert_eq!(check(&document, &router.access_map()), []);
        let operation = operation(&document, "get", "/");
        assert_eq!(operation["description"], description);
        assert_eq!(operation["security"], json!([{ "bearerAuth": [] }]));
        let responses = operation["responses"].as_object().unwrap();
        assert_eq!(responses.keys().collect::<Vec<_>>(), statuses);
        let challenge = responses["401"]["description"].as_str().unwrap();
        assert!(challenge.contains("RFC 9470"), "{challenge}");
    }
}

#[test]
fn too_many_alternatives_become_what_all_of_them_need() {
    const AB: Requirement = Requirement::any_scope(&["a", "b", "c"]);
    const CD: Requirement = Requirement::any_scope(&["d", "e", "f"]);
    const EF: Requirement = Requirement::any_scope(&["g", "h", "i"]);
    const MANY: Policy = Policy::require(Requirement::all(&[
        Requirement::any_scope(&["all"]),
        AB,
        CD,
        EF,
    ]));
    assert_eq!(with_one_operation(MANY), json!([{ "bearerAuth": ["all"] }]));
}
