//! A training step against JAX: an environment for it, one interleaved run, the table.

use super::peers;
use crate::shell;
use anyhow::Result;
use std::process::Command;

/// Measures, prints the table, and writes the dated record when asked. Both use all cores.
pub(super) fn run(record: bool, date: Option<&str>, rounds: Option<u32>) -> Result<()> {
    let python = peers::environment("peers-training", "training-requirements.txt")?;
    let contenders = peers::contenders("training-contenders")?;
    let measured = shell::scratch()?.join("training.json");
    let mut script = Command::new(python);
    script.arg(peers::folder().join("training.py")).arg(&contenders).arg(&measured);
    if let Some(rounds) = rounds {
        script.args(["--rounds", &rounds.to_string()]);
    }
    shell::run(&mut script)?;
    peers::table(&contenders, &measured, record, date)
}
