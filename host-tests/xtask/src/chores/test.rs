//! Host tests, then the firmware in emulation.

use super::setup;
use crate::{emulate, failures::Failures, shell};
use anyhow::Result;

/// Tests everything; an error names every failure.
pub(crate) fn run() -> Result<()> {
    let (failures, results) = failures();
    show(&results);
    failures.finish()
}

/// The failures of all tests, and cargo's own `test result:` lines.
pub(crate) fn failures() -> (Failures, Vec<String>) {
    let mut failures = Failures::default();
    let mut results = Vec::new();
    let mut tests = shell::cargo();
    tests.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    failures.note("host tests", shell::tee(&mut tests, |line| keep(line, &mut results)));
    if failures.note("set-up for the emulation", setup::emulation()).is_some() {
        failures.append(emulate::everything());
    }
    (failures, results)
}

/// Keeps a line that tells how many tests ran, or which of them failed.
pub(crate) fn keep(line: &str, results: &mut Vec<String>) {
    let line = line.trim();
    if line.starts_with("test result:") {
        results.push(line.to_owned());
    }
}

/// Shows the kept lines.
pub(crate) fn show(results: &[String]) {
    println!();
    for line in results {
        println!("{line}");
    }
}
