//! A batch of ISTA against the cores' peak, NumPy and JAX: an environment for them, one interleaved run,
//! the table.

use super::peers;
use crate::shell;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Measures, prints the table, and writes the dated record when asked.
pub(super) fn run(record: bool, date: Option<&str>, rounds: Option<u32>) -> Result<()> {
    // Where nothing can be installed the peers that are missing are skipped, and the peak is not.
    let python =
        peers::environment("peers-recovery", "recovery-requirements.txt").unwrap_or_else(|error| {
            eprintln!("no environment for the peers: {error:#}");
            PathBuf::from("python3")
        });
    let contenders = peers::contenders("recovery-contenders")?;
    let measured = shell::scratch()?.join("recovery.json");
    let mut script = Command::new(python);
    script.arg(peers::folder().join("recovery.py")).arg(&contenders).arg(&measured);
    if let Some(rounds) = rounds {
        script.args(["--rounds", &rounds.to_string()]);
    }
    shell::run(&mut script)?;
    peers::table(&contenders, &measured, record, date)
}
