//! Shows: what a change opened, closed, widened or narrowed. Two access maps are compared, for a pull request.
//!
//! Try it, with maps that `AccessMap::to_json` wrote:
//!
//! ```sh
//! cargo run --example access-map -- --print json > old.json
//! # change a rule in examples/access-map.rs
//! cargo run --example access-map -- --print json > new.json
//! cargo run --example access-review -- old.json new.json             # text
//! cargo run --example access-review -- old.json new.json --markdown  # a table for the pull request
//! cargo run --example access-review -- old.json new.json --strict    # see below
//! ```
//!
//! It ends with the status 1, if a route was opened to callers without a token; with `--strict` also, if
//! somebody else is admitted somewhere who was not. With 2, if it could not compare. `docs/access-map.md` shows
//! it in CI.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it is a command

use std::process::ExitCode;

use pico_auth::access_map::AccessMap;

const USAGE: &str = "usage: access-review OLD.json NEW.json [--markdown] [--strict]";

fn main() -> ExitCode {
    match review(std::env::args().skip(1)) {
        Ok(fails) => ExitCode::from(u8::from(fails)),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// Prints what changed, and says whether that fails the review.
fn review(arguments: impl Iterator<Item = String>) -> Result<bool, String> {
    let (mut markdown, mut strict, mut files) = (false, false, Vec::new());
    for argument in arguments {
        match argument.as_str() {
            "--markdown" => markdown = true,
            "--strict" => strict = true,
            option if option.starts_with("--") => {
                return Err(format!("there is no option {option}\n{USAGE}"));
            }
            _ => files.push(argument),
        }
    }
    let [old, new] = files.as_slice() else {
        return Err(USAGE.to_owned());
    };
    let diff = AccessMap::diff(&read(old)?, &read(new)?);
    if markdown {
        print!("{}", diff.to_markdown());
    } else {
        print!("{}", diff.to_text());
    }
    Ok(diff.has_opened() || (strict && diff.admits_more()))
}

fn read(file: &str) -> Result<AccessMap, String> {
    let json = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    AccessMap::from_json(&json).map_err(|error| format!("{file}: {error}"))
}
