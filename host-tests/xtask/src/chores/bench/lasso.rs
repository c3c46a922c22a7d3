//! The lasso against its peers: an environment for those in Python, one interleaved run, the table.

use crate::shell;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Measures, prints the table, and writes the dated record when asked.
pub(super) fn run(record: bool, date: Option<&str>, rounds: Option<u32>) -> Result<()> {
    let python = environment()?;
    let mut cargo = shell::cargo();
    cargo.args(["build", "--locked", "--release", "--package", "solvekit-benches"]);
    shell::run(cargo.args(["--bin", "lasso-contenders"]))?;
    let contenders = shell::root().join("target/release/lasso-contenders");
    let measured = shell::scratch()?.join("lasso.json");
    let mut peers = Command::new(python);
    // One thread for everybody: the comparison is of one core.
    for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"] {
        peers.env(variable, "1");
    }
    peers.arg(peers_folder().join("lasso.py")).arg(&contenders).arg(&measured);
    if let Some(rounds) = rounds {
        peers.args(["--rounds", &rounds.to_string()]);
    }
    shell::run(&mut peers)?;
    let mut table = Command::new(&contenders);
    table.arg(&measured);
    if record {
        table.arg("--record").arg(shell::root().join("benches/records"));
    }
    if let Some(date) = date {
        table.args(["--date", date]);
    }
    shell::run(&mut table)
}

fn peers_folder() -> PathBuf {
    shell::root().join("benches/peers")
}

/// The interpreter of an environment that holds what `requirements.txt` lists; made on first use, and
/// made anew when the list has changed.
fn environment() -> Result<PathBuf> {
    let folder = shell::scratch()?.join("peers");
    let python = folder.join("bin/python");
    let wanted = fs::read_to_string(peers_folder().join("requirements.txt"))?;
    let stamp = folder.join("requirements.txt");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    shell::run(Command::new("python3").args([Path::new("-m"), Path::new("venv"), &folder]))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--requirement"]);
    shell::run(pip.arg(peers_folder().join("requirements.txt")))?;
    // Last, so that an installation that was cut off is not taken for a whole one.
    fs::write(&stamp, wanted)?;
    Ok(python)
}
