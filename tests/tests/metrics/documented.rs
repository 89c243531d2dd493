//! The table of docs/observability.md and what is measured: the same names, kinds and labels.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use metrics::set_default_local_recorder;
use pico_auth::audit::{AuditSink, Auditor, Decision, SinkError};
use pico_auth::test_kit::TestIssuer;
use pico_auth::{Authentication, AuthenticatorBuilder, PolledRevocationList};

use super::recorder::Measured;
use super::support::{ISSUER, get, service};
use super::times::revocation_server;

/// The rows: names with their kinds and labels.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/observability.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| `pico_auth_"));
    let rows = rows.filter_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, name, kind, labels, _, _] = cells[..] else {
            return None;
        };
        let labels = labels
            .split(',')
            .map(|label| label.trim().trim_matches('`').to_owned());
        Some((
            name.trim_matches('`').to_owned(),
            (kind.to_owned(), labels.collect()),
        ))
    });
    rows.collect()
}

#[test]
fn what_is_described_is_documented_and_the_other_way_round() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    pico_auth::describe_metrics();
    let described = measured.described.lock().unwrap().clone();
    let kinds = |name: &String, kind: &str| (name.clone(), kind.to_owned());
    let described: Vec<_> = described
        .iter()
        .map(|(name, (kind, _))| kinds(name, kind))
        .collect();
    let documented: Vec<_> = documented()
        .iter()
        .map(|(name, (kind, _))| kinds(name, kind))
        .collect();
    assert!(described.len() > 5, "the test has lost its subject");
    assert_eq!(described, documented);
}

#[test]
fn every_metric_has_a_unit_that_its_name_says() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    pico_auth::describe_metrics();
    for (name, (kind, unit)) in measured.described.lock().unwrap().iter() {
        let expected = match *kind {
            "counter" => ("_total", metrics::Unit::Count),
            _ => ("_seconds", metrics::Unit::Seconds),
        };
        assert!(name.ends_with(expected.0), "{name}");
        assert_eq!(*unit, Some(expected.1), "{name}");
    }
}

struct Sink;

impl AuditSink for Sink {
    fn record(&mut self, _: &Decision) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Audit records are counted on the thread of the sink, so this is the one test with a recorder for all
/// threads.
#[tokio::test]
async fn what_is_measured_has_the_labels_of_the_table() {
    let measured = Measured::default();
    metrics::set_global_recorder(measured.clone())
        .map_err(|_| "there is one")
        .unwrap();
    let issuer = TestIssuer::start().await;
    let list = PolledRevocationList::builder(revocation_server().await)
        .build()
        .unwrap();
    let auditor = Auditor::new(Sink).unwrap();
    let parts = |parts: AuthenticatorBuilder| parts.revocation_list(list);
    let authenticator = issuer.authenticator_with(issuer.settings(), parts);
    let service = service(Authentication::from(authenticator).audited_by(auditor.clone()));
    let token = issuer.token("u1").role("admin").sign();
    for token in [None, Some(&*token), Some(&*token), Some("garbage")] {
        get(&service, "/admin", token).await;
    }
    let _ = ISSUER.url();
    assert!(auditor.flush(Duration::from_secs(30)));

    let mut emitted: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for (series, kind) in measured.all() {
        let mut words = series.split(' ');
        let name = words.next().unwrap().to_owned();
        let labels: BTreeSet<_> = words
            .map(|label| label.split_once('=').unwrap().0.to_owned())
            .collect();
        let known = emitted
            .entry(name)
            .or_insert_with(|| (kind.to_owned(), labels.clone()));
        assert_eq!(
            known.1, labels,
            "the labels of a metric are always the same: {series}"
        );
    }
    assert_eq!(emitted, documented());
}
