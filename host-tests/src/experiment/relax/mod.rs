//! "Learning to Relax": how many sweeps a sequence of shifted Laplacians takes, policy by policy.
//!
//! Regenerates the totals over 5000 systems × 40 trials at low and high variance, the learning
//! curves, and the cost of every ω with the place where the tuner settled. Source: arXiv
//! 2310.02246, §5 and its released code.

mod figure;
mod policy;
mod table;

pub use policy::{ARMS, Policy, Told, Trial, Variant};
pub use table::Row;

use crate::experiment::Options;
use anyhow::Context;
use indicatif::ProgressBar;
use rayon::prelude::*;
use scenarios::sequence::Variance;
use std::fs;

/// Systems of one trial at scale 1.
const SYSTEMS: f64 = 5000.0;
/// Trials at scale 1.
const TRIALS: f64 = 40.0;

/// Runs the experiment and writes `table.csv` and the figures into the output folder.
///
/// `scale` multiplies the number of systems and of trials; at least 50 systems and 1 trial are run.
/// With `full`, every ω of the tuner's grid is run, not only the table's, and every [`Variant`].
///
/// # Errors
/// If the output folder cannot be written.
pub fn run(options: &Options) -> anyhow::Result<Vec<Row>> {
    let systems = (SYSTEMS * options.scale).round().max(50.0) as usize;
    let trials = (TRIALS * options.scale).round().max(1.0) as u64;
    fs::create_dir_all(&options.output)
        .with_context(|| format!("cannot create {}", options.output.display()))?;
    let work: Vec<_> = [Variance::Low, Variance::High]
        .into_iter()
        .flat_map(|variance| policies(variance, options.full).map(move |policy| (variance, policy)))
        .collect();
    let bar = options.progress(work.len() as u64 * trials);
    let mut rows = Vec::new();
    for (variance, policy) in work {
        rows.push(row(variance, policy, systems, trials, options.seed, &bar)?);
    }
    bar.finish_and_clear();
    table::write(&rows, &options.output.join("table.csv"))?;
    for variance in [Variance::Low, Variance::High] {
        let own: Vec<_> = rows.iter().filter(|row| row.variance == variance).collect();
        figure::learning(&own, &options.output.join(format!("learning-{}.svg", name(variance))))?;
        figure::omega(&own, &options.output.join(format!("omega-{}.svg", name(variance))))?;
    }
    Ok(rows)
}

/// The table's policies: three fixed ω, the learners, and the references.
fn policies(variance: Variance, full: bool) -> impl Iterator<Item = Policy> {
    let best = if variance == Variance::Low { 1.65 } else { 1.8 };
    let fixed = if full {
        (0..ARMS).map(|k| (100.0 + 5.0 * k as f64) / 100.0).collect()
    } else {
        vec![1.0, 1.5, best]
    };
    let learners = [Policy::Tsallis, Policy::TsallisBins, Policy::ChebCb];
    let variants = Variant::ALL.into_iter().filter(move |_| full).map(Policy::Variant);
    let own = [Told::Nothing, Told::Shift, Told::RedBlack].map(Policy::Auto);
    let references = [Policy::Adaptive, Policy::Oracle, Policy::Young];
    let fixed = fixed.into_iter().map(Policy::Fixed);
    fixed.chain(learners).chain(variants).chain(own).chain(references)
}

fn row(
    variance: Variance,
    policy: Policy,
    systems: usize,
    trials: u64,
    seed: u64,
    bar: &ProgressBar,
) -> anyhow::Result<Row> {
    let runs = (0..trials).into_par_iter().map(|trial| {
        let run = policy.run(variance, seed, trial, systems);
        bar.inc(1);
        run
    });
    Ok(Row::new(variance, policy, runs.collect::<anyhow::Result<Vec<_>>>()?))
}

/// The variance in tables and file names.
pub(crate) const fn name(variance: Variance) -> &'static str {
    match variance {
        Variance::Low => "low",
        Variance::High => "high",
    }
}
