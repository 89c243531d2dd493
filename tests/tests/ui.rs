//! What compiles and what does not, and what the compiler says then: the cases in `ui/<macro>`.
//!
//! The words of the compiler change between its versions, so they are compared only on the one that
//! `.ci/run` pins, which sets `PICO_AUTH_UI_STDERR=1`. Elsewhere a case must just not compile.
//! `PICO_AUTH_UI_STDERR=1 TRYBUILD=overwrite cargo test --test ui` writes the expected words anew.

#![allow(clippy::unwrap_used, missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use trybuild::TestCases;

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

#[test]
fn ui() {
    // One set at a time: trybuild checks a set without passing cases in one go.
    TestCases::new().pass(cases().join("*/pass/*.rs"));
    if env::var_os("PICO_AUTH_UI_STDERR").is_some() {
        TestCases::new().compile_fail(cases().join("*/fail/*.rs"));
    } else {
        fails_to_compile(&without_expected_words());
    }
}

/// The switch is read by the macro while it runs in the compiler, so it must be in the environment of all
/// that is started here, and of nothing else.
#[test]
fn nothing_is_open_without_a_reason_where_reasons_are_required() {
    let test = Command::new(env::current_exe().unwrap())
        .args(["--exact", "reasons_are_required", "--ignored"])
        .env("PICO_AUTH_REQUIRE_REASONS", "1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&test.stdout);
    assert!(
        test.status.success() && output.contains("1 passed"),
        "{output}"
    );
}

#[test]
#[ignore = "needs a variable in its environment: run by the test above"]
fn reasons_are_required() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui-reasons");
    TestCases::new().pass(cases.join("pass/*.rs"));
    if env::var_os("PICO_AUTH_UI_STDERR").is_some() {
        TestCases::new().compile_fail(cases.join("fail/*.rs"));
    }
}

/// Copies the failing cases to a folder of their own.
fn without_expected_words() -> PathBuf {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    drop(fs::remove_dir_all(&copies));
    fs::create_dir_all(&copies).unwrap();
    for attribute in fs::read_dir(cases()).unwrap() {
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
    copies
}

/// Where a failing case has no expected words, trybuild writes what it got to the folder `wip` and
/// says so in a panic; a case that compiles ends in another panic.
fn fails_to_compile(cases: &Path) {
    let run = || TestCases::new().compile_fail(cases.join("*.rs"));
    let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    let message = panic.downcast::<String>().unwrap();
    assert!(
        message.starts_with("successfully created new stderr files"),
        "{message}"
    );
    drop(fs::remove_dir_all("wip"));
}
