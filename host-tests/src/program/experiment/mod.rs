//! `solvekit experiment NAME`: a paper's table and figures, regenerated.

mod calibration;

use super::{Ending, Threads, tell};
use crate::experiment::bcd::Traced;
use crate::experiment::relax_heat::{self, Policy};
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
    /// "Let's Make Block Coordinate Descent Converge Faster": rules, updates and partitions on five data sets
    Bcd(Common),
    /// omega: auto against Young's omega and the best fixed one, on sequences of many kinds
    Auto(Common),
    /// "Learning to Relax": the cost of one solve against omega, and the theory's bounds
    RelaxCurves(Common),
    /// "Learning to Relax": SSOR-preconditioned CG on a heat equation with a changing diffusivity
    RelaxHeat(Heat),
    /// "Supervised and unsupervised learning in deep unfolded sparse recovery": learned step sizes
    Unfolded(Common),
    /// The error of sparse recovery against layers: every network, and the classical methods
    UnfoldedLayers(Common),
    /// "Through the Haze": blind gain calibration, as published and as it is done here
    Calibration(Common),
}

impl Name {
    const fn common(&self) -> &Common {
        match self {
            Self::RelaxHeat(heat) => &heat.common,
            Self::Relax(common)
            | Self::Bcd(common)
            | Self::Auto(common)
            | Self::RelaxCurves(common)
            | Self::Unfolded(common)
            | Self::UnfoldedLayers(common)
            | Self::Calibration(common) => common,
        }
    }
}

/// The options of the heat equation.
#[derive(Args, Debug)]
pub(super) struct Heat {
    #[command(flatten)]
    common: Common,
    /// Cells along a side of the grid, 25, 50 or 100; several with commas
    #[arg(long, value_name = "NX", value_delimiter = ',', default_values_t = [25, 50], value_parser = cells)]
    nx: Vec<usize>,
}

fn cells(text: &str) -> Result<usize, String> {
    let known = text.parse().ok().filter(|nx| relax_heat::SIZES.contains(nx));
    known.ok_or_else(|| "25, 50 or 100".to_string())
}

/// The options of every experiment.
#[derive(Args, Debug)]
pub(super) struct Common {
    /// Folder for table.csv and the figures (SVG)
    #[arg(long, value_name = "DIR", default_value = "experiment")]
    output: PathBuf,
    /// Size relative to the paper's
    #[arg(long, value_name = "F", default_value_t = 1.0, allow_hyphen_values = true, value_parser = scale)]
    scale: f64,
    /// Run whole grids, not only the table's rows
    #[arg(long)]
    full: bool,
    /// Seed of every random draw
    #[arg(long, default_value_t = 20_231_004, allow_hyphen_values = true)]
    seed: u64,
    /// On how many threads
    #[command(flatten)]
    threads: Threads,
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if scale > 0.0 && scale <= 100.0 => Ok(scale),
        _ => Err("a number above 0, at most 100".to_string()),
    }
}

impl From<&Common> for Options {
    fn from(common: &Common) -> Self {
        let Common { output, scale, full, seed, threads: _ } = common;
        Self { output: output.clone(), scale: *scale, full: *full, seed: *seed }
    }
}

/// How many threads there are changes no number.
pub(super) fn run(name: &Name) -> anyhow::Result<Ending> {
    name.common().threads.run(|| run_here(name))?
}

fn run_here(name: &Name) -> anyhow::Result<Ending> {
    match name {
        Name::Relax(common) => relax(common),
        Name::Bcd(common) => bcd(common),
        Name::Auto(common) => auto(common),
        Name::RelaxCurves(common) => relax_curves(common),
        Name::RelaxHeat(heat) => relax_heat(heat),
        Name::Unfolded(common) => unfolded(common),
        Name::UnfoldedLayers(common) => unfolded_layers(common),
        Name::Calibration(common) => calibration::run(common),
    }
}

fn auto(common: &Common) -> anyhow::Result<Ending> {
    let rows = experiment::auto::run(&common.into())?;
    let mut table = String::new();
    writeln!(table, "{:<42}{:>10}{:>12}{:>12}", "figure", "asked", "measured", "worst")?;
    for row in &rows {
        let digits = if row.asked > 100.0 { 0 } else { 3 };
        let (asked, name) = (row.asked, &row.name);
        match (row.mean(), row.worst()) {
            (Some(mean), Some(worst)) => writeln!(
                table,
                "{name:<42}{asked:>10.digits$}{mean:>12.digits$}{worst:>12.digits$}"
            )?,
            _ => writeln!(table, "{name:<42}{asked:>10.digits$}{:>12}", "skipped")?,
        }
    }
    let place = format!("table.csv and the figure are in {}", common.output.display());
    tell(&format!("{table}{place}")).context(place)?;
    Ok(if rows.iter().all(|row| row.failures == 0) { Ending::Done } else { Ending::NotConverged })
}

