//! Everything continuous integration runs.

use super::{bench, check, test};
use crate::failures::Failures;
use anyhow::Result;

/// check + test + the benchmarks as tests. Failures are shown together, and
/// cargo's own result lines come last, so that the number of tests is seen.
pub(crate) fn run() -> Result<()> {
    let mut failures = Failures::default();
    if let Some(found) = failures.note("check", check::failures()) {
        failures.append(found);
    }
    let (found, mut results) = test::failures();
    failures.append(found);
    failures.append(bench::as_tests(&mut results));

    let done = failures.finish();
    match &done {
        Ok(()) => println!("\neverything passed"),
        Err(error) => println!("\n{error:#}"),
    }
    test::show(&results);
    done.map_err(|_| anyhow::anyhow!("ci failed: see the list above"))
}
