//! Shows: a token verified outside HTTP, by the same authenticator.
//!
//! Try it, with an issuer of yours. The token comes by stdin: an argument would stand in the list of
//! processes, and in the shell's history.
//!
//! ```sh
//! cargo run --example verify-token -- --issuer https://auth.example.com --audience my-api < token.txt
//! ```
//!
//! Without arguments, the settings are those of the environment (`AUTH_CLIENT_ISSUER`, …), as for the
//! service that the token is for. It prints the caller as JSON, and ends with
//!
//! | Status | Meaning |
//! |---|---|
//! | 0 | the token is valid |
//! | 1 | it is refused; stderr says why |
//! | 2 | it was not looked at: wrong arguments or settings, or no token |
//! | 3 | it cannot be decided now: the keys or the list of revoked tokens cannot be fetched |
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

use std::error::Error;
use std::io::Read;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use pico_auth::{AuthClientError, AuthClientSettings, Authenticator, RawToken, SecurityContext};
use serde_json::{Value, json};

const USAGE: &str =
    "usage: verify-token [--issuer URL --audience NAME [--algorithms RS256,ES256]] < TOKEN";

/// Longer input is no token; `max_token_bytes` of the settings is the limit that counts.
const MOST_BYTES: u64 = 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (token, authenticator) = match prepare() {
        Ok(prepared) => prepared,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    match authenticator.authenticate(&token, None).await {
        Ok(caller) => {
            println!("{:#}", shown(&caller));
            ExitCode::SUCCESS
        }
        Err(AuthClientError::AuthUnavailable(outage)) => {
            let cause = outage.source().map(|cause| format!(" ({cause})"));
            eprintln!("not decided: {outage}{}", cause.unwrap_or_default());
            ExitCode::from(3)
        }
        Err(refusal) => {
            eprintln!("refused: {refusal}");
            ExitCode::from(1)
        }
    }
}

fn prepare() -> Result<(String, Authenticator), Box<dyn Error>> {
    let authenticator = Authenticator::new(settings(std::env::args().skip(1))?)?;
    if !authenticator.is_enabled() {
        return Err("AUTH_CLIENT_ENABLED is false: no token is looked at".into());
    }
    let mut input = Vec::new();
    std::io::stdin().take(MOST_BYTES).read_to_end(&mut input)?;
    let token = RawToken::from_bytes(input.trim_ascii()).ok_or("stdin holds no token")?;
    Ok((token.as_str().to_owned(), authenticator))
}

/// From the arguments, or from the environment where there are none.
fn settings(
    mut arguments: impl Iterator<Item = String>,
) -> Result<AuthClientSettings, Box<dyn Error>> {
    let mut settings = AuthClientSettings::builder();
    let Some(mut option) = arguments.next() else {
        return Ok(AuthClientSettings::from_env()?);
    };
    loop {
        let value = arguments.next().ok_or(USAGE)?;
        settings = match option.as_str() {
            "--issuer" => settings.issuer(value),
            "--audience" => settings.audience(value),
            "--algorithms" => settings.accepted_algorithms(value.split(',')),
            // What it is called is not repeated: it could be a token.
            _ => return Err(USAGE.into()),
        };
        match arguments.next() {
            Some(next) => option = next,
            None => return Ok(settings.build()?),
        }
    }
}

/// All of it is vouched for by the issuer's signature; roles are what a service with these settings would see.
fn shown(caller: &SecurityContext) -> Value {
    let expires_at = caller.expires_at().duration_since(UNIX_EPOCH);
    json!({
        "subject": caller.subject(),
        "issuer": caller.issuer(),
        "expires_at_seconds": expires_at.map_or(0, |time| time.as_secs()),
        "roles": caller.roles().collect::<Vec<_>>(),
        "groups": caller.groups().collect::<Vec<_>>(),
        "scopes": caller.scopes().collect::<Vec<_>>(),
        "claims": caller.token_claims().raw(),
    })
}
