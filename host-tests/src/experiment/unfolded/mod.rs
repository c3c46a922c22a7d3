//! Experiments of "Supervised and unsupervised learning in deep unfolded sparse recovery": step sizes
//! of unfolded ISTA and IHT, learned with and without the true signals, where they were trained and
//! elsewhere.

mod check;
mod figure;
mod plain;
mod row;
mod score;
mod setup;
mod table;

pub use check::{Check, checks, spread};
pub use row::{Learned, Recovery, Row};
pub use score::Score;
pub use setup::{CONDITIONS, Condition, LAYERS, Problem, Setup};

use super::Options;
use crate::training::Objective;
use anyhow::{Context, Result};
use std::fs;

/// Dictionaries, each with networks and test signals of its own, at the whole size.
const SEEDS: usize = 5;
/// Steps of the optimiser in each stage, at the whole size.
const STEPS: usize = 400;
/// Test signals at the whole size.
const SIGNALS: usize = 1000;

/// What a run found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Every recovery under every condition, with every dictionary.
    pub rows: Vec<Row>,
    /// Learned steps, times ‖A‖².
    pub learned: Vec<Learned>,
    /// What the paper says of them.
    pub checks: Vec<Check>,
}

/// Trains, tests, and writes `table.csv`, `steps.csv`, `checks.csv` and the figures into the output
/// folder.
///
/// `scale` multiplies the numbers of dictionaries, training steps and test signals; the sizes of the
/// problem stay as they are.
///
/// # Errors
/// An output folder that cannot be written.
pub fn run(options: &Options) -> Result<Found> {
    fs::create_dir_all(&options.output)
        .with_context(|| format!("cannot create {}", options.output.display()))?;
    let scaled = |whole: usize| ((whole as f64 * options.scale).round() as usize).max(1);
    let seeds = scaled(SEEDS);
    let bar = options.progress((seeds * Problem::ALL.len()) as u64);
    let (mut rows, mut learned) = (Vec::new(), Vec::new());
    for seed in (options.seed..).take(seeds) {
        let setup = Setup::draw(seed, scaled(SIGNALS));
        for problem in Problem::ALL {
            for recovery in [Recovery::Supervised, Recovery::Unsupervised] {
                let objective = match recovery {
                    Recovery::Supervised => Objective::Supervised,
                    _ => Objective::Unsupervised,
                };
                let steps = setup.train(problem, objective, scaled(STEPS))?;
                rows.extend(setup.test(problem, recovery, &steps));
                let relative = steps.iter().map(|step| step * setup.curvature).collect();
                learned.push(Learned { problem, recovery, seed, steps: relative });
            }
            let tied = vec![1.0 / setup.curvature; LAYERS];
            rows.extend(setup.test(problem, Recovery::Plain, &tied));
            rows.extend(plain::converged(&setup, problem)?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let checks = checks(&rows);
    table::write(&rows, &options.output.join("table.csv"))?;
    table::write_steps(&learned, &options.output.join("steps.csv"))?;
    table::write_checks(&checks, &options.output.join("checks.csv"))?;
    for problem in Problem::ALL {
        let name = |what: &str| options.output.join(format!("{what}-{problem}.svg"));
        figure::steps(&learned, problem, &name("steps"))?;
        figure::mismatch(&rows, problem, &name("mismatch"))?;
    }
    Ok(Found { rows, learned, checks })
}
