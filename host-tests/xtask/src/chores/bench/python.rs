//! The Python package beside Rust and NumPy, and a fleet on Dask: the wheel that is given away in an environment
//! of its own, one interleaved run of each job, the table.

use super::peers;
use crate::chores::python::Python;
use crate::shell;
use anyhow::Result;
use std::process::Command;

/// Measures, prints the table, and writes the dated record when asked.
pub(super) fn run(record: bool, date: Option<&str>, rounds: Option<u32>) -> Result<()> {
    let python = peers::environment("peers-package", "package-requirements.txt")?;
    let package = Python::released();
    package.install(&python)?;
    let program = package.program()?;
    let contenders = peers::contenders("python-contenders")?;
    let measured = shell::scratch()?.join("package.json");
    let mut script = Command::new(python);
    script.arg(peers::folder().join("package.py")).args([&contenders, &program]).arg(&measured);
    if let Some(rounds) = rounds {
        script.args(["--rounds", &rounds.to_string()]);
    }
    shell::run(&mut script)?;
    peers::table(&contenders, &measured, record, date)
}
