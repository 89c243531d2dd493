//! Who may call what, and that all surfaces say the same.

use std::collections::BTreeMap;

use pico_auth::{AuthUnavailableError, Authenticator, Dependency, KeyFuture, KeyQuery, KeySource};

use crate::rules::{Caller, ISSUER, OPEN, Refusal, Surface, callers};
use crate::{axum, graphql, grpc, hyper, job};

/// For each rule and each of `callers()`: `+` is admitted; `1`, `3` and `5` are refused as by 401, 403, 503.
const TABLE: &str = "
             nobody garbage forged expired stranger lookalike editor admin operator payer auditor chief principal misled
    open        +      +      +       +       +         +       +      +      +       +      +      +       +       +
    maybe       +      1      1       1       +         +       +      +      +       +      +      +       +       1
    known       1      1      1       1       +         +       +      +      +       +      +      +       +       1
    admin       1      1      1       1       3         3       3      +      3       3      3      +       3       1
    editors     1      1      1       1       3         3       +      +      3       3      3      +       3       1
    operators   1      1      1       1       3         3       3      3      +       3      3      +       3       1
    payers      1      1      1       1       3         3       3      3      3       +      +      3       3       1
    auditors    1      1      1       1       3         3       3      3      3       3      +      3       3       1
    stacked     1      1      1       1       3         3       3      3      3       3      3      +       3       1
    nested      1      1      1       1       3         3       3      +      3       3      3      +       3       1
    others      1      1      1       1       +         +       +      3      +       +      +      3       +       1
    agents      1      1      1       1       1         1       1      1      1       1      1      1       +       1
    strong      1      1      1       1       1         1       1      1      1       1      1      +       1       1
    stepped     1      1      1       1       3         3       3      1      3       3      3      +       3       1
    undecided   1      1      1       1       5         5       5      5      5       5      5      5       5       1
";

/// Rule, caller, and the character of the table.
fn cells(callers: &[Caller]) -> Vec<(&'static str, &Caller, &'static str)> {
    let mut lines = TABLE.lines().map(str::split_whitespace).skip(1);
    let names: Vec<_> = lines.next().unwrap().collect();
    assert!(callers.iter().map(|caller| caller.name).eq(names));
    let rows = lines.map(Iterator::collect::<Vec<_>>);
    rows.filter(|row| !row.is_empty())
        .flat_map(|row| {
            assert_eq!(row.len(), callers.len() + 1, "{row:?}");
            let cells = callers.iter().zip(row[1..].to_vec());
            cells
                .map(move |(caller, expected)| (row[0], caller, expected))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn status(refusal: &str) -> Option<u16> {
    match refusal {
        "1" => Some(401),
        "3" => Some(403),
        "5" => Some(503),
        _ => None,
    }
}

/// The words of each refusal, by rule and caller.
type Words = BTreeMap<(&'static str, &'static str), Refusal>;

async fn is_as_the_table_says<S: Surface>() -> Words {
    let surface = S::start(ISSUER.authenticator()).await;
    let callers = callers();
    let mut words = Words::new();
    for (rule, caller, expected) in cells(&callers) {
        let outcome = surface.call(rule, caller).await;
        let what = format!("{} {rule} {}: {outcome:?}", S::NAME, caller.name);
        // Where the token is looked at before the function is known, a bad one is refused.
        if rule == OPEN && caller.is_bad && !S::KNOWS_FUNCTION_FIRST {
            assert_eq!(outcome.unwrap_err().status, 401, "{what}");
            continue;
        }
        match (expected, outcome) {
            ("+", Ok(subject)) => assert!(rule == OPEN || subject == caller.name, "{what}"),
            (expected, Err(refusal)) if Some(refusal.status) == status(expected) => {
                words.insert((rule, caller.name), refusal);
            }
            _ => panic!("{what}"),
        }
    }
    words
}

#[tokio::test]
async fn every_surface_admits_and_refuses_the_same_callers_in_the_same_words() {
    let words = is_as_the_table_says::<axum::Axum>().await;
    assert!(words.len() > 100, "the test has lost its subject");
    assert_eq!(is_as_the_table_says::<grpc::Grpc>().await, words);
    assert_eq!(is_as_the_table_says::<graphql::Graphql>().await, words);
    assert_eq!(is_as_the_table_says::<hyper::Hyper>().await, words);
    assert_eq!(is_as_the_table_says::<job::Job>().await, words);
}

/// An issuer that is down.
struct Down;

impl KeySource for Down {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        let outage = AuthUnavailableError::new(Dependency::SigningKeys);
        Box::pin(std::future::ready(Err(outage)))
    }
}

fn down() -> Authenticator {
    ISSUER.authenticator_with(ISSUER.settings(), |parts| parts.key_source(Down))
}

async fn is_unavailable<S: Surface>() {
    let surface = S::start(down()).await;
    let callers = callers();
    for (rule, caller, _) in cells(&callers) {
        let outcome = surface.call(rule, caller).await;
        let what = format!("{} {rule} {}: {outcome:?}", S::NAME, caller.name);
        let status = outcome.map_or_else(|refusal| refusal.status, |_| 200);
        let looked_at = rule != OPEN || !S::KNOWS_FUNCTION_FIRST;
        let expected = match caller.name {
            "garbage" if looked_at => 401,
            "nobody" if rule == OPEN || rule == "maybe" => 200,
            "nobody" => 401,
            _ if looked_at => 503,
            _ => 200,
        };
        assert_eq!(status, expected, "{what}");
    }
}

#[tokio::test]
async fn without_keys_every_surface_is_unavailable_to_whoever_sends_a_token() {
    is_unavailable::<axum::Axum>().await;
    is_unavailable::<grpc::Grpc>().await;
    is_unavailable::<graphql::Graphql>().await;
    is_unavailable::<hyper::Hyper>().await;
    is_unavailable::<job::Job>().await;
}
