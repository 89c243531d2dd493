//! The map against the server: 10,000 requests of random callers to random applications.
//!
//! `ACCESS_MAP_SEED=7 cargo test --test access_map served` begins elsewhere.

use std::collections::BTreeMap;

use pico_auth::access_map::{
    AccessEntry, AccessMap, AccessRule, Caller as Asked, Decision, FALLBACK,
};
use tokio::net::TcpListener;

use super::caller::AppRole;
use super::client::{Answer, Client};
use super::handlers::outcomes;
use super::paths::{filled, matching, random_path};
use super::pool::{Ask, METHODS};
use super::random::Random;
use super::routers::{Builder, Record};
use super::rule::{CONDITIONS, shown};
use super::rules::asked;
use super::senders::{Sender, Who, authenticator};

const CASES: usize = 10_000;
const REQUESTS: usize = 40;

/// An application, its map, and what the test put into it.
struct Served {
    map: AccessMap,
    records: Vec<Record>,
    client: Client,
}

/// One request.
#[derive(Debug)]
struct Sent<'s> {
    method: &'s str,
    who: &'s Who,
    outcomes: u32,
    prediction: &'s Prediction,
}

/// What the map says of a request.
#[derive(Debug, PartialEq)]
enum Prediction {
    /// No such method: 405 for whoever has a valid token.
    NoMethod,
    Entry(Decision, AccessRule, String, String),
}

impl Served {
    fn predict(&self, method: &str, path: &str, who: &Who) -> Prediction {
        let paths = self.map.entries().iter().map(AccessEntry::path);
        let paths = paths.filter(|path| *path != FALLBACK);
        let path = matching(paths, path).unwrap_or(FALLBACK);
        let Ok(access) = self.map.who_can(method, path) else {
            return Prediction::NoMethod;
        };
        let rule = access.entry().rule().clone();
        let decision = match who {
            Who::Nobody => access.decide(&Asked::anonymous()),
            Who::Somebody(caller) => access.decide(&asked(caller)),
            // Only where the token is not looked at.
            _ if rule == AccessRule::Anonymous => Decision::Admitted,
            _ => Decision::Refused,
        };
        let handler = access.entry().handler().to_owned();
        Prediction::Entry(decision, rule, path.to_owned(), handler)
    }

    /// What was put there, and its id.
    fn record(&self, method: &str, path: &str) -> Option<(usize, &Record)> {
        let mut records = self.records.iter().enumerate();
        if path == FALLBACK {
            return records.find(|(_, record)| record.paths.is_empty());
        }
        let of = |method: &str| {
            let mut records = self.records.iter().enumerate();
            records.find(|(_, record)| record.answers(path, method))
        };
        let get = || of("GET").filter(|_| method == "HEAD");
        of(method).or_else(get).or_else(|| of("*"))
    }
}

/// Whether the model admits, with these outcomes of conditions.
fn admits(asks: &[Ask], who: &Who, outcomes: u32) -> bool {
    let looked_at = asks.iter().any(|ask| !matches!(ask, Ask::Nothing));
    asks.iter().all(|ask| match (ask, who) {
        (Ask::Nothing | Ask::NothingButNoBadToken, _) => {
            !looked_at || matches!(who, Who::Nobody | Who::Somebody(_))
        }
        (Ask::Token, Who::Somebody(_)) => true,
        (Ask::Requirement(tree), Who::Somebody(caller)) => shown(tree, true, caller, outcomes),
        _ => false,
    })
}

/// Whether the answer is the one that map and model say.
fn check(served: &Served, sent: &Sent<'_>, answer: &Answer) -> Result<(), &'static str> {
    let valid = matches!(sent.who, Who::Somebody(_));
    let must = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(what) };
    let Prediction::Entry(decision, _, path, handler) = &sent.prediction else {
        let expected = if valid { 405 } else { 401 };
        return must(answer.status == expected, "no such method");
    };
    let record = served.record(sent.method, path);
    let asks = record.map_or(&[Ask::Token][..], |(_, record)| &record.asks);
    let admitted = admits(asks, sent.who, sent.outcomes);
    must(
        match decision {
            Decision::Admitted => admitted,
            Decision::Refused => !admitted,
            // How they have authenticated decides: the map does not know that, and the model does.
            _ if asks.iter().any(Ask::has_strength) => valid,
            _ => {
                let mut all = 0..1 << CONDITIONS;
                let admits = |outcomes| admits(asks, sent.who, outcomes);
                valid && all.clone().any(admits) && !all.all(admits)
            }
        },
        "map and model differ",
    )?;
    if !admitted {
        // 401 is also the answer to a caller without the agent that the rule speaks of, and to one whom another
        // authentication would help.
        let alone = matches!(sent.who, Who::Somebody(caller) if caller.agent.is_none());
        let steps_up = answer.steps_up && asks.iter().any(Ask::has_strength);
        let refused = match answer.status {
            401 => !valid || alone || steps_up,
            403 => valid,
            _ => false,
        };
        return must(refused, "must be refused");
    }
    let Some((id, record)) = record else {
        let is_default = answer.status == 404 && path == FALLBACK;
        return must(is_default, "nothing was put there");
    };
    must(answer.status == 200, "must be admitted")?;
    if let Some(name) = &record.name {
        must(handler == name, "the map names another handler")?;
        must(answer.handler.as_ref() == Some(name), "another handler")?;
    }
    must(
        answer.id.is_none_or(|answered| answered == id),
        "another id",
    )?;
    // axum says so itself, but not of nested services and fallbacks.
    let matched = answer.path.as_ref().filter(|path| !path.is_empty());
    must(
        matched.is_none_or(|matched| matched == path),
        "another path",
    )
}

