//! A right-hand side that makes the cost of ω jump, beside random ones.

use super::cost::{DEGENERATE, DRAWS, Spread, cost, eigenvector, gaussian, omegas};
use super::{Splitting, table};
use crate::figure::{BLUE, Figure, Legend, RED};
use indicatif::ProgressBar;
use rayon::prelude::*;
use std::path::Path;

/// One ω, without an offset.
#[derive(Clone, Copy, Debug)]
pub struct Degenerate {
    /// ω.
    pub omega: f64,
    /// Sweeps over random right-hand sides, others for every ω.
    pub gaussian: Spread,
    /// Sweeps for the eigenvector of C at ω = 1.4.
    pub eigenvector: f64,
}

pub(super) fn run(seed: u64, step: f64, bar: &ProgressBar) -> anyhow::Result<Vec<Degenerate>> {
    let splitting = Splitting::new(0.0)?;
    let special = eigenvector(&splitting, DEGENERATE);
    let grid = omegas(&splitting, step, 1.9);
    let one = |(stream, omega): (usize, f64)| {
        let draws = gaussian(seed, stream as u64 + 1, DRAWS);
        let costs = draws.iter().map(|b| cost(&splitting.a, b, omega));
        let costs = costs.collect::<anyhow::Result<Vec<_>>>()?;
        bar.inc(1);
        let eigenvector = f64::from(cost(&splitting.a, &special, omega)?);
        Ok(Degenerate { omega, gaussian: Spread::of(&costs), eigenvector })
    };
    grid.into_par_iter().enumerate().map(one).collect()
}

pub(super) fn write(degenerate: &[Degenerate], folder: &Path) -> anyhow::Result<()> {
    let row = |d: &Degenerate| {
        let Spread { mean, deviation, min, max } = d.gaussian;
        vec![d.omega, mean, deviation, min, max, d.eigenvector]
    };
    table::write(
        &folder.join("degenerate.csv"),
        &["omega", "mean", "deviation", "min", "max", "eigenvector"],
        degenerate.iter().map(row),
    )?;
    let band: Vec<_> =
        degenerate.iter().map(|d| (d.omega, d.gaussian.min, d.gaussian.max)).collect();
    let mean: Vec<_> = degenerate.iter().map(|d| (d.omega, d.gaussian.mean)).collect();
    let special: Vec<_> = degenerate.iter().map(|d| (d.omega, d.eigenvector)).collect();
    let mut figure = Figure::new("omega", "sweeps of one solve").legend(Legend::Top);
    figure.band("random b, least to largest", &band, RED);
    figure.line("random b, mean", &mean, RED);
    figure.line("b an eigenvector at omega = 1.4", &special, BLUE);
    figure.write(&folder.join("degenerate.svg"))
}
