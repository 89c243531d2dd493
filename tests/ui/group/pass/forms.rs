#![deny(warnings, clippy::pedantic)]

use pico_auth::{Group, authorize, requires_group};

#[derive(Group)]
#[group(rename_all = "SCREAMING-KEBAB-CASE")]
enum Team {
    HomeOffice,
    Audit,
}

#[requires_group(Team::HomeOffice, "literal")]
async fn one() {}

#[requires_group(all(Team::HomeOffice, Team::Audit))]
async fn all() {}

#[authorize(not(group(Team::Audit)))]
async fn not() {}

fn main() {
    assert_eq!(Team::HomeOffice.name(), "HOME-OFFICE");
    drop((one(), all(), not()));
}
