//! Everything continuous integration runs.

use super::{bench, check, test};
use crate::failures::Failures;
use std::process::ExitCode;

/// check + test + the benchmarks as tests. Failures are shown together, and
/// cargo's own result lines come last, so that the number of tests is seen.
pub(crate) fn run() -> ExitCode {
    let mut failures = Failures::default();
    if let Some(found) = failures.note("check", check::failures()) {
        failures.append(found);
    }
    let (found, mut results) = test::failures();
    failures.append(found);
    failures.append(bench::as_tests(&mut results));

    let code = match failures.finish() {
        Ok(()) => {
            println!("\neverything passed");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("\nFAILED: {error:#}");
            ExitCode::FAILURE
        }
    };
    test::show(&results);
    code
}
