//! Many small systems against NumPy: an environment for it, one interleaved run, the table.

use super::peers;
use crate::shell;
use anyhow::Result;
use std::process::Command;

/// Measures, prints the table, and writes the dated record when asked.
pub(super) fn run(record: bool, date: Option<&str>, rounds: Option<u32>) -> Result<()> {
    let python = peers::environment("peers-direct", "direct-requirements.txt")?;
    let contenders = peers::contenders("direct-contenders")?;
    let measured = shell::scratch()?.join("direct.json");
    let mut script = Command::new(python);
    // One thread for everybody: the comparison is of one core.
    for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"] {
        script.env(variable, "1");
    }
    script.arg(peers::folder().join("direct.py")).arg(&contenders).arg(&measured);
    if let Some(rounds) = rounds {
        script.args(["--rounds", &rounds.to_string()]);
    }
    shell::run(&mut script)?;
    peers::table(&contenders, &measured, record, date)
}
