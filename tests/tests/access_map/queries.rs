//! Questions to a map.

use pico_auth::access_map::{AccessMap, Caller, Decision, FALLBACK, RoleAccess, roles};
use pico_auth::routing::{any, get};
use pico_auth::{Policy, Requirement, SecureRouter, SecurityContext, authorize};

use super::caller::AppRole;
use super::entries::{ADMIN, OPEN};

const NO_ROLE: Requirement = Requirement::any_role(&[]);
const BOTH: Requirement = Requirement::all_roles(&["editor", "auditor"]);

async fn plain() {}

#[authorize(all(role("viewer"), when(true)))]
async fn conditional() {}

const fn policy(requirement: Requirement) -> Policy {
    Policy::require(requirement)
}

/// The map of one route under this policy.
fn of(policy: Policy) -> AccessMap {
    SecureRouter::<()>::new()
        .route("/", get(policy.guard(plain)))
        .access_map()
}

fn with_role(policy: Policy, role: &str) -> RoleAccess {
    of(policy).who_can("GET", "/").unwrap().with_role(role)
}

fn map() -> AccessMap {
    SecureRouter::<()>::new()
        .route("/get", get(ADMIN.guard(plain)))
        .route("/both", get(ADMIN.guard(plain)).head(OPEN.guard(plain)))
        .route("/any", any(OPEN.guard(plain)).get(ADMIN.guard(plain)))
        .route("/users/{id}", get(conditional))
        .access_map()
}

#[test]
fn head_is_answered_by_its_own_route_then_by_that_of_get_then_by_any() {
    let map = map();
    for (method, path, expected) in [
        ("GET", "/get", "GET /get: role 'admin'"),
        ("HEAD", "/get", "GET /get: role 'admin'"),
        ("HEAD", "/both", "HEAD /both: everybody"),
        ("HEAD", "/any", "GET /any: role 'admin'"),
        ("PUT", "/any", "every method /any: everybody"),
        ("PROPFIND", "/any", "every method /any: everybody"),
        ("GET", FALLBACK, "any other path: any valid token"),
        ("*", FALLBACK, "any other path: any valid token"),
    ] {
        let access = map.who_can(method, path).unwrap();
        assert_eq!(access.to_string(), expected, "{method} {path}");
    }
}

#[test]
fn a_misspelt_route_is_no_answer() {
    let map = map();
    let unknown = |method: &str, path: &str| map.who_can(method, path).unwrap_err().to_string();
    assert_eq!(unknown("POST", "/get"), "`/get` has no `POST`, only `GET`");
    assert_eq!(
        unknown("POST", "/both"),
        "`/both` has no `POST`, only `GET`, `HEAD`"
    );
    // Methods are compared as they are, as HTTP does.
    assert_eq!(unknown("get", "/get"), "`/get` has no `get`, only `GET`");
    let no_path = "no route has the path `/users/7`: write it as it was routed, with what it is nested under, \
                   such as `/api/users/{id}`";
    assert_eq!(unknown("GET", "/users/7"), no_path);
    for path in ["", "/get/", "get", "/users/{name}"] {
        assert!(unknown("GET", path).starts_with("no route"), "{path}");
    }
}

#[test]
fn what_a_caller_can_call() {
    let map = map();
    let routes = |caller: &Caller| -> Vec<String> {
        let can = map.what_can(caller);
        can.iter().map(|access| access.entry().route()).collect()
    };
    let open = ["every method /any", "HEAD /both"];
    assert_eq!(routes(&Caller::anonymous()), open);
    assert_eq!(
        routes(&Caller::authenticated()),
        [open[0], open[1], "any other path"]
    );
    assert_eq!(
        routes(&roles(["viewer"])),
        [open[0], open[1], "GET /users/{id}", "any other path"]
    );
    assert_eq!(routes(&roles(["admin"])).len(), 6);
    let everything = map.access().count();
    assert_eq!(everything, map.entries().len());
}

#[test]
fn decisions_for_callers() {
    let agent = of(policy(Requirement::any_agent_scope(&["pay:write"])));
    let agent = agent.who_can("GET", "/").unwrap();
    let caller = Caller::authenticated();
    assert_eq!(agent.decide(&Caller::anonymous()), Decision::Refused);
    assert_eq!(agent.decide(&caller), Decision::Refused);
    let wrong = caller.clone().scopes(["pay:write"]);
    assert_eq!(agent.decide(&wrong), Decision::Refused);
    assert_eq!(agent.decide(&caller.agent(["pay:*"])), Decision::Admitted);

    let group = of(policy(Requirement::any_group(&["staff"])));
    let group = group.who_can("GET", "/").unwrap();
    // Named groups make a valid token of no token.
    assert_eq!(
        group.decide(&Caller::anonymous().groups(["staff"])),
        Decision::Admitted
    );
    assert_eq!(
        group.decide(&Caller::authenticated().groups(["Staff"])),
        Decision::Refused
    );

    let map = map();
    let user = map.who_can("GET", "/users/{id}").unwrap();
    assert_eq!(user.decide(&roles(["viewer"])), Decision::DependsOnRequest);
    assert_eq!(user.decide(&roles(["editor"])), Decision::Refused);
    let context = SecurityContext::test("u").role("viewer").build();
    assert_eq!(
        user.decide(&Caller::from(&context)),
        Decision::DependsOnRequest
    );
}

