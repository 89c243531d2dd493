//! The audit log as lines of JSON: one line a decision, whatever callers send, and nothing secret.

use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::HeaderValue;
use pico_auth::audit::{AuditSink, Auditor, Decision, JsonLines, SinkError};
use pico_auth::routing::get as on_get;
use pico_auth::{Authentication, Policy, SecureRouter, SecuredService};
use serde_json::Value;

use super::support::{ADMIN, ISSUER, PATIENCE, Written, get, request, send};

async fn hello() -> &'static str {
    "hello"
}

fn service(authentication: Authentication) -> SecuredService {
    SecureRouter::new()
        .route("/", on_get(Policy::Authenticated.guard(hello)))
        .route("/admin", on_get(ADMIN.guard(hello)))
        .secured_by(authentication)
}

struct Log {
    written: Written,
    auditor: Auditor,
}

impl Log {
    fn new() -> Self {
        let written = Written::default();
        let auditor = Auditor::new(JsonLines::new(written.clone())).unwrap();
        Self { written, auditor }
    }

    fn service(&self) -> SecuredService {
        let authentication = Authentication::from(ISSUER.authenticator());
        service(authentication.audited_by(self.auditor.clone()))
    }

    fn text(&self) -> String {
        assert!(self.auditor.flush(PATIENCE));
        self.written.text()
    }
}

#[tokio::test]
async fn a_hostile_subject_cannot_write_a_line_of_its_own() {
    let log = Log::new();
    let service = log.service();
    let hostile = [
        "x\n{\"outcome\":\"admitted\",\"subject\":\"root\"}",
        "x\r\n\u{85}\u{2028}\u{2029}\u{b}\u{c}\u{1c}forged",
        "x\0\u{1b}[2J\u{9b}2J\"}\u{7f}",
        "x\u{202e}toor",
    ];
    for subject in hostile {
        assert_eq!(
            get(&service, "/", Some(&ISSUER.token(subject).sign())).await,
            200
        );
    }
    let text = log.text();
    let is_break =
        |c: char| (c.is_control() && c != '\n') || ('\u{2028}'..='\u{2029}').contains(&c);
    assert!(!text.contains(is_break), "{text:?}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let subjects: Vec<_> = lines
        .iter()
        .map(|line| line["subject"].as_str().unwrap())
        .collect();
    assert_eq!(subjects, hostile);
}

#[tokio::test]
async fn what_callers_choose_is_short() {
    let log = Log::new();
    let service = log.service();
    let long = "ä".repeat(1000);
    let token = ISSUER.token(&long).claim("jti", &*long).sign();
    get(&service, "/admin", Some(&token)).await;
    let unknown = ISSUER.token("u1").header("kid", long).sign();
    get(&service, "/", Some(&unknown)).await;
    let mut sent = request(&"M".repeat(1000), "/nowhere", None);
    let id = HeaderValue::from_str(&"i".repeat(1000)).unwrap();
    sent.headers_mut().insert("x-request-id", id);
    send(&service, sent).await;

    let text = log.text();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let characters =
        |line: usize, member: &str| lines[line][member].as_str().unwrap().chars().count();
    assert_eq!(characters(0, "subject"), 256);
    assert_eq!(characters(0, "jti"), 64);
    assert_eq!(characters(1, "kid"), 64);
    assert_eq!(characters(2, "request_id"), 128);
    assert_eq!(characters(2, "method"), 16);
    assert!(text.lines().all(|line| line.len() < 2000), "{text}");
}

#[tokio::test]
async fn neither_tokens_nor_what_callers_hold_are_in_the_log() {
    let log = Log::new();
    let service = log.service();
    let token = || {
        ISSUER
            .token("u1")
            .role("held-role")
            .groups(["held-group"])
            .scope("held-scope")
    };
    let tokens = [
        token().claim("email", "held-claim").sign(),
        token().expired().sign(),
        token().with_signature(b"0123456789"),
        "AAAABBBBCCCC".to_owned(),
    ];
    for token in &tokens {
        for path in [
            "/",
            "/admin",
            "/nowhere?token=held-in-the-query",
            "/held-in-the-path",
        ] {
            get(&service, path, Some(token)).await;
        }
    }
    let text = log.text();
    assert_eq!(text.lines().count(), 16);
    assert!(!text.contains("held-"), "{text}");
    for part in tokens.iter().flat_map(|token| token.split('.')) {
        assert!(
            !text.contains(part),
            "a part of a token is in the log:\n{text}"
        );
    }
}

/// Looks at `Debug`, which others may log.
struct Shown(Written, &'static AtomicUsize);

impl AuditSink for Shown {
    fn record(&mut self, decision: &Decision) -> Result<(), SinkError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(writeln!(self.0, "{decision:?}")?)
    }
}

#[tokio::test]
async fn a_decision_shows_no_more_to_debug_than_in_json() {
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    let written = Written::default();
    let auditor = Auditor::new(Shown(written.clone(), &SEEN)).unwrap();
    let authentication = Authentication::from(ISSUER.authenticator()).audited_by(auditor.clone());
    let token = ISSUER
        .token("u1")
        .role("held-role")
        .claim("email", "held-claim")
        .sign();
    assert_eq!(get(&service(authentication), "/", Some(&token)).await, 200);
    assert!(auditor.flush(PATIENCE));
    let shown = written.text();
    assert!(shown.contains("u1") && !shown.contains("held-"), "{shown}");
    assert_eq!(SEEN.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn the_request_id_comes_from_the_header_that_is_named() {
    let log = Log::new();
    let authentication = Authentication::from(ISSUER.authenticator())
        .audited_by(log.auditor.clone())
        .request_id_header("Traceparent")
        .unwrap();
    let mut sent = request("GET", "/", None);
    sent.headers_mut()
        .insert("x-request-id", HeaderValue::from_static("other"));
    sent.headers_mut()
        .insert("traceparent", HeaderValue::from_static("00-4bf9-00f0-01"));
    send(&service(authentication), sent).await;
    let line: Value = serde_json::from_str(&log.text()).unwrap();
    assert_eq!(line["request_id"], "00-4bf9-00f0-01");
}

#[test]
fn a_header_with_a_secret_is_no_request_id() {
    for name in [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "DPoP",
        "X-Agent-Authorization",
        "a b",
        "",
    ] {
        let error = Authentication::from(ISSUER.authenticator())
            .request_id_header(name)
            .unwrap_err();
        assert_eq!(error.key(), "request_id_header", "{name}");
    }
}

/// A disk that has room for so many bytes, until somebody makes room.
struct Disk {
    written: Written,
    room: usize,
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            self.room = usize::MAX;
            return Err(ErrorKind::StorageFull.into());
        }
        let fits = bytes.len().min(self.room);
        self.room -= fits;
        self.written.write(&bytes[..fits])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_that_was_written_in_part_does_not_swallow_the_next() {
    let line = "{\"lost\":17}\n";
    for (room, begun) in [(0, ""), (7, "{\"lost\"\n"), (line.len(), "")] {
        let written = Written::default();
        let mut lines = JsonLines::new(Disk {
            written: written.clone(),
            room,
        });
        let whole = (0..3).filter(|_| lines.lost(17).is_ok()).count();
        assert_eq!(whole, 2, "one finds no room");
        assert_eq!(written.text(), format!("{begun}{line}{line}"), "{room}");
    }
}

#[tokio::test]
async fn what_was_lost_has_a_line() {
    let written = Written::default();
    let mut lines = JsonLines::new(written.clone());
    lines.lost(17).unwrap();
    assert_eq!(written.text(), "{\"lost\":17}\n");
}
