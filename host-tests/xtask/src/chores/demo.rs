//! The main job: on the host and on an emulated microcontroller, side by side.

use super::setup;
use crate::emulate::{self, Level, board::Board, judge};
use crate::shell;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Options of the demo.
#[derive(Args)]
pub(crate) struct Demo {
    /// A stiffness matrix (Matrix Market, symmetric) instead of the frame that the demo assembles
    #[arg(long, value_name = "FILE")]
    matrix: Option<PathBuf>,
    /// Folder for the figure and what it was made from
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    output: PathBuf,
}

/// The board of the demo.
const BOARD: &str = "M4F";
/// Seconds are usual; a large matrix takes longer.
const LIMIT: Duration = Duration::from_secs(600);

impl Demo {
    /// Solves on both sides and shows the table.
    pub(crate) fn run(&self) -> Result<()> {
        setup::emulation()?;
        // The child processes run in the repository's root.
        let folder = std::path::absolute(&self.output)?;
        let matrix = self.matrix.as_ref().map(std::path::absolute).transpose()?;
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let table = folder.join("matrix.rs");
        println!("building the host side");
        host("table", matrix.as_deref(), &folder)?;
        let board = Board::named(BOARD)?;
        for name in ["demo_sequence", "demo_stiffness"] {
            println!("building {name} for the {BOARD} and running it in emulation");
            let table = (name == "demo_stiffness").then_some(table.as_path());
            let told = emulated(&board, name, table)?;
            fs::write(folder.join(name).with_extension("txt"), told)?;
        }
        println!();
        host("report", matrix.as_deref(), &folder)
    }
}

/// What an image said, then the mean instructions of its regions.
fn emulated(board: &Board, name: &str, matrix: Option<&Path>) -> Result<String> {
    let cell = emulate::run_one(board, name, matrix, LIMIT)?;
    let run = cell.run.as_ref().map_err(|why| anyhow::anyhow!("{}: {why}", cell.name()))?;
    let mut said = String::new();
    for line in emulate::lines(&run.log, Level::Story) {
        writeln!(said, "{line}")?;
    }
    if let Some(complaint) = judge(run, Some(&said)).complaint() {
        bail!("{}: {complaint}", cell.name());
    }
    for region in &cell.regions {
        writeln!(said, "instructions of {}: {}", region.name, region.instructions)?;
    }
    Ok(said)
}

/// The host's half: `table` writes the matrix for the image, `report` solves and compares.
fn host(verb: &str, matrix: Option<&Path>, folder: &Path) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--release", "--locked", "--package", "solvekit-host"]);
    cargo.args(["--example", "demo", "--", verb, "--output"]).arg(folder);
    if let Some(matrix) = matrix {
        cargo.arg("--matrix").arg(matrix);
    }
    let status = cargo.status().context("cargo")?;
    if status.success() { Ok(()) } else { bail!("the host's half of the demo failed ({status})") }
}