/// "Not" is no way to open a door: without the agent it speaks of, nobody is let in.
#[test]
fn a_caller_without_an_agent_is_not_an_agent_without_the_scope() {
    const NOT: Requirement = Requirement::not(&Requirement::any_agent_scope(&["pay:write"]));
    let map = of(policy(NOT));
    let access = map.who_can("GET", "/").unwrap();
    assert_eq!(access.decide(&Caller::authenticated()), Decision::Refused);
    assert_eq!(
        access.decide(&Caller::authenticated().agent(["other"])),
        Decision::Admitted
    );
    let nobody = of(policy(Requirement::not(&NO_ROLE)));
    let nobody = nobody.who_can("GET", "/").unwrap();
    assert_eq!(nobody.decide(&Caller::authenticated()), Decision::Refused);
}

#[test]
fn roles_that_suffice_count_those_that_imply_them() {
    let editors = policy(Requirement::any_role(&["editor"]));
    let flat = of(editors);
    assert_eq!(flat.who_can("GET", "/").unwrap().roles(), ["editor"]);
    assert_eq!(flat.roles(), ["editor"]);
    let map = of(editors).with_role_hierarchy::<AppRole>();
    let access = map.who_can("GET", "/").unwrap();
    assert_eq!(access.roles(), ["admin", "editor", "owner"]);
    assert_eq!(
        map.roles(),
        ["admin", "auditor", "editor", "owner", "viewer"]
    );
    assert_eq!(access.decide(&roles(["owner"])), Decision::Admitted);
    assert_eq!(access.decide(&roles(["auditor"])), Decision::Refused);

    let map = of(policy(BOTH)).with_role_hierarchy::<AppRole>();
    assert_eq!(map.who_can("GET", "/").unwrap().roles(), ["admin", "owner"]);
    // Where a rule does not ask for roles, none is named.
    for policy in [
        OPEN,
        Policy::Authenticated,
        policy(Requirement::any_group(&["staff"])),
    ] {
        let map = of(policy).with_role_hierarchy::<AppRole>();
        assert_eq!(map.who_can("GET", "/").unwrap().roles(), [""; 0]);
    }
}

#[test]
fn what_one_role_means() {
    use RoleAccess::{Admitted, Anonymous, Possible, Refused};
    const ADMINS: Requirement = Requirement::any_role(&["admin"]);
    const SCOPE: Requirement = Requirement::any_scope(&["a"]);
    const AGENT: Requirement = Requirement::any_agent_scope(&["a"]);
    const ALL: Requirement = Requirement::all(&[ADMINS, SCOPE]);
    const ANY: Requirement = Requirement::any(&[ADMINS, AGENT]);
    for (policy, admin, other) in [
        (OPEN, Anonymous, Anonymous),
        (Policy::OptionalAuthentication, Anonymous, Anonymous),
        (Policy::Authenticated, Admitted, Admitted),
        (policy(ADMINS), Admitted, Refused),
        (policy(SCOPE), Possible, Possible),
        (policy(AGENT), Possible, Possible),
        (policy(ALL), Possible, Refused),
        (policy(ANY), Admitted, Possible),
        (policy(Requirement::not(&ADMINS)), Refused, Admitted),
        (policy(Requirement::not(&SCOPE)), Possible, Possible),
        (policy(Requirement::not(&AGENT)), Possible, Possible),
        (policy(Requirement::not(&ALL)), Possible, Admitted),
        (policy(Requirement::any_role(&[])), Refused, Refused),
        (policy(Requirement::When(0)), Refused, Refused),
    ] {
        let means = [with_role(policy, "admin"), with_role(policy, "other")];
        assert_eq!(means, [admin, other], "{policy:?}");
    }
    let map = map();
    let conditional = map.who_can("GET", "/users/{id}").unwrap();
    assert_eq!(conditional.with_role("viewer"), Possible);
    assert_eq!(conditional.with_role("Viewer"), Refused);
    assert_eq!(conditional.with_role(""), Refused);
}
