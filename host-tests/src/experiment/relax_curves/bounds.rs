//! Actual cost against ω beside what theory says, without an offset.

use super::cost::{DRAWS, Spread, TOLERANCE, cost, gaussian, omegas};
use super::{Splitting, table};
use crate::figure::{BLUE, Figure, GREEN, GREY, Legend, ORANGE, RED};
use indicatif::ProgressBar;
use rayon::prelude::*;
use std::path::Path;

/// One ω.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// ω.
    pub omega: f64,
    /// Sweeps over the right-hand sides, the same ones for every ω.
    pub actual: Spread,
    /// The surrogate: the near-asymptotic bound U(ω), which no cost exceeds.
    pub surrogate: f64,
    /// ln ε / ln ρ.
    pub asymptotic: f64,
    /// The bound by the energy norm.
    pub energy: f64,
}

/// The curves of one figure.
pub(super) fn run(seed: u64, step: f64, bar: &ProgressBar) -> anyhow::Result<Vec<Bound>> {
    let splitting = Splitting::new(0.0)?;
    let right_hand_sides = gaussian(seed, 0, DRAWS);
    let grid = omegas(&splitting, step, 1.99);
    let measured = grid.into_par_iter().map(|omega| {
        let costs = right_hand_sides.iter().map(|b| cost(&splitting.a, b, omega));
        let costs = costs.collect::<anyhow::Result<Vec<_>>>()?;
        bar.inc(1);
        Ok((omega, Spread::of(&costs), splitting.asymptocity(omega, &costs)))
    });
    let measured = measured.collect::<anyhow::Result<Vec<_>>>()?;
    let tau = measured.iter().fold(0.0_f64, |tau, (_, _, here)| tau.max(*here));
    let bound = |(omega, actual, _): (f64, Spread, f64)| Bound {
        omega,
        actual,
        surrogate: splitting.surrogate(omega, tau, TOLERANCE),
        asymptotic: splitting.asymptotic_sweeps(omega, TOLERANCE),
        energy: splitting.energy_sweeps(omega, TOLERANCE),
    };
    Ok(measured.into_iter().map(bound).collect())
}

pub(super) fn write(bounds: &[Bound], folder: &Path) -> anyhow::Result<()> {
    let row = |b: &Bound| {
        [b.omega, b.actual.mean, b.actual.deviation, b.actual.min, b.actual.max]
            .into_iter()
            .chain([b.surrogate, b.asymptotic, b.energy])
            .collect()
    };
    table::write(
        &folder.join("bounds.csv"),
        &["omega", "mean", "deviation", "min", "max", "surrogate", "asymptotic", "energy"],
        bounds.iter().map(row),
    )?;
    let curve = |value: fn(&Bound) -> f64| -> Vec<_> {
        bounds.iter().map(|b| (b.omega, value(b))).collect()
    };
    let band: Vec<_> = bounds.iter().map(|b| (b.omega, b.actual.min, b.actual.max)).collect();
    let mut figure =
        Figure::new("omega", "sweeps of one solve").logarithmic().legend(Legend::TopLeft);
    figure.band("actual cost, least to largest", &band, BLUE);
    figure.line("energy bound", &curve(|b| b.energy), ORANGE);
    figure.line("near-asymptotic bound", &curve(|b| b.surrogate), RED);
    figure.line("asymptotic estimate", &curve(|b| b.asymptotic), GREEN);
    figure.line("actual cost, mean", &curve(|b| b.actual.mean), BLUE);
    figure.mark("omega* (Young)", Splitting::new(0.0)?.young, GREY);
    figure.write(&folder.join("bounds.svg"))
}
