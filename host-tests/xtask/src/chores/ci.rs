//! Everything continuous integration runs.

use super::{bench, check, firmware, test};
use crate::failures::Failures;
use std::process::ExitCode;

/// check + test + the benchmarks as tests, the firmware's part of them beside the host's. Failures
/// are shown together, and cargo's own result lines come last, so that the number of tests is seen.
pub(crate) fn run() -> ExitCode {
    let mut failures = Failures::default();
    let beside = firmware::Beside::start();
    if let Some(found) = failures.note("check", check::host()) {
        failures.append(found);
    }
    let mut results = Vec::new();
    failures.append(test::on_the_host(&mut results));
    failures.append(bench::as_tests(&mut results));
    failures.append(firmware::failures(beside));

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
