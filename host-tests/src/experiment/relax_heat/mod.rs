//! "Learning to Relax": conjugate gradients with an SSOR preconditioner on a heat equation whose
//! diffusivity changes with time.
//!
//! Regenerates the iterations of 5000 steps for plain CG, for every fixed ω of the grid, for the
//! learners and for the best arm of each step; the learning curves; and the ω that was chosen.
//! Source: arXiv 2310.02246, §5 and its released code.

mod figure;
mod policy;
mod problem;
mod table;

pub use policy::{ARMS, Policy, Trial};
pub use problem::{Heat, HeatStep, diffusivity};
pub use table::{Row, best_fixed};

use crate::experiment::Options;
use anyhow::{Context, bail};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use std::fs;

/// Steps at scale 1, five periods of the diffusivity.
const STEPS: f64 = 5000.0;
/// Trials of a learner.
const TRIALS: u64 = 3;
/// Bytes of stack for a thread: a grid of 99 × 99 numbers is 78 kB, and a solve holds some ten.
const STACK: usize = 16 << 20;
/// Cells along one side of the grids there are.
pub const SIZES: [usize; 3] = [25, 50, 100];

/// Runs the experiment on each grid and writes `table.csv` and the figures into the output folder.
///
/// `scale` multiplies the number of steps, of the paper's length; at least 50 are taken. The
/// diffusivity is slow for the first 500 steps.
///
/// # Errors
/// A grid that is not among [`SIZES`], or an output folder that cannot be written.
pub fn run(options: &Options, sizes: &[usize]) -> anyhow::Result<Vec<Row>> {
    let steps = (STEPS * options.scale).round().max(50.0) as usize;
    fs::create_dir_all(&options.output)
        .with_context(|| format!("cannot create {}", options.output.display()))?;
    let work: Vec<_> = sizes
        .iter()
        .flat_map(|nx| policies().map(move |policy| (*nx, policy)))
        .flat_map(|(nx, policy)| {
            (0..if policy.learns() { TRIALS } else { 1 }).map(move |trial| (nx, policy, trial))
        })
        .collect();
    let bar = options.progress(work.len() as u64);
    // As many as there were to be.
    let threads = rayon::current_num_threads();
    let pool = ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build()?;
    let trials: Vec<_> = pool.install(|| {
        // The long ones are listed last and must not be begun last.
        let runs = work.par_iter().rev().with_max_len(1).map(|(nx, policy, trial)| {
            let run = simulate(*nx, *policy, options.seed, *trial, steps);
            bar.inc(1);
            run
        });
        runs.collect::<anyhow::Result<_>>()
    })?;
    bar.finish_and_clear();
    let mut rows: Vec<Row> = Vec::new();
    for ((nx, policy, _), trial) in work.into_iter().zip(trials.into_iter().rev()) {
        match rows.last_mut() {
            Some(row) if row.nx == nx && row.policy == policy => row.trials.push(trial),
            _ => rows.push(Row { nx, policy, trials: vec![trial] }),
        }
    }
    table::write(&rows, &options.output.join("table.csv"))?;
    for nx in sizes {
        figure::learning(&rows, *nx, &options.output.join(format!("learning-{nx}.svg")))?;
        figure::omega(&rows, *nx, &options.output.join(format!("omega-{nx}.svg")))?;
    }
    Ok(rows)
}

/// Plain CG, the whole grid of fixed ω, the learners, the oracle.
fn policies() -> impl Iterator<Item = Policy> {
    let fixed = (0..ARMS).map(|k| Policy::Fixed((100.0 + 5.0 * k as f64) / 100.0));
    [Policy::Cg].into_iter().chain(fixed).chain([
        Policy::Tsallis,
        Policy::TsallisBins,
        Policy::ChebCb,
        Policy::Oracle,
    ])
}

fn simulate(
    nx: usize,
    policy: Policy,
    seed: u64,
    trial: u64,
    steps: usize,
) -> anyhow::Result<Trial> {
    match nx {
        25 => policy.run::<24>(seed, trial, steps),
        50 => policy.run::<49>(seed, trial, steps),
        100 => policy.run::<99>(seed, trial, steps),
        _ => bail!("there is no grid with nx = {nx}; there are {SIZES:?}"),
    }
}
