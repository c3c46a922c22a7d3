//! The cost of a fixed ω over random offsets, beside that of the best ω of each.

use super::cost::{TOLERANCE, cost, evenly};
use super::{Splitting, table};
use crate::experiment::relax::name;
use crate::figure::{BLUE, Figure, Legend, RED};
use indicatif::ProgressBar;
use rayon::prelude::*;
use scenarios::sequence::{Grid, Laplacian, Sequence, Variance};
use std::path::Path;

/// Means over the systems of one distribution of offsets.
#[derive(Clone, Debug)]
pub struct Offsets {
    /// How far the offsets spread.
    pub variance: Variance,
    /// (ω, actual cost, surrogate).
    pub curve: Vec<(f64, f64, f64)>,
    /// Actual cost when every system has its own best ω of the grid, Young's among it.
    pub best_actual: f64,
    /// The surrogate, likewise.
    pub best_surrogate: f64,
}

impl Offsets {
    /// The fixed ω with the least mean actual cost, and that cost.
    pub fn best_fixed(&self) -> (f64, f64) {
        let costs = self.curve.iter().map(|(omega, actual, _)| (*omega, *actual));
        costs.reduce(|a, b| if b.1 < a.1 { b } else { a }).unwrap_or((1.0, f64::NAN))
    }
}

/// One system: (actual cost, surrogate) of every ω of the grid, and last of Young's.
fn one(variance: Variance, seed: u64, trial: u64, grid: &[f64]) -> anyhow::Result<Vec<(f64, f64)>> {
    let mut b = Grid::zeros();
    let a: Laplacian<f64> = Sequence::new(variance, seed, trial).next_system(&mut b);
    let splitting = Splitting::new(a.center - 4.0)?;
    let mut tau = 0.0_f64;
    let mut costs = Vec::new();
    for omega in grid.iter().copied().chain([splitting.young]) {
        let sweeps = cost(&a, &b, omega)?;
        tau = tau.max(splitting.asymptocity(omega, &[sweeps]));
        costs.push((omega, f64::from(sweeps)));
    }
    let surrogate = |omega| splitting.surrogate(omega, tau, TOLERANCE);
    Ok(costs.into_iter().map(|(omega, sweeps)| (sweeps, surrogate(omega))).collect())
}

pub(super) fn run(
    variance: Variance,
    seed: u64,
    trials: u64,
    step: f64,
    bar: &ProgressBar,
) -> anyhow::Result<Offsets> {
    let grid = evenly(step, 1.99);
    let systems = (0..trials).into_par_iter().map(|trial| {
        let system = one(variance, seed, trial, &grid);
        bar.inc(1);
        system
    });
    let systems = systems.collect::<anyhow::Result<Vec<_>>>()?;
    let count = trials.max(1) as f64;
    let mut offsets =
        Offsets { variance, curve: Vec::new(), best_actual: 0.0, best_surrogate: 0.0 };
    offsets.curve.extend(grid.into_iter().map(|omega| (omega, 0.0, 0.0)));
    for system in systems {
        for ((_, actual, surrogate), (k, u)) in offsets.curve.iter_mut().zip(&system) {
            *actual += k / count;
            *surrogate += u / count;
        }
        let least = system.into_iter().reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)));
        let (actual, surrogate) = least.unwrap_or_default();
        offsets.best_actual += actual / count;
        offsets.best_surrogate += surrogate / count;
    }
    Ok(offsets)
}

pub(super) fn write(offsets: &Offsets, folder: &Path) -> anyhow::Result<()> {
    let stem = format!("offsets-{}", name(offsets.variance));
    let (best, bound) = (offsets.best_actual, offsets.best_surrogate);
    table::write(
        &folder.join(format!("{stem}.csv")),
        &["omega", "actual", "surrogate", "instance_optimal_actual", "instance_optimal_surrogate"],
        offsets.curve.iter().map(|(omega, k, u)| vec![*omega, *k, *u, best, bound]),
    )?;
    let actual: Vec<_> = offsets.curve.iter().map(|(omega, k, _)| (*omega, *k)).collect();
    let surrogate: Vec<_> = offsets.curve.iter().map(|(omega, _, u)| (*omega, *u)).collect();
    let mut figure = Figure::new("omega, the same for all", "sweeps of one solve (mean)")
        .logarithmic()
        .legend(Legend::Top);
    figure.line("near-asymptotic bound, one omega for all", &surrogate, RED);
    figure.level("near-asymptotic bound, each system's own omega", bound, RED);
    figure.line("actual cost, one omega for all", &actual, BLUE);
    figure.level("actual cost, each system's own omega", best, BLUE);
    figure.write(&folder.join(format!("{stem}.svg")))
}
