//! Maps as JSON, ours and what others send.

use std::fmt::Write;

use pico_auth::access_map::{AccessEntry, AccessMap, Caller, Decision, roles};
use pico_auth::routing::{get, post};
use pico_auth::{Policy, Requirement, SecureRouter, authorize};
use serde_json::{Value, json};

use super::caller::AppRole;
use super::entries::{ADMIN, OPEN};

#[authorize(any(role("admin"), all(not(group("guests")), when(true))))]
async fn conditional() {}

async fn plain() {}

fn map() -> AccessMap {
    let all = Policy::require(Requirement::all_agent_scopes(&["a", "b"]));
    SecureRouter::<()>::new()
        .route("/", get(conditional).post(OPEN.because("why").guard(plain)))
        .route("/a", post(all.guard(plain)))
        .route("/o", post(Policy::OptionalAuthentication.guard(plain)))
        .access_map()
        .with_role_hierarchy::<AppRole>()
}

fn entry(rule: &Value) -> String {
    let entry = json!({ "method": "GET", "path": "/", "rule": rule, "handler": "h" });
    json!({ "access_map": 1, "routes": [entry] }).to_string()
}

#[test]
fn a_document_is_read_as_it_was_written() {
    for map in [
        map(),
        map().without_source(),
        map().with_known_roles(["x"]),
        SecureRouter::<()>::new().access_map(),
    ] {
        let json = map.to_json();
        assert!(json.ends_with("}\n"), "{json}");
        let read = AccessMap::from_json(&json).unwrap();
        assert_eq!(read, map);
        assert_eq!(read.to_json(), json);
        // By serde, within another document.
        let within: (AccessMap,) = serde_json::from_str(&format!("[{json}]")).unwrap();
        assert_eq!(within.0, map);
    }
}

#[test]
fn the_form_of_the_document_is_fixed() {
    let map = SecureRouter::<()>::new()
        .route("/", get(ADMIN.because("it deletes").guard(plain)))
        .access_map()
        .without_source();
    let expected = r#"{
  "access_map": 1,
  "routes": [
    {
      "method": "GET",
      "path": "/",
      "rule": {
        "one_of": {
          "permission": "role",
          "names": [
            "admin"
          ]
        }
      },
      "reason": "it deletes",
      "handler": "access_map::documents::plain"
    },
    {
      "method": "*",
      "path": "*",
      "rule": "authenticated",
      "handler": "answers 404 Not Found"
    }
  ]
}
"#;
    assert_eq!(map.to_json(), expected);
}

#[test]
fn another_form_is_said_to_be_one_whatever_else_it_has() {
    for json in [
        r#"{ "access_map": 2, "routes": [] }"#,
        r#"{ "access_map": 2, "endpoints": [], "new": { "a": [1] } }"#,
    ] {
        let error = AccessMap::from_json(json).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the access map has the form 2, and this is pico-auth with the form 1: write it anew"
        );
    }
}

