//! What compiles and what does not, and what the compiler says then: the cases in `ui/<macro>`.
//!
//! The words of the compiler change between its versions, so they are compared only on the one that
//! `.ci/run` pins, which sets `PICO_AUTH_UI_STDERR=1`. Elsewhere a case must just not compile.
//! `PICO_AUTH_UI_STDERR=1 TRYBUILD=overwrite cargo test --test ui` writes the expected words anew.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::{env, fs};

#[test]
fn ui() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let tests = trybuild::TestCases::new();
    tests.pass(cases.join("*/pass/*.rs"));
    if env::var_os("PICO_AUTH_UI_STDERR").is_some() {
        tests.compile_fail(cases.join("*/fail/*.rs"));
    } else {
        tests.compile_fail(without_expected_words(&cases).join("*.rs"));
    }
}

/// Copies the failing cases to a folder of their own. Without expected words beside it, trybuild
/// wants a case to fail, whatever it says (and writes that to `wip` in the current folder).
fn without_expected_words(cases: &Path) -> PathBuf {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    drop(fs::remove_dir_all(&copies));
    fs::create_dir_all(&copies).unwrap();
    for attribute in fs::read_dir(cases).unwrap() {
        let attribute = attribute.unwrap();
        let name = attribute.file_name().into_string().unwrap();
        for case in fs::read_dir(attribute.path().join("fail")).unwrap() {
            let case = case.unwrap().path();
            if case.extension().is_some_and(|extension| extension == "rs") {
                let file = case.file_name().unwrap().to_str().unwrap();
                fs::copy(&case, copies.join(format!("{name}-{file}"))).unwrap();
            }
        }
    }
    env::set_current_dir(&copies).unwrap();
    copies
}
