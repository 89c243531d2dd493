//! Names that only serde is told.
use pico_auth::Role;
use serde::Deserialize;

#[derive(Deserialize, Role)]
#[serde(rename_all = "kebab-case")]
enum AppRole {
    ChiefEditor,
}

#[derive(Deserialize, Role)]
enum Other {
    #[serde(rename = "admin")]
    Admin,
}

#[derive(Deserialize, Role)]
#[serde(rename_all = "kebab-case")]
#[role(rename_all = "kebab-case")]
enum Both {
    ChiefEditor,
    #[serde(rename = "admin")]
    #[role(rename = "admin")]
    Admin,
}

fn main() {}
