//! What comparisons with peers in Python share: environments, the program that is asked, its table.

use crate::chores::venv;
use crate::shell;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the scripts lie.
pub(super) fn folder() -> PathBuf {
    shell::root().join("benches/peers")
}

/// Builds a program of the benchmarks that answers a script. Its path.
pub(super) fn contenders(name: &str) -> Result<PathBuf> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--locked", "--release", "--package", "solvekit-benches"]);
    shell::run(cargo.args(["--bin", name]))?;
    Ok(shell::root().join("target/release").join(name))
}

/// Prints the table of what was measured, and writes the dated record when asked.
pub(super) fn table(
    contenders: &Path,
    measured: &Path,
    record: bool,
    date: Option<&str>,
) -> Result<()> {
    let mut table = Command::new(contenders);
    table.arg(measured);
    if record {
        table.arg("--record").arg(shell::root().join("benches/records"));
    }
    if let Some(date) = date {
        table.args(["--date", date]);
    }
    shell::run(&mut table)
}

/// The interpreter of the environment `name`, which holds what the list in [`folder`] says.
pub(super) fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    venv::of(name, &folder().join(requirements))
}
