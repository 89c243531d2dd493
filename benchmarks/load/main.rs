//! Measures whole services under load and prints the tables: see `README.md` beside this folder.

mod arguments;
mod case;
mod connections;
mod cpu;
mod issuer;
mod machine;
mod placement;
mod process;
mod report;
mod rounds;
mod scenarios;
mod statistics;
mod tokens;
mod verification;

use std::error::Error;

use arguments::{Arguments, Table};
use issuer::Issuer;
use placement::Placement;
use report::Target;
use rounds::Bench;
use scenarios::{PICO_AUTH_IN_ANONYMOUS, PICO_AUTH_IN_COLD, PICO_AUTH_IN_PROTECTED, RAW_IN_COLD};
use tokens::Mint;
use verification::Verification;

/// What a token seen for the first time may cost, in raw verifications.
const COLD_TIMES: f64 = 1.12;

type Tables = Result<Vec<Target>, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(std::env::args().skip(1))?;

    say("making a key and tokens");
    let issuer = Issuer::start()?;
    let mint = Mint::new(&issuer)?;
    let tokens = mint.admins(arguments.size.tokens)?;
    let hostile = mint.hostile().ok_or("a token cannot be signed")?;

    // Only from here on: the mint has all CPUs.
    let placement = Placement::new()?;
    placement.pin_load()?;
    let bench = Bench {
        issuer: &issuer,
        hostile: &hostile,
        placement,
        plan: arguments.size.plan,
    };

    let mut targets = Vec::new();
    for table in &arguments.tables {
        targets.extend(match table {
            Table::Hot => hot(&bench, &tokens)?,
            Table::Cold => cold(&bench, &tokens, arguments.size.new_tokens)?,
            Table::Anonymous => anonymous(&bench)?,
            Table::Growth => growth(&bench, &tokens)?,
        });
    }
    report::targets(&targets);
    Ok(())
}

fn hot(bench: &Bench<'_>, tokens: &[String]) -> Tables {
    say("hot");
    let cases = scenarios::hot(tokens);
    let measured = bench.measure(&cases, None)?;
    report::heading("Hot: 100 tokens again and again");
    report::services(&cases, &measured);
    Ok(vec![Target {
        what: "hot, times bare",
        limit: 1.10,
        measured: measured.ratio(PICO_AUTH_IN_PROTECTED),
        unit: "×",
    }])
}

fn cold(bench: &Bench<'_>, tokens: &[String], in_a_slice: usize) -> Tables {
    say("cold");
    let cases = scenarios::cold(tokens, in_a_slice);
    let some = tokens.get(..1_000).unwrap_or(tokens);
    let verification = Verification::new(&bench.issuer.key, some)?;
    let measured = bench.measure(&cases, Some(&verification))?;
    report::heading("Cold: each token new");
    report::services(&cases, &measured);
    let target = |what, measured| Target {
        what,
        limit: 1.0,
        measured,
        unit: "µs",
    };
    Ok(vec![
        target(
            "cold, beyond bare and 1.12 raw verifications in a loop",
            measured.beyond_verification(PICO_AUTH_IN_COLD, COLD_TIMES),
        ),
        target(
            "cold, beyond bare and 1.12 raw verifications in the service",
            measured.beyond_another(PICO_AUTH_IN_COLD, RAW_IN_COLD, COLD_TIMES),
        ),
    ])
}

fn anonymous(bench: &Bench<'_>) -> Tables {
    say("anonymous");
    let cases = scenarios::anonymous();
    let measured = bench.measure(&cases, None)?;
    report::heading("Anonymous: an `#[allow_anonymous]` route, no token");
    report::services(&cases, &measured);
    Ok(vec![Target {
        what: "anonymous, times bare",
        limit: 1.02,
        measured: measured.ratio(PICO_AUTH_IN_ANONYMOUS),
        unit: "×",
    }])
}

fn growth(bench: &Bench<'_>, tokens: &[String]) -> Tables {
    let mut lines = Vec::new();
    for pair in scenarios::growth(bench.issuer, tokens) {
        let name = pair[1].name.clone();
        say(&name);
        lines.push((name, bench.measure(&pair, None)?));
    }
    report::heading("Growth: pico-auth, 100 tokens again and again unless it says otherwise");
    report::pairs(&lines);
    Ok(Vec::new())
}

#[expect(clippy::print_stderr, reason = "the tables go to the other output")]
fn say(what: &str) {
    eprintln!("measuring: {what}");
}
