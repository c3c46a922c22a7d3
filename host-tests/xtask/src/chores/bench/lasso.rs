//! The lasso against its peers: an environment for those in Python, one interleaved run, the table.

use super::peers;
use crate::shell;
use anyhow::Result;
use std::process::Command;

/// Measures, prints the table, and writes the dated record when asked.
pub(super) fn run(record: bool, date: Option<&str>, rounds: Option<u32>) -> Result<()> {
    let python = peers::environment("peers", "requirements.txt")?;
    let contenders = peers::contenders("lasso-contenders")?;
    let measured = shell::scratch()?.join("lasso.json");
    let mut script = Command::new(python);
    // One thread for everybody: the comparison is of one core.
    for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"] {
        script.env(variable, "1");
    }
    script.arg(peers::folder().join("lasso.py")).arg(&contenders).arg(&measured);
    if let Some(rounds) = rounds {
        script.args(["--rounds", &rounds.to_string()]);
    }
    shell::run(&mut script)?;
    peers::table(&contenders, &measured, record, date)
}
