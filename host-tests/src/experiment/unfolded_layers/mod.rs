//! The error of sparse recovery against the number of layers or steps: every network that is trained
//! here, and the classical methods, on the same signals.

mod classical;
mod problem;
mod table;
mod trained;

pub use classical::Classical;
pub use problem::{NOISES, Noise, Problem};
pub use table::Row;
pub use trained::{NETWORKS, Trained};

use super::Options;
use anyhow::{Context, Result};
use std::fs;

/// T.
pub const LAYERS: usize = 16;

/// Trains, runs, and writes `table.csv` and, for each noise, a figure of the networks and one of the
/// classical methods into the output folder.
///
/// `scale` multiplies training steps and test signals, and below 1 its root the sizes of the
/// dictionary, which are 250 × 500.
///
/// # Errors
/// An output folder that cannot be written.
pub fn run(options: &Options) -> Result<Vec<Row>> {
    fs::create_dir_all(&options.output)
        .with_context(|| format!("cannot create {}", options.output.display()))?;
    let methods = Classical::ALL.len() + NETWORKS.len();
    let bar = options.progress((NOISES.len() * methods) as u64);
    let mut rows = Vec::new();
    for noise in NOISES {
        let problem = Problem::draw(options.seed, options.scale, noise);
        for method in Classical::ALL {
            let decibels = classical::curve(&problem, method)?;
            rows.push(Row { noise, name: method.name(), learned: false, decibels });
            bar.inc(1);
        }
        for network in NETWORKS {
            let decibels = trained::curve(&problem, network, options)?;
            rows.push(Row { noise, name: network.name(), learned: true, decibels });
            bar.inc(1);
        }
        table::draw(&rows, noise, &options.output)?;
    }
    bar.finish_and_clear();
    table::write(&rows, &options.output.join("table.csv"))?;
    Ok(rows)
}
