//! The host's half of `cargo xtask demo`: writes the matrix as a table for the microcontroller's
//! image, then solves on this machine and shows both sides next to each other.

mod figure;
mod report;
mod stiffness;
mod told;

use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// What to do.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Verb {
    /// Write the matrix as a Rust table.
    Table,
    /// Solve, compare with what the microcontroller told, and draw.
    Report,
}

/// The command line; xtask writes it.
#[derive(Debug, Parser)]
struct Demo {
    verb: Verb,
    /// A symmetric Matrix Market file instead of the frame.
    #[arg(long)]
    matrix: Option<PathBuf>,
    /// Where everything goes.
    #[arg(long)]
    output: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let demo = Demo::parse();
    let system = stiffness::System::read(demo.matrix.as_deref())?;
    match demo.verb {
        Verb::Table => system.write_table(&demo.output.join("matrix.rs")),
        Verb::Report => report::show(&system, &demo.output),
    }
}
