use pico_auth::requires_agent_scope;

#[requires_agent_scope]
async fn nothing() {}

#[requires_agent_scope("audit:run", "audit:see")]
async fn several() {}

#[requires_agent_scope("audit run")]
async fn space() {}

fn main() {}
