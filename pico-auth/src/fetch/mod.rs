//! One answer of a configured server, within bounds: which URLs are asked, how long it may take, how
//! large it may be. What the answer means is told where it is used.

mod client;
mod freshness;
pub(crate) mod url_rules;

pub(crate) use client::{FetchError, HttpClient, Limits, Reply, without_query};
