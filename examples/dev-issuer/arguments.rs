//! What stands on the command line.

use std::net::SocketAddr;

use pico_auth::Algorithm;

pub(crate) const HELP: &str = "\
An issuer for the machine of a developer.

dev-issuer [serve]          serves discovery, keys and tokens
  --bind ADDRESS            a loopback address [127.0.0.1:9000]
  --audience NAME           the `aud` of its tokens [my-api]
  --algorithm NAME          what it signs with [RS256]

dev-issuer token            prints a token and the curl line that uses it
  --subject NAME            who the caller is
  --role NAME               may be repeated; one is the claim `role`, all are the array `roles`
  --group NAME              may be repeated
  --scope NAME              may be repeated
  --agent-scope NAME        may be repeated: for the header X-Agent-Authorization
  --claim NAME=JSON         may be repeated: any other claim
  --lifetime-seconds N      [3600]
  --url URL                 what the curl line asks for [http://127.0.0.1:3000/]
  --issuer URL              where the issuer runs [http://127.0.0.1:9000]

dev-issuer rotate           makes a new key, which signs from now on
  --issuer URL              [http://127.0.0.1:9000]";

const ADDRESS: &str = "127.0.0.1:9000";

pub(crate) enum Command {
    Serve(Options),
    Token {
        issuer: String,
        url: String,
        /// What the token endpoint takes.
        form: Vec<(String, String)>,
    },
    Rotate {
        issuer: String,
    },
    Help,
}

/// How to serve.
pub(crate) struct Options {
    pub(crate) address: SocketAddr,
    pub(crate) audience: String,
    pub(crate) algorithm: Algorithm,
}

pub(crate) fn read(arguments: &[String]) -> Result<Command, String> {
    if arguments.iter().any(|argument| argument == "--help") {
        return Ok(Command::Help);
    }
    let (command, options) = match arguments.split_first() {
        Some((word, rest)) if !word.starts_with('-') => (word.as_str(), rest),
        _ => ("serve", arguments),
    };
    let options = pairs(options)?;
    match command {
        "serve" => serve(options).map(Command::Serve),
        "token" => token(options),
        "rotate" => rotate(options),
        other => Err(format!("there is no command `{other}`, see --help")),
    }
}

/// `--name value`, again and again.
fn pairs(arguments: &[String]) -> Result<Vec<(&str, &str)>, String> {
    arguments
        .chunks(2)
        .map(|pair| match pair {
            [name, value] if name.starts_with("--") => Ok((&**name, &**value)),
            [name, ..] if name.starts_with("--") => Err(format!("`{name}` needs a value")),
            [other, ..] => Err(format!("`{other}` is no option, see --help")),
            [] => Err("no option".to_owned()),
        })
        .collect()
}

fn serve(given: Vec<(&str, &str)>) -> Result<Options, String> {
    let mut options = Options {
        address: loopback(ADDRESS)?,
        audience: "my-api".to_owned(),
        algorithm: Algorithm::RS256,
    };
    for (name, value) in given {
        match name {
            "--bind" => options.address = loopback(value)?,
            "--audience" => value.clone_into(&mut options.audience),
            "--algorithm" => {
                let algorithm = value.parse::<Algorithm>();
                options.algorithm = algorithm.map_err(|error| error.to_string())?;
            }
            _ => return Err(unknown("serve", name)),
        }
    }
    Ok(options)
}

/// The address, if nobody but this machine can reach it.
fn loopback(address: &str) -> Result<SocketAddr, String> {
    let example = "write one such as `127.0.0.1:9000` or `[::1]:9000`";
    let parsed: SocketAddr = address
        .parse()
        .map_err(|_| format!("`{address}` is not an address with a port: {example}"))?;
    if parsed.ip().is_loopback() {
        return Ok(parsed);
    }
    Err(format!(
        "`{address}` can be reached from other machines, and this issuer signs whatever it is asked for: {example}"
    ))
}

fn token(given: Vec<(&str, &str)>) -> Result<Command, String> {
    let mut issuer = format!("http://{ADDRESS}");
    let mut url = "http://127.0.0.1:3000/".to_owned();
    let mut form = Vec::new();
    for (name, value) in given {
        match name {
            "--issuer" => value.clone_into(&mut issuer),
            "--url" => value.clone_into(&mut url),
            "--subject" | "--role" | "--group" | "--scope" | "--agent-scope" | "--claim"
            | "--lifetime-seconds" => {
                let field = name.trim_start_matches('-').replace('-', "_");
                form.push((field, value.to_owned()));
            }
            _ => return Err(unknown("token", name)),
        }
    }
    Ok(Command::Token { issuer, url, form })
}

fn rotate(given: Vec<(&str, &str)>) -> Result<Command, String> {
    let mut issuer = format!("http://{ADDRESS}");
    for (name, value) in given {
        match name {
            "--issuer" => value.clone_into(&mut issuer),
            _ => return Err(unknown("rotate", name)),
        }
    }
    Ok(Command::Rotate { issuer })
}

fn unknown(command: &str, name: &str) -> String {
    format!("`{command}` knows no `{name}`, see --help")
}
