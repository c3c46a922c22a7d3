//! What comparisons with peers in Python share: environments, the program that is asked, its table.

use crate::shell;
use anyhow::{Context, Result};
use std::fs;
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

/// The interpreter of the environment `name`, which holds what the list in [`folder`] says; made on
/// first use, and made anew when the list has changed.
pub(super) fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let own = shell::scratch()?.join(name);
    let python = own.join("bin/python");
    let list = folder().join(requirements);
    let wanted = fs::read_to_string(&list)?;
    let stamp = own.join("requirements.txt");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    if own.exists() {
        fs::remove_dir_all(&own).with_context(|| format!("cannot remove {}", own.display()))?;
    }
    shell::run(Command::new("python3").args([Path::new("-m"), Path::new("venv"), &own]))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--requirement"]);
    shell::run(pip.arg(&list))?;
    // Last, so that an installation that was cut off is not taken for a whole one.
    fs::write(&stamp, wanted)?;
    Ok(python)
}
