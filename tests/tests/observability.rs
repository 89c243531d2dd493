//! The tables of docs/observability.md about the log, and the code: the same names, both ways. (About
//! metrics: `metrics.rs`.)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pico_auth::audit::{AuditSink, Auditor, Decision, SinkError};
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{Authentication, Policy, Requirement, SecureRouter, SecuredService};
use tower::ServiceExt;
use tracing::subscriber::set_default;

#[path = "log/capture.rs"]
#[allow(dead_code, reason = "shared with other binaries")]
mod capture;

use capture::Capture;

type Names = BTreeSet<String>;

/// The first cells of the table under this heading, each name in its own backticks.
fn documented(heading: &str) -> Names {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/observability.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once(&format!("\n{heading}\n")).unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    let first_cells = rows.map(|row| row.split('|').nth(1).unwrap());
    let names = first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

/// The text of the library.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../pico-auth/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                texts.push(fs::read_to_string(&path).unwrap());
            }
        }
    }
    texts
}

fn of_source(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pico-auth/src");
    fs::read_to_string(path.join(file)).unwrap()
}

/// The words after each `before`, up to whatever ends a name.
fn words<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    text.split(before).skip(1).map(move |rest| {
        let rest = rest.trim_start();
        rest.split(|c| !is_part(c)).next().unwrap()
    })
}

#[test]
fn every_field_is_in_the_table_and_every_row_is_a_field() {
    let mut fields = Names::new();
    let mut unnamed = Vec::new();
    for text in sources() {
        for line in text.lines().map(str::trim) {
            for prefix in ["auth.", "jwt.", "enduser."] {
                for word in words(line, prefix) {
                    let is_field = line.contains(&format!("{prefix}{word} = "));
                    let is_recorded = line.contains(&format!(".record(\"{prefix}{word}\""));
                    if is_field || is_recorded {
                        fields.insert(format!("{prefix}{word}"));
                    }
                }
            }
        }
        // Events with a field that has no such name: `kid`, `?kid`, `%error`.
        for macro_name in ["trace!", "debug!", "info!", "warn!", "error!"] {
            for event in text.split(&format!("tracing::{macro_name}(")).skip(1) {
                let first = event.trim_start();
                let named = ["auth.", "jwt.", "enduser.", "\""];
                if !named.iter().any(|name| first.starts_with(name)) {
                    unnamed.push(first.lines().next().unwrap().to_owned());
                }
            }
        }
    }
    assert!(fields.len() > 8, "the test has lost its subject");
    assert_eq!(fields, documented("### Fields"));
    assert_eq!(unnamed, [] as [String; 0], "fields have stable names");
}

#[test]
fn every_span_is_in_the_table_and_every_row_is_a_span() {
    let mut spans = Names::new();
    for text in sources() {
        let names = text.split("_span!(").skip(1);
        let names = names.filter_map(|rest| rest.trim_start().strip_prefix('"'));
        let names = names.map(|rest| rest.split('"').next().unwrap());
        spans.extend(names.map(str::to_owned));
    }
    assert_eq!(spans, documented("### Spans"));
}

/// The words of functions that answer with a word.
fn codes(text: &str) -> Names {
    let arms = text
        .split("=> \"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    arms.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_outcome_and_reason_is_in_its_table_and_every_row_is_one() {
    let outcomes = documented("## Outcomes");
    assert_eq!(outcomes, codes(&of_source("outcome.rs")));

    let mut reasons = codes(&of_source("error/mod.rs"));
    reasons.extend(codes(&of_source("error/cross_site.rs")));
    let token = codes(&of_source("error/token.rs"));
    reasons.extend(
        token
            .into_iter()
            .filter(|word| word != "bearer" && word != "agent"),
    );
    reasons.extend(codes(&of_source("error/unavailable.rs")));
    reasons.insert("none".to_owned());
    let queue = of_source("audit/queue.rs");
    let lost = queue.split("audit_lost(\"").skip(1);
    reasons.extend(lost.map(|rest| rest.split('"').next().unwrap().to_owned()));
    assert!(reasons.len() > 25, "the test has lost its subject");
    assert_eq!(reasons, documented("### Reasons"));
}

#[test]
fn every_member_of_a_line_is_in_the_table_and_every_row_is_a_member() {
    let decision = of_source("audit/decision.rs");
    let (_, members) = decision.split_once("fn members").unwrap();
    let (members, _) = members.split_once(".into_iter()").unwrap();
    let names = members
        .split("(\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let mut members: Names = names.map(str::to_owned).collect();
    members.extend(["status".to_owned(), "lost".to_owned()]);
    assert_eq!(members, documented("## Audit"));
}

struct Nothing;

impl AuditSink for Nothing {
    fn record(&mut self, _: &Decision) -> Result<(), SinkError> {
        Ok(())
    }
}

const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));

fn service(authentication: Authentication) -> SecuredService {
    SecureRouter::new()
        .route("/", get(ADMIN.guard(|| async { "hello" })))
        .secured_by(authentication)
}

async fn send(service: &SecuredService, token: &str) {
    let request = axum::http::Request::get("/")
        .header("authorization", format!("Bearer {token}"))
        .body(axum::body::Body::empty());
    service.clone().oneshot(request.unwrap()).await.unwrap();
}

#[tokio::test]
async fn callers_are_named_only_where_that_was_asked_for() {
    let issuer = TestIssuer::in_memory();
    let (admin, viewer) = (
        issuer.token("ada").role("admin").sign(),
        issuer.token("vic").sign(),
    );
    let plain = || Authentication::from(issuer.authenticator());
    let auditor = Auditor::new(Nothing).unwrap();
    for (authentication, is_named) in [
        (plain(), false),
        (plain().audited_by(auditor), false),
        (plain().log_callers(), true),
    ] {
        let capture = Capture::default();
        let _guard = set_default(capture.clone());
        let service = service(authentication);
        send(&service, &admin).await;
        send(&service, &viewer).await;
        let lines = capture.lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for (line, name) in lines.iter().zip(["ada", "vic"]) {
            let named = format!("enduser.id={name:?}");
            assert_eq!(line.contains(&named), is_named, "{line}");
            assert!(is_named || !line.contains(name), "{line}");
            assert!(
                line.contains("auth.policy=one of roles: ['admin']"),
                "{line}"
            );
        }
        assert!(lines[0].starts_with("DEBUG") && lines[0].contains(r#"auth.outcome="admitted""#));
        assert!(lines[1].starts_with("INFO") && lines[1].contains(r#"auth.outcome="forbidden""#));
    }
}

#[tokio::test]
async fn a_name_of_a_caller_is_cut_and_stays_in_its_field() {
    let issuer = TestIssuer::in_memory();
    let subject = format!("x\n2027-01-15 ERROR forged {}", "y".repeat(3000));
    let token = issuer.token(&subject).sign();
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    send(
        &service(Authentication::from(issuer.authenticator()).log_callers()),
        &token,
    )
    .await;
    let lines = capture.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        !lines[0].contains('\n') && lines[0].len() < 600,
        "{lines:?}"
    );
}
