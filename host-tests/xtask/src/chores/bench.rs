//! The benchmarks: measured, or run once each as tests.

use super::test::host;
use crate::{failures::Failures, shell};
use anyhow::Result;

/// Measures; further arguments go to the benchmarks.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["bench", "--locked", "--package", "solvekit-benches", "--benches", "--"]);
    shell::run(cargo.args(arguments))
}

/// Runs each benchmark once: each asserts its answer, so this is a test.
pub(crate) fn as_tests(results: &mut Vec<String>) -> Failures {
    let mut cargo = shell::cargo();
    cargo.args(["test", "--locked", "--release", "--package", "solvekit-benches", "--benches"]);
    host("benchmarks as tests", &mut cargo, results)
}
