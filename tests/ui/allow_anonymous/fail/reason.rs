use pico_auth::{
    allow_anonymous, authenticated, authorize, optional_authentication, requires_agent_scope,
    requires_group, requires_role, requires_scope,
};

const PROBE: &str = "load balancer probe";

#[allow_anonymous(reason = "")]
async fn empty() {}

#[allow_anonymous(reason = " \u{a0}")]
async fn blank() {}

#[allow_anonymous(reason)]
async fn nothing() {}

#[allow_anonymous(reason =)]
async fn nothing_behind() {}

#[allow_anonymous(reason = PROBE)]
async fn constant() {}

#[allow_anonymous(reason = b"probe")]
async fn bytes() {}

#[allow_anonymous(reason = "probe"u8)]
async fn suffix() {}

#[allow_anonymous(reason = concat!("load balancer", "probe"))]
async fn call() {}

#[allow_anonymous(reason = "load balancer", "probe")]
async fn two_texts() {}

#[allow_anonymous(reason = "probe\u{1b}[2K")]
async fn control_character() {}

#[allow_anonymous(reason = "load balancer", reason = "probe")]
async fn twice() {}

#[allow_anonymous(reason = "", reason = 7, crate = 7)]
async fn all_at_once() {}

#[optional_authentication(reason = "probe")]
async fn optional() {}

#[authenticated(reason = "probe")]
async fn caller() {}

#[requires_role("admin", reason = "probe")]
async fn role() {}

#[requires_group(all("staff", reason = "probe"))]
async fn group() {}

#[requires_scope("a:b", reason = "probe")]
async fn scope() {}

#[requires_agent_scope("a:b", reason = "probe")]
async fn agent_scope() {}

#[authorize(role("admin", reason = "probe"), reason = "probe")]
async fn parts() {}

#[allow_anonymous(reason = "probe")]
#[allow_anonymous(reason = "another one")]
async fn two_reasons() {}

fn main() {}
