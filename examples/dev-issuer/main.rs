//! Shows: an issuer for the machine of a developer, with discovery, keys that rotate on demand, and tokens for
//! whoever asks.
//!
//! Try it:
//!
//! ```sh
//! cargo run --example dev-issuer
//! ```
//!
//! and in another shell what it prints: the line that starts a service which trusts it, and
//!
//! ```sh
//! cargo run --example dev-issuer -- token --subject alice --role admin --scope orders:read --lifetime-seconds 600
//! cargo run --example dev-issuer -- rotate
//! ```
//!
//! The first prints a token and the `curl` line that uses it. `--help` lists all options. It signs whatever it is
//! asked for, so it listens on loopback and nowhere else. Its keys are made anew on each start.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to the person who runs it"
)]

mod arguments;
mod client;
mod server;
mod token;

use std::process::ExitCode;

use arguments::Command;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments::read(&arguments) {
        Ok(Command::Serve(options)) => server::serve(&options).await,
        Ok(Command::Token { issuer, url, form }) => client::token(&issuer, &url, &form).await,
        Ok(Command::Rotate { issuer }) => client::rotate(&issuer).await,
        Ok(Command::Help) => {
            println!("{}", arguments::HELP);
            Ok(())
        }
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dev-issuer: {error}");
            ExitCode::FAILURE
        }
    }
}