fn request(served: &Served, random: &mut Random) -> (String, String) {
    let record = &served.records[random.below(served.records.len())];
    let target = match record.paths.get(random.below(record.paths.len().max(1))) {
        Some(path) if !random.one_in(6) => filled(path, random),
        _ if random.one_in(8) => "*".to_owned(),
        _ => filled(&random_path(random, false), random),
    };
    let mut methods = METHODS.iter().enumerate();
    let method = match random.below(5) {
        0 => METHODS[random.below(METHODS.len())].0,
        1 => random.one_of(&["LINK", "get", "HEAD"]),
        _ => methods
            .find(|(i, _)| record.methods & 1 << i != 0)
            .map_or("GET", |(_, (name, _))| *name),
    };
    (method.to_owned(), target)
}

async fn serve(seed: u64) -> (Served, Vec<Sender>, Random) {
    let mut builder = Builder::new(seed);
    let router = loop {
        let router = builder.application();
        if !builder.records.is_empty() {
            break router;
        }
    };
    let has_hierarchy = builder.generator.random.one_in(2);
    let map = router.access_map();
    let map = if has_hierarchy {
        map.with_role_hierarchy::<AppRole>()
    } else {
        map
    };
    let service = router.secured_by(authenticator(has_hierarchy));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let client = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let served = Served {
        map,
        records: builder.records,
        client: Client::connect(client).await,
    };
    let mut random = builder.generator.random;
    let mut sender = || Sender::random(&mut random, has_hierarchy);
    let senders = (0..8).map(|_| sender()).collect();
    (served, senders, random)
}

#[tokio::test]
async fn the_server_answers_as_the_map_says() {
    let seed = std::env::var("ACCESS_MAP_SEED").map_or(1, |seed| seed.parse().unwrap());
    let (mut cases, mut application) = (0, seed);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    while cases < CASES {
        let (mut served, senders, mut random) = serve(application).await;
        for _ in 0..REQUESTS {
            let (method, target) = request(&served, &mut random);
            let sender = &senders[random.below(senders.len())];
            let prediction = served.predict(&method, &target, &sender.who);
            let kind = match &prediction {
                Prediction::NoMethod => "no such method".to_owned(),
                Prediction::Entry(decision, _, path, _) if path == FALLBACK => {
                    format!("fallback {decision:?}")
                }
                Prediction::Entry(decision, ..) => format!("{decision:?}"),
            };
            *seen.entry(kind).or_default() += 1;
            for said in said(
                &served,
                (&method, &target),
                sender,
                &prediction,
                &mut random,
            ) {
                let query = Some(format!("c={said}")).filter(|_| target != "*");
                let sent = Sent {
                    method: &method,
                    who: &sender.who,
                    outcomes: outcomes(&target, query.as_deref()),
                    prediction: &prediction,
                };
                let query = query.map_or_else(String::new, |query| format!("?{query}"));
                let asked = format!("{target}{query}");
                let answer = served.client.call(&method, &asked, &sender.headers).await;
                if answer.steps_up {
                    *seen.entry("step-up".to_owned()).or_default() += 1;
                }
                if let Err(what) = check(&served, &sent, &answer) {
                    panic!(
                        "application {application}, case {cases}: {method} {asked}: {what}\n\
                         {sent:#?}\n{answer:?}\n{}",
                        served.map
                    );
                }
                cases += 1;
            }
        }
        application += 1;
    }
    for kind in [
        "Admitted",
        "Refused",
        "DependsOnRequest",
        "no such method",
        "step-up",
        "fallback Admitted",
        "fallback Refused",
    ] {
        let seen = seen.get(kind).copied().unwrap_or_default();
        assert!(seen > CASES / 100, "the test has lost its subject: {kind}");
    }
}

/// What conditions are told: where it depends on them, once so that the model admits, and once so that it
/// refuses, as far as the path leaves a choice.
fn said(
    served: &Served,
    (method, target): (&str, &str),
    sender: &Sender,
    prediction: &Prediction,
    random: &mut Random,
) -> Vec<u32> {
    let any = u32::try_from(random.below(32)).unwrap();
    match prediction {
        Prediction::Entry(Decision::DependsOnRequest, _, path, _) if target != "*" => {
            let (_, record) = served.record(method, path).unwrap();
            let admits = |said: &u32| {
                let outcomes = outcomes(target, Some(&format!("c={said}")));
                admits(&record.asks, &sender.who, outcomes)
            };
            let one = (0..32).find(admits);
            let other = (0..32).find(|said| !admits(said));
            one.into_iter().chain(other).collect()
        }
        _ => vec![any],
    }
}
