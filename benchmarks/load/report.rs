//! The tables, in Markdown.

#![expect(clippy::print_stdout, reason = "what the program is for")]

use crate::case::Case;
use crate::rounds::Measured;
use crate::statistics::Spread;

pub fn heading(text: &str) {
    println!("\n## {text}\n");
}

/// Services side by side under one load.
pub fn services(cases: &[Case<'_>], measured: &Measured) {
    println!("| Service | CPU per request, µs | × bare | beyond bare, µs | busy |");
    println!("|---|---|---|---|---|");
    for (index, case) in cases.iter().enumerate() {
        let cpu = measured.cpu(index);
        let ratio = measured.ratio(index);
        let beyond = measured.beyond(index);
        let busy = measured.busy(index).median * 100.0;
        println!(
            "| {} | {cpu} | {ratio:.3} | {beyond} | {busy:.0} % |",
            case.name
        );
    }
    if !measured.verification.is_empty() {
        let verification: Spread = measured.verification.iter().copied().collect();
        println!("| *one raw verification, in a loop* | {verification} | | | |");
    }
    others(measured.others);
}

/// Pairs of axum alone and pico-auth, each under a load of its own.
pub fn pairs(lines: &[(String, Measured)]) {
    println!("| Load | bare, µs | pico-auth, µs | × bare | beyond bare, µs | memory, MB |");
    println!("|---|---|---|---|---|---|");
    for (name, measured) in lines {
        let (bare, cpu) = (measured.cpu(0), measured.cpu(1));
        let (ratio, beyond) = (measured.ratio(1), measured.beyond(1));
        let memory = measured.memory.get(1).map_or(0, |bytes| bytes / 1_000_000);
        println!("| {name} | {bare} | {cpu} | {ratio:.3} | {beyond} | {memory} |");
    }
    let parts = lines.iter().map(|(_, measured)| measured.others);
    others(parts.fold(0.0, f64::max));
}

fn others(part: f64) {
    let percent = part * 100.0;
    println!("\nOther programs had {percent:.1} % of the CPUs meanwhile.");
}

/// One target of the issue.
pub struct Target {
    pub what: &'static str,
    pub limit: f64,
    pub measured: Spread,
    pub unit: &'static str,
}

pub fn targets(targets: &[Target]) {
    if targets.is_empty() {
        return;
    }
    heading("Targets");
    println!("| Target | at most | measured | |");
    println!("|---|---|---|---|");
    for target in targets {
        let Target {
            what,
            limit,
            measured,
            unit,
        } = target;
        let verdict = if measured.median <= *limit {
            "met"
        } else {
            "missed"
        };
        println!("| {what} | {limit:.2} {unit} | {measured:.3} {unit} | {verdict} |");
    }
}