#[test]
fn hostile_documents_are_refused_with_a_word_on_what_is_wrong() {
    let good = entry(&json!("anonymous"));
    AccessMap::from_json(&good).unwrap();
    let nested = |depth: usize| {
        let (open, close) = (r#"{"not":"#.repeat(depth), "}".repeat(depth));
        good.replace(r#""anonymous""#, &format!(r#"{open}"anonymous"{close}"#))
    };
    let all = |depth: usize| {
        let (open, close) = (r#"{"all":["#.repeat(depth), "]}".repeat(depth));
        good.replace(r#""anonymous""#, &format!(r#"{open}"anonymous"{close}"#))
    };
    let one_of = |more: &str| {
        let rule = format!(r#"{{"one_of":{{"permission":"role","names":[]{more}}}}}"#);
        good.replace(r#""anonymous""#, &rule)
    };
    AccessMap::from_json(&one_of("")).unwrap();
    let twice = r#"{"access_map":1,"routes":[],"implied_roles":{"a":["b"],"a":[]}}"#;
    for (json, what) in [
        (String::new(), "EOF"),
        ("null".to_owned(), "invalid type"),
        ("[]".to_owned(), "invalid length"),
        ("{}".to_owned(), "missing field `access_map`"),
        (r#"{"access_map":"1"}"#.to_owned(), "invalid type"),
        (r#"{"access_map":-1}"#.to_owned(), "invalid value"),
        (r#"{"access_map":1}"#.to_owned(), "missing field `routes`"),
        (good[..good.len() - 1].to_owned(), "EOF"),
        (format!("{good}{good}"), "trailing characters"),
        (
            good.replace(r#"{"access_map":1,"#, r#"{"access_map":1,"admin":true,"#),
            "unknown field `admin`",
        ),
        (
            good.replace(r#""path":"/""#, r#""path":"/","open":true"#),
            "unknown field `open`",
        ),
        (one_of(r#","any":true"#), "unknown field `any`"),
        (one_of(r#","names":["x"]"#), "duplicate field `names`"),
        (
            good.replace(
                r#""rule":"anonymous""#,
                r#""rule":"nobody","rule":"anonymous""#,
            ),
            "duplicate field `rule`",
        ),
        (
            good.replace(r#"{"access_map":1,"#, r#"{"access_map":1,"access_map":1,"#),
            "duplicate field `access_map`",
        ),
        (twice.to_owned(), "the role `a` implies others twice"),
        (
            good.replace("anonymous", "Anonymous"),
            "unknown variant `Anonymous`",
        ),
        (good.replace(r#""anonymous""#, "true"), "expected value"),
        (
            good.replace(r#""anonymous""#, r#"{"any":"anonymous"}"#),
            "invalid type",
        ),
        (
            good.replace(r#""anonymous""#, r#"{"any":[],"all":[]}"#),
            "expected value",
        ),
        (nested(200), "recursion limit"),
        (nested(100_000), "recursion limit"),
        (all(100_000), "recursion limit"),
        ("[".repeat(1_000_000), "invalid type"),
        (format!(r#"{{"x":{}"#, "[".repeat(1_000_000)), "EOF"),
    ] {
        let error = AccessMap::from_json(&json).unwrap_err().to_string();
        let start = &json[..json.len().min(200)];
        assert!(error.starts_with("this is no access map: "), "{error}");
        assert!(error.contains(what), "{start}: {error}");
    }
}

#[test]
fn rules_from_elsewhere_open_nothing() {
    let decide = |rule: &Value, caller: &Caller| {
        let map = AccessMap::from_json(&entry(rule)).unwrap();
        map.who_can("GET", "/").unwrap().decide(caller)
    };
    let caller = roles(["admin"]);
    for rule in [
        json!({ "any": [] }),
        json!({ "all": [] }),
        json!({ "not": { "any": [] } }),
        json!({ "not": { "not": { "all": [] } } }),
        json!({ "one_of": { "permission": "role", "names": [] } }),
        json!({ "not": { "all_of": { "permission": "role", "names": [] } } }),
        json!("nobody"),
        json!({ "not": "nobody" }),
        json!({ "not": "anonymous" }),
    ] {
        assert_eq!(decide(&rule, &caller), Decision::Refused, "{rule}");
    }
    // Within a rule, "anonymous" never opens.
    let anonymous = json!({ "any": ["anonymous", "optional_authentication"] });
    assert_eq!(decide(&anonymous, &Caller::anonymous()), Decision::Refused);
    assert_eq!(decide(&anonymous, &caller), Decision::Admitted);
}

#[test]
fn whatever_is_read_can_be_shown_and_asked() {
    let long = "/a".repeat(200_000);
    let mut deep = json!("condition");
    for _ in 0..30 {
        deep = json!({ "not": { "any": [deep] } });
    }
    let mut routes = Vec::new();
    for path in [
        "*",
        "",
        "/",
        "no slash",
        "/{",
        "/}",
        "/{*",
        "/{{}",
        "/\n\u{1b}[2J|",
        &long,
    ] {
        for method in ["GET", "*", "", "GET", "\r\n"] {
            routes.push(json!({
                "method": method, "path": path, "rule": deep, "handler": "h", "source": "\u{0}",
            }));
            let open = "optional_authentication";
            routes.push(json!({ "method": method, "path": path, "rule": open, "handler": "h" }));
        }
    }
    let hierarchy = json!({ "a": ["a", "b"], "b": ["a"], "": [""] });
    let json = json!({ "access_map": 1, "implied_roles": hierarchy, "routes": routes });
    let map = AccessMap::from_json(&json.to_string()).unwrap();
    let mut text = map.to_text() + &map.to_markdown();
    for finding in map.lint() {
        write!(text, "{finding}").unwrap();
    }
    for access in map.access() {
        access.with_role("a");
        access.decide(&roles(["a", "b"]));
        write!(text, "{access}").unwrap();
    }
    assert_eq!(map.roles(), ["", "a", "b"]);
    assert_eq!(AccessMap::from_json(&map.to_json()).unwrap(), map);
}

/// A terminal does what is printed to it.
#[test]
fn a_document_cannot_steer_a_terminal_or_forge_a_line() {
    let good = entry(&json!("nobody"));
    let bad = good.replace(
        r#""handler":"h""#,
        r#""handler":"h\u001b[2K\nGET  /x  nobody""#,
    );
    let map = AccessMap::from_json(&bad).unwrap();
    for text in [map.to_text(), map.to_markdown()] {
        assert!(!text.contains('\u{1b}'), "{text}");
        let entries: Vec<_> = map.entries().iter().map(AccessEntry::route).collect();
        let heads = text.lines().filter(|line| !line.contains("/x"));
        assert!(heads.count() <= 2 && entries.len() == 1, "{text}");
    }
}
