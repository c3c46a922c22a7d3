//! "Through the Haze": blind gain calibration by projected gradient, and by what has beaten it since.

mod drift;
mod imaging;
mod method;
mod noise;
mod problem;
mod reference;
mod row;
mod success;
mod transition;

pub use method::{Method, Solved};
pub use problem::{Problem, Shape};
pub use row::{Part, Row};

use super::Options;
use anyhow::{Context, Result};
use std::fs;

/// Runs every part, and writes `table.csv` and the figures into the output folder.
///
/// `scale` multiplies the numbers of trials, and below 1 its root the sizes of the problems; what a reference
/// in NumPy gave is told beside ours at scale 1 only.
///
/// # Errors
/// An output folder that cannot be written.
pub fn run(options: &Options) -> Result<Vec<Row>> {
    fs::create_dir_all(&options.output)
        .with_context(|| format!("cannot create {}", options.output.display()))?;
    let bar = options.progress(6);
    let mut rows = Vec::new();
    rows.extend(success::rows(options));
    bar.inc(1);
    rows.extend(success::sparse_rows(options));
    bar.inc(1);
    rows.extend(transition::rows(options)?);
    bar.inc(1);
    rows.extend(noise::rows(options)?);
    bar.inc(1);
    rows.extend(imaging::rows(options)?);
    bar.inc(1);
    rows.extend(drift::rows(options)?);
    bar.finish_and_clear();
    row::write(&rows, &options.output.join("table.csv"))?;
    Ok(rows)
}