fn bcd(common: &Common) -> anyhow::Result<Ending> {
    let Traced { rows, trees, bounded, checks } = experiment::bcd::run(&common.into())?;
    let mut table = String::new();
    writeln!(
        table,
        "{:<8}{:<6}{:<7}{:<10}{:<18}{:>12}{:>12}{:>12}",
        "figure", "data", "block", "update", "rule", "after 100", "after 250", "after 500"
    )?;
    for row in &rows {
        let (figure, set, size) = (row.figure, row.set.to_string(), row.size);
        let (step, method) = (row.method.step.to_string(), row.method.to_string());
        let (first, second, last) = (row.at(0.2), row.at(0.5), row.end());
        writeln!(
            table,
            "{figure:<8}{set:<6}{size:<7}{step:<10}{method:<18}{first:>12.2e}{second:>12.2e}{last:>12.2e}"
        )?;
    }
    let shown = |steps: Option<usize>| steps.map_or("never".to_string(), |steps| steps.to_string());
    for row in &trees {
        let (set, steps) = (row.set, shown(row.steps()));
        writeln!(table, "6       {set}: {:<32}{steps:>8} steps to 0.001", row.name)?;
    }
    for row in &bounded {
        let (figure, size, name, end) = (row.figure, row.size, &row.name, row.gaps.last());
        let (end, steps) = (end.copied().unwrap_or(f64::NAN), row.gaps.len() - 1);
        let support = shown(row.identified);
        writeln!(
            table,
            "{figure:<8}A     {size:<7}{name:<10}{end:>12.2e} after {steps}, the support after {support}"
        )?;
    }
    writeln!(table)?;
    for check in &checks {
        let verdict = if check.holds { "holds" } else { "DOES NOT HOLD" };
        writeln!(
            table,
            "{verdict}: {}: {}; measured {}",
            check.claim, check.asked, check.measured
        )?;
    }
    let held = checks.iter().filter(|check| check.holds).count();
    writeln!(table, "{held} of {} hold", checks.len())?;
    let place = format!("table.csv, checks.csv and the figures are in {}", common.output.display());
    tell(&format!("{table}{place}")).context(place)?;
    Ok(Ending::Done)
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

fn relax_heat(heat: &Heat) -> anyhow::Result<Ending> {
    let mut sizes = heat.nx.clone();
    sizes.sort_unstable();
    sizes.dedup();
    let rows = relax_heat::run(&(&heat.common).into(), &sizes)?;
    let mut table = String::new();
    writeln!(
        table,
        "{:<6}{:<24}{:>18}{:>10}{:>10}",
        "nx", "policy", "iterations in all", "least", "most"
    )?;
    for row in &rows {
        let best = relax_heat::best_fixed(&rows, row.nx).map(|best| best.policy);
        let is_best = best == Some(row.policy);
        let shown = match row.policy {
            Policy::Fixed(omega) => is_best || [1.0, 1.3, 1.5, 1.75, 1.95].contains(&omega),
            _ => true,
        };
        if !shown && !heat.common.full {
            continue;
        }
        let policy = format!("{}{}", row.policy, if is_best { ", the best" } else { "" });
        let (nx, mean) = (row.nx, row.mean());
        writeln!(table, "{nx:<6}{policy:<24}{mean:>18.0}{:>10}{:>10}", row.least(), row.most())?;
    }
    let output = &heat.common.output;
    let place = format!("table.csv and the figures are in {}", output.display());
    tell(&format!("{table}{place}")).context(place)?;
    Ok(if rows.iter().all(|row| row.failures() == 0) { Ending::Done } else { Ending::NotConverged })
}

fn unfolded(common: &Common) -> anyhow::Result<Ending> {
    use experiment::unfolded::{CONDITIONS, Found, Problem, Recovery, spread};
    let Found { rows, checks, .. } = experiment::unfolded::run(&common.into())?;
    let mut table = String::new();
    writeln!(
        table,
        "{:<10}{:<14}{:<14}{:>22}{:>26}",
        "problem", "recovery", "signals", "objective", "mean squared error"
    )?;
    for problem in Problem::ALL {
        for condition in CONDITIONS {
            for recovery in Recovery::ALL {
                let own: Vec<_> = rows
                    .iter()
                    .filter(|row| {
                        (row.problem, row.recovery, row.condition) == (problem, recovery, condition)
                    })
                    .map(|row| row.score)
                    .collect();
                let objective = spread(&own.iter().map(|s| s.objective).collect::<Vec<_>>());
                let error = spread(&own.iter().map(|s| s.error).collect::<Vec<_>>());
                writeln!(
                    table,
                    "{problem:<10}{recovery:<14}{:<14}{:>12.4} ± {:>7.4}{:>14.3e} ± {:>9.1e}",
                    condition.name, objective.0, objective.1, error.0, error.1
                )?;
            }
        }
    }
    writeln!(table)?;
    for check in &checks {
        writeln!(
            table,
            "holds with {} of {}: {}, signals {}: {}",
            check.holds, check.of, check.claim, check.condition, check.measured
        )?;
    }
    let place = format!(
        "table.csv, steps.csv, checks.csv and the figures are in {}",
        common.output.display()
    );
    tell(&format!("{table}{place}")).context(place)?;
    Ok(Ending::Done)
}

fn unfolded_layers(common: &Common) -> anyhow::Result<Ending> {
    let rows = experiment::unfolded_layers::run(&common.into())?;
    let shown = [1, 4, 8, 12, 16];
    let mut table = format!("{:<12}{:<16}", "noise", "method");
    for layers in shown {
        write!(table, "{:>10}", format!("after {layers}"))?;
    }
    writeln!(table, "  NMSE in dB")?;
    for row in &rows {
        write!(table, "{:<12}{:<16}", row.noise.name(), row.name)?;
        for layers in shown {
            match row.decibels.get(layers - 1) {
                Some(decibels) => write!(table, "{decibels:>10.2}")?,
                None => write!(table, "{:>10}", "")?,
            }
        }
        writeln!(table)?;
    }
    let place = format!("table.csv and the figures are in {}", common.output.display());
    tell(&format!("{table}{place}")).context(place)?;
    Ok(Ending::Done)
}
