//! Keeps the order of the library's modules: each may use only those below it. A newcomer who reads
//! from the bottom up never meets a name that was not explained.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

/// From top to bottom.
const ORDER: [&str; 29] = [
    "lib",
    "__private",
    "test_kit",
    "web",
    "authenticator",
    "introspection",
    "settings",
    "binding",
    "revocation",
    "jwt",
    "verifier",
    "jwks",
    "roles",
    "danger",
    "decider",
    "rule",
    "policy",
    "context",
    "names",
    "providers",
    "claims",
    "events",
    "challenge",
    "fetch",
    "error",
    "token",
    "strict",
    "digest",
    "clock",
];

struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

/// The library's files, without their comments: documentation may link upwards.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pico-auth/src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let first = path.strip_prefix(&root).unwrap().iter().next().unwrap();
            let module = Path::new(first)
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let text = code.collect::<Vec<_>>().join("\n");
            sources.push(Source { path, module, text });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == module)
}

/// The words that follow `prefix` in `text`.
fn words_after<'t>(text: &'t str, prefix: &str) -> impl Iterator<Item = &'t str> {
    text.split(prefix).skip(1).map(|rest| {
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        rest.get(..end).unwrap()
    })
}

#[test]
fn every_module_has_its_place() {
    let mut seen: Vec<_> = sources().into_iter().map(|source| source.module).collect();
    seen.dedup();
    seen.sort();
    seen.dedup();
    let mut expected = ORDER.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(seen, expected);
}

#[test]
fn modules_use_only_what_is_below_them() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for source in sources() {
        // The contents page names everything; the test kit is built on the public API.
        if matches!(source.module.as_str(), "lib" | "test_kit") {
            continue;
        }
        let own = rank(&source.module).unwrap();
        for word in words_after(&source.text, "crate::") {
            checked += 1;
            match rank(word) {
                Some(used) if used >= own => {}
                Some(_) => wrong.push(format!("{} uses {word}", source.path.display())),
                None => wrong.push(format!("{}: `crate::{word}`", source.path.display())),
            }
        }
    }
    assert_eq!(
        wrong,
        Vec::<String>::new(),
        "name the module, and only one below"
    );
    assert!(
        checked > 50,
        "the test has lost its subject: {checked} uses found"
    );
}

#[test]
fn only_web_names_the_framework() {
    let mut inside = 0;
    for source in sources() {
        let allowed = source.module == "web" || source.path.ends_with("test_kit/server.rs");
        for framework in [
            "axum::",
            "tower_layer::",
            "tower_service::",
            "tower::",
            "http::",
        ] {
            let named = source.text.lines().any(|line| {
                line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
                    .any(|word| word.starts_with(framework))
            });
            assert!(
                allowed || !named,
                "{} names {framework}",
                source.path.display()
            );
            inside += usize::from(named);
        }
    }
    assert!(inside > 10, "the test has lost its subject");
}
