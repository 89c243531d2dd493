//! A protected service on a real socket, one file per stage of a request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "http/access_map.rs"]
mod access_map;
#[path = "http/agent.rs"]
mod agent;
#[path = "http/attack.rs"]
mod attack;
#[path = "http/attributes.rs"]
mod attributes;
#[path = "http/authenticate.rs"]
mod authenticate;
#[path = "http/authorize.rs"]
mod authorize;
#[path = "http/certificate.rs"]
mod certificate;
#[path = "http/conditions.rs"]
mod conditions;
#[path = "http/cors.rs"]
mod cors;
#[path = "http/csrf.rs"]
mod csrf;
#[path = "http/dpop.rs"]
mod dpop;
#[path = "http/extract.rs"]
mod extract;
#[path = "http/issuers.rs"]
mod issuers;
#[path = "http/keys.rs"]
mod keys;
#[path = "http/layer.rs"]
mod layer;
#[path = "http/metadata.rs"]
mod metadata;
#[path = "http/post_quantum.rs"]
mod post_quantum;
#[path = "http/respond.rs"]
mod respond;
#[path = "http/router.rs"]
mod router;
#[path = "http/run.rs"]
mod run;
#[path = "http/set_cookie.rs"]
mod set_cookie;
#[path = "http/step_up.rs"]
mod step_up;
#[path = "http/support.rs"]
mod support;
#[path = "http/words.rs"]
mod words;
