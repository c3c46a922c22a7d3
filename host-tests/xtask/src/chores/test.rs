//! Host tests, then the firmware in emulation.

use super::{python::Python, setup};
use crate::{emulate, failures::Failures, shell};
use anyhow::Result;
use std::process::Command;

/// Features of what is tested. The benchmarks' tests have the same, or libraries would be built anew.
pub(crate) const FEATURES: &str = "solvekit-benches/device";

/// Tests everything; an error names every failure.
pub(crate) fn run() -> Result<()> {
    let (failures, results) = failures();
    show(&results);
    failures.finish()
}

/// The failures of all tests, and cargo's own `test result:` lines.
fn failures() -> (Failures, Vec<String>) {
    let mut results = Vec::new();
    let mut failures = on_the_host(&mut results);
    failures.append(emulated());
    (failures, results)
}

/// The failures of the firmware in emulation.
pub(crate) fn emulated() -> Failures {
    let mut failures = Failures::default();
    if failures.note("set-up for the emulation", setup::emulation()).is_some() {
        failures.append(emulate::everything());
    }
    failures
}

/// The failures of the tests that run here.
pub(crate) fn on_the_host(results: &mut Vec<String>) -> Failures {
    let mut failures = Failures::default();
    let mut tests = shell::cargo();
    tests.args(["test", "--locked", "--workspace", "--features", FEATURES, "--no-fail-fast"]);
    if let Some(Some(driver)) = failures.note("set-up for graphics processors", setup::vulkan()) {
        // That one, whatever else there is: the same on every machine. Mesa's layer that chooses among
        // drivers looks for a screen, and complains.
        tests.env("VK_DRIVER_FILES", driver).env("NODEVICE_SELECT", "1");
        tests.env("SOLVEKIT_GPU", "required");
    }
    failures.append(host("host tests", &mut tests, results));
    // The coarse roots change bits on purpose, so they are tested apart: a tuner must stay sound.
    let mut coarse = shell::cargo();
    coarse.args(["test", "--locked", "--package", "coarse", "--features", "micromath"]);
    failures.append(host("the tuner with micromath", &mut coarse, results));
    failures.note("Python package", Python::default().run());
    failures
}

/// Runs a `cargo test`; its failures by the tests' names, its result lines kept.
pub(crate) fn host(step: &str, cargo: &mut Command, results: &mut Vec<String>) -> Failures {
    let mut failures = Failures::default();
    let mut failed = Vec::new();
    let done = shell::tee(cargo, |line| match outcome(line) {
        Some(Outcome::Failed(test)) => failed.push(test.to_owned()),
        Some(Outcome::Result) => results.push(line.trim().to_owned()),
        None => {}
    });
    if done.is_err() && !failed.is_empty() {
        failures.add(format!("{step}: {}", failed.join(", ")));
    } else {
        failures.note(step, done);
    }
    failures
}

/// What a line of `cargo test` tells.
#[derive(Debug, PartialEq)]
enum Outcome<'a> {
    /// A test failed.
    Failed(&'a str),
    /// How many tests of one program ran.
    Result,
}

fn outcome(line: &str) -> Option<Outcome<'_>> {
    let line = line.trim();
    if line.starts_with("test result:") {
        return Some(Outcome::Result);
    }
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED").map(Outcome::Failed)
}

/// Shows the kept lines.
pub(crate) fn show(results: &[String]) {
    println!();
    for line in results {
        println!("{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_cargo_test_are_told_apart() {
        assert_eq!(outcome("test a::b ... FAILED"), Some(Outcome::Failed("a::b")));
        assert_eq!(outcome("test result: ok. 1 passed"), Some(Outcome::Result));
        assert_eq!(outcome("test a::b ... ok"), None);
    }
}
