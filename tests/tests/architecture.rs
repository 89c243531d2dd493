//! Keeps the order of the library's modules: each may use only those below it. A newcomer who reads
//! from the bottom up never meets a name that was not explained.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

/// From top to bottom.
const ORDER: [&str; 37] = [
    "lib",
    "__private",
    "test_kit",
    "web",
    "api_document",
    "access_map",
    "audit",
    "authenticator",
    "introspection",
    "settings",
    "binding",
    "revocation",
    "token_cache",
    "jwt",
    "verifier",
    "jwks",
    "roles",
    "danger",
    "decider",
    "propagate",
    "rule",
    "policy",
    "context",
    "names",
    "providers",
    "claims",
    "events",
    "meter",
    "outcome",
    "plain",
    "challenge",
    "fetch",
    "error",
    "token",
    "strict",
    "crypto",
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
            // What an exported macro writes stands in the user's crate.
            let text = code.collect::<Vec<_>>().join("\n").replace("$crate::", "");
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
            if word.starts_with("__pico_auth") {
                continue; // an exported macro, which is always at the root
            }
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
        let allowed = matches!(source.module.as_str(), "web" | "test_kit");
        for framework in [
            "axum::",
            "tonic::",
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

/// Two back-ends that are the same to all others: whoever names one goes round the choice.
#[test]
fn only_crypto_names_a_crate_for_it() {
    let mut inside = 0;
    for source in sources() {
        let allowed = source.module == "crypto"
            || source.path.ends_with("test_kit/key.rs")
            || source.path.ends_with("revocation/redis/connect.rs");
        for name in [
            "aws_lc_rs::",
            "ed25519_dalek::",
            "getrandom::",
            "hmac::",
            "ml_dsa::",
            "p256::",
            "p384::",
            "rsa::",
            "sha2::",
            "subtle::",
        ] {
            let named = source.text.lines().any(|line| {
                line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
                    .any(|word| word.starts_with(name))
            });
            assert!(allowed || !named, "{} names {name}", source.path.display());
            inside += usize::from(named);
        }
    }
    assert!(inside > 10, "the test has lost its subject");
}

/// What makes tokens and callers is in no build that does not ask for it.
#[test]
fn the_test_kit_is_behind_its_feature() {
    let mut named = 0;
    for source in sources() {
        if source.module == "test_kit" {
            continue;
        }
        let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
        for (number, line) in lines.iter().enumerate() {
            let is_of_kit = words_after(line, "mod ").any(|word| word == "test_kit")
                || line.contains("crate::test_kit")
                || line.contains("pico_auth_macros::test");
            if !is_of_kit {
                continue;
            }
            named += 1;
            // The attribute above it, or above the module that it is in.
            let above = lines.iter().take(number).rev().take(6);
            let mut above = above.take_while(|line| !line.starts_with('}'));
            let is_behind = above
                .any(|line| line.starts_with("#[cfg(") && line.contains("feature = \"test-kit\""));
            assert!(is_behind, "{}: {line}", source.path.display());
        }
    }
    assert!(named > 3, "the test has lost its subject");
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// A newcomer opens an example to learn what it is about. One that is not registered is never built.
#[test]
fn every_example_says_what_it_shows_and_how_to_try_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let mut examples = Vec::new();
    for path in entries(&folder) {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        // One of several files has a folder. The library of the package shows nothing.
        let main = path.join("main.rs");
        if main.exists() {
            examples.push((main, true));
        } else if is_rust && !path.ends_with("examples/lib.rs") {
            examples.push((path, true));
        }
    }
    for companion in entries(&folder.join("integrations")) {
        let roots = ["src/main.rs", "src/lib.rs"].map(|root| companion.join(root));
        let root = roots.into_iter().find(|root| root.exists());
        examples.extend(root.map(|root| (root, false)));
    }
    let mut checked = 0;
    for (path, is_registered_here) in examples {
        let text = fs::read_to_string(&path).unwrap();
        let header: Vec<_> = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        let shows = header
            .first()
            .is_some_and(|line| line.starts_with("//! Shows: "));
        let tried = header.iter().any(|line| line.starts_with("//! Try it"));
        let place = path.display();
        assert!(
            shows && tried,
            "{place}: begin with `//! Shows: ..` and say `//! Try it: ..`"
        );
        let below = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        assert!(
            !is_registered_here || manifest.contains(&format!("path = \"{below}\"")),
            "{place} is not in examples/Cargo.toml"
        );
        checked += 1;
    }
    assert!(
        checked > 18,
        "the test has lost its subject: {checked} examples found"
    );
}
