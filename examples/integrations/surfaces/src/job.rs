//! A job: no request, no framework. Whoever asked for it is identified by the token in its message, and
//! its function runs as them.

use pico_auth::{Authenticator, SecurityContext};

use crate::rules::{Caller, Outcome, Surface, call};

pub struct Job(Authenticator);

impl Surface for Job {
    const NAME: &'static str = "job";
    const KNOWS_FUNCTION_FIRST: bool = false;

    async fn start(authenticator: Authenticator) -> Self {
        Self(authenticator)
    }

    async fn call(&self, rule: &str, caller: &Caller) -> Outcome {
        let Some(token) = &caller.token else {
            return Ok(SecurityContext::scope_anonymous(call(rule)).await?);
        };
        let caller = self.0.authenticate(token, caller.agent.as_deref()).await?;
        Ok(caller.scope(call(rule)).await?)
    }
}
