//! `solvekit experiment NAME`: a paper's table and figures, regenerated.

use super::{Ending, tell};
use crate::experiment::{self, Options};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::fmt::Write;
use std::path::PathBuf;

/// The experiments there are.
#[derive(Debug, Subcommand)]
pub(super) enum Name {
    /// "Learning to Relax": total sweeps over sequences of shifted Laplacians
    Relax(Common),
    /// "Learning to Relax": the cost of one solve against omega, and the theory's bounds
    RelaxCurves(Common),
}

/// The options of every experiment.
#[derive(Args, Debug)]
pub(super) struct Common {
    /// Folder for table.csv and the figures (SVG)
    #[arg(long, value_name = "DIR", default_value = "experiment")]
    output: PathBuf,
    /// Size relative to the paper's
    #[arg(long, value_name = "F", default_value_t = 1.0, value_parser = scale)]
    scale: f64,
    /// Run whole grids, not only the table's rows
    #[arg(long)]
    full: bool,
    /// Seed of every random draw
    #[arg(long, default_value_t = 20_231_004)]
    seed: u64,
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if scale > 0.0 && scale <= 100.0 => Ok(scale),
        _ => Err("a number above 0, at most 100".to_string()),
    }
}

impl From<&Common> for Options {
    fn from(common: &Common) -> Self {
        let Common { output, scale, full, seed } = common;
        Self { output: output.clone(), scale: *scale, full: *full, seed: *seed }
    }
}

pub(super) fn run(name: &Name) -> anyhow::Result<Ending> {
    match name {
        Name::Relax(common) => relax(common),
        Name::RelaxCurves(common) => relax_curves(common),
    }
}

fn relax(common: &Common) -> anyhow::Result<Ending> {
    let rows = experiment::relax::run(&common.into())?;
    let mut table = String::new();
    writeln!(
        table,
        "{:<9}{:<26}{:>14}{:>12}{:>16}",
        "variance", "policy", "sweeps in all", "deviation", "second half"
    )?;
    for row in &rows {
        let (variance, policy) = (experiment::relax::name(row.variance), row.policy.to_string());
        writeln!(
            table,
            "{variance:<9}{policy:<26}{:>14.0}{:>12.0}{:>16.0}",
            row.mean, row.deviation, row.second_half
        )?;
    }
    let place = format!("table.csv and the figures are in {}", common.output.display());
    tell(&format!("{table}{place}")).context(place)?;
    Ok(if rows.iter().all(|row| row.failures() == 0) { Ending::Done } else { Ending::NotConverged })
}

fn relax_curves(common: &Common) -> anyhow::Result<Ending> {
    let curves = experiment::relax_curves::run(&common.into())?;
    let mut table = String::new();
    writeln!(
        table,
        "{:<8}{:>10}{:>10}{:>10}{:>14}",
        "omega", "mean", "least", "largest", "eigenvector"
    )?;
    let shown = |omega: f64| [1.0, 1.2, 1.4, 1.56, 1.8, 1.9].contains(&omega);
    for row in curves.degenerate.iter().filter(|row| shown(row.omega)) {
        let (random, special) = (row.gaussian, row.eigenvector);
        writeln!(
            table,
            "{:<8}{:>10.1}{:>10}{:>10}{special:>14}",
            row.omega, random.mean, random.min, random.max
        )?;
    }
    for offsets in &curves.offsets {
        let (variance, (omega, best)) =
            (experiment::relax::name(offsets.variance), offsets.best_fixed());
        writeln!(
            table,
            "{variance} variance: {best:.1} sweeps with the best fixed omega ({omega}), {:.1} with each system's",
            offsets.best_actual
        )?;
    }
    let place = format!("the figures and their CSV files are in {}", common.output.display());
    tell(&format!("{table}{place}")).context(place)?;
    Ok(Ending::Done)
}
