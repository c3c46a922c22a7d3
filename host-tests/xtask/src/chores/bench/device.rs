//! Batches in a graphics processor's memory against PyTorch: the program brings its peer's script along.

use crate::shell;
use anyhow::Result;
use std::process::Command;

/// Measures, prints the table, and writes the dated record when asked.
pub(super) fn run(
    record: bool,
    date: Option<&str>,
    rounds: Option<u32>,
    scale: Option<f64>,
) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--locked", "--release", "--package", "solvekit-benches"]);
    shell::run(cargo.args(["--features", "device", "--bin", "device-contenders"]))?;
    let mut program = Command::new(shell::root().join("target/release/device-contenders"));
    if record {
        program.arg("--record").arg(shell::root().join("benches/records"));
    }
    if let Some(date) = date {
        program.args(["--date", date]);
    }
    if let Some(rounds) = rounds {
        program.args(["--rounds", &rounds.to_string()]);
    }
    if let Some(scale) = scale {
        program.args(["--scale", &scale.to_string()]);
    }
    shell::run(&mut program)
}
