//! What is measured: the cases of each table.

use crate::case::{Case, Load, Tokens};
use crate::issuer::{Issuer, MANY_KEYS};
use crate::process::Service;

/// Tokens that come again and again.
pub const HOT_TOKENS: usize = 100;

/// Connections, where nothing else is said: enough that the service always has something to do.
const CONNECTIONS: usize = 16;

const MANY_ROUTES: usize = 5_000;

/// Of all tables: axum alone is the base of the others, and a second time their noise.
const BARE: &str = "bare";
const PICO_AUTH: &str = "pico-auth";
const PROTECTED: [&str; 6] = [
    BARE,
    BARE,
    "hand-written",
    "jwt-authorizer",
    "axum-oidc-layer",
    PICO_AUTH,
];
/// Where each token is new, also the least that one can do with it.
const COLD: [&str; 7] = [
    BARE,
    BARE,
    "raw-verification",
    "hand-written",
    "jwt-authorizer",
    "axum-oidc-layer",
    PICO_AUTH,
];
const ANONYMOUS: [&str; 3] = [BARE, BARE, PICO_AUTH];

/// Where they stand in their tables.
pub const PICO_AUTH_IN_PROTECTED: usize = PROTECTED.len() - 1;
pub const PICO_AUTH_IN_COLD: usize = COLD.len() - 1;
pub const RAW_IN_COLD: usize = 2;
pub const PICO_AUTH_IN_ANONYMOUS: usize = ANONYMOUS.len() - 1;

/// The same tokens again and again.
pub fn hot(tokens: &[String]) -> Vec<Case<'_>> {
    side_by_side(&PROTECTED, |_| {
        to("/admin", Tokens::Again(first(tokens, HOT_TOKENS)))
    })
}

/// Each token new to the service, but to axum alone, which does not look at it.
pub fn cold(tokens: &[String], in_a_slice: usize) -> Vec<Case<'_>> {
    let (warm_up, tokens) = tokens.split_at(HOT_TOKENS.min(tokens.len()));
    side_by_side(&COLD, |service| {
        let new = Tokens::New {
            warm_up,
            tokens,
            in_a_slice,
        };
        let tokens = if service == BARE {
            Tokens::Again(tokens)
        } else {
            new
        };
        to("/admin", tokens)
    })
}

/// Requests without a token for an `#[allow_anonymous]` route.
pub fn anonymous() -> Vec<Case<'static>> {
    side_by_side(&ANONYMOUS, |_| to("/anonymous", Tokens::None))
}

fn side_by_side<'a>(
    services: &[&'static str],
    load: impl Fn(&'static str) -> Load<'a>,
) -> Vec<Case<'a>> {
    services
        .iter()
        .enumerate()
        .map(|(index, binary)| Case {
            name: match index {
                1 => format!("{binary}, a second time"),
                _ => (*binary).to_owned(),
            },
            service: Service::new(binary),
            load: load(binary),
            base: 0,
        })
        .collect()
}

/// What grows, as pairs of axum alone and pico-auth under the same load.
pub fn growth<'a>(issuer: &Issuer, tokens: &'a [String]) -> Vec<[Case<'a>; 2]> {
    let hot = Tokens::Again(first(tokens, HOT_TOKENS));
    let pico_auth = || Service::new(PICO_AUTH);
    let mut pairs = Vec::new();

    for count in [1, 100, 10_000, 100_000] {
        if count > tokens.len() {
            continue;
        }
        let load = to("/admin", Tokens::Again(first(tokens, count)));
        let name = format!("live tokens: {count}");
        pairs.push((name, load, holding_all(pico_auth()), Service::new(BARE)));
    }
    for (count, endpoint) in [
        (1, issuer.jwks_endpoint()),
        (MANY_KEYS, issuer.many_jwks_endpoint()),
    ] {
        let service = pico_auth().with("AUTH_CLIENT_JWKS_ENDPOINT", endpoint);
        let name = format!("keys in the set: {count}");
        pairs.push((name, to("/admin", hot), service, Service::new(BARE)));
    }
    for count in [1, MANY_ROUTES] {
        let load = Load {
            paths: (0..count).map(service::path).collect(),
            ..to("", hot)
        };
        let [service, bare] =
            [PICO_AUTH, BARE].map(|binary| Service::new(binary).with("ROUTES", count.to_string()));
        pairs.push((format!("routes: {count}"), load, service, bare));
    }
    for connections in [1, 64] {
        let load = Load {
            connections,
            ..to("/admin", hot)
        };
        let name = format!("connections: {connections}");
        pairs.push((name, load, pico_auth(), Service::new(BARE)));
    }
    pairs
        .into_iter()
        .map(|(name, load, service, bare)| pair(name, load, service, bare))
        .collect()
}

/// The default cache is smaller than the largest number of live tokens.
fn holding_all(service: Service) -> Service {
    service.with("AUTH_CLIENT_TOKEN_CACHE_CAPACITY", "200000")
}

fn pair(name: String, load: Load<'_>, pico_auth: Service, bare: Service) -> [Case<'_>; 2] {
    let case = |name, service, load| Case {
        name,
        service,
        load,
        base: 0,
    };
    [
        case(BARE.to_owned(), bare, load.clone()),
        case(name, pico_auth, load),
    ]
}

fn to<'a>(path: &str, tokens: Tokens<'a>) -> Load<'a> {
    Load {
        paths: vec![path.to_owned()],
        tokens,
        connections: CONNECTIONS,
    }
}

fn first(tokens: &[String], count: usize) -> &[String] {
    tokens.get(..count).unwrap_or(tokens)
}
