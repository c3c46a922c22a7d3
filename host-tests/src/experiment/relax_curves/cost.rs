//! What SOR really costs, and the right-hand sides it is asked for.

use super::Splitting;
use scenarios::sequence::{Grid, Laplacian, SIDE, Sequence, Variance};
use solvekit::sor::Sor;
use solvekit::{LinearOperator, Stop, solve};
use std::f64::consts::PI;

/// Relative tolerance of every solve.
pub(super) const TOLERANCE: f64 = 1e-8;
/// Right-hand sides behind one mean.
pub(super) const DRAWS: usize = 40;
/// The ω at which the degenerate right-hand side is an eigenvector.
pub(super) const DEGENERATE: f64 = 1.4;

/// Sweeps from x = 0 until the residual is at most 1e-8 of b; the cap of 10,000 counts as it is.
pub(super) fn cost(a: &Laplacian<f64>, b: &Grid<f64>, omega: f64) -> anyhow::Result<u32> {
    let sor = Sor::new(a, b, omega)?;
    Ok(solve(&sor, &mut sor.start(), Stop::relative(TOLERANCE)?).iterations)
}

/// Standard normal right-hand sides conditioned on ‖b‖ ≤ √n, of one stream of the seed.
pub(super) fn gaussian(seed: u64, stream: u64, count: usize) -> Vec<Grid<f64>> {
    let mut sequence = Sequence::new(Variance::Low, seed, stream);
    let draw = |_| {
        let mut b = Grid::zeros();
        let _: Laplacian<f64> = sequence.next_system(&mut b);
        b
    };
    (0..count).map(draw).collect()
}

/// An eigenvector of C_ω for the eigenvalue 1 − ω, ω in (1, 2).
///
/// Where the Jacobi iteration has the eigenvalue 0, as for sin(pπx) sin(qπy) with p + q = 11, SOR has
/// 1 − ω; its error vector is the same one with the point (i, j) times (1 − ω)^((i + j)/2), which
/// is real when only the points of one colour of the chessboard are kept. The residual's vector is A
/// times the error's.
///
/// The eigenspace has ten such directions, and costs at ω = 1 from 40 to 147. The released code takes
/// the eigenvector that its library lists last but one, and its figure shows 143: p = 4 comes nearest.
pub(super) fn eigenvector(splitting: &Splitting, omega: f64) -> Grid<f64> {
    let wave = |p: f64, k: usize| (p * PI * (k + 1) as f64 / (SIDE + 1) as f64).sin();
    let error = Grid::from_fn(|i, j| {
        if (i + j) % 2 == 1 {
            return 0.0;
        }
        (1.0 - omega).powi((i + j) as i32 / 2) * wave(4.0, i) * wave(7.0, j)
    });
    let mut residual = Grid::zeros();
    splitting.a.apply(&error, &mut residual);
    residual
}

/// 1, 1 + `step`, … up to `last`, and Young's ω among them.
pub(super) fn omegas(splitting: &Splitting, step: f64, last: f64) -> Vec<f64> {
    let mut grid = evenly(step, last);
    grid.push(splitting.young);
    grid.sort_by(f64::total_cmp);
    grid
}

/// 1, 1 + `step`, … up to `last`.
pub(super) fn evenly(step: f64, last: f64) -> Vec<f64> {
    // One over the step is whole, so that 1.4 is the number 1.4; a grid that ends between two steps
    // ends with the first.
    let whole = (1.0 / step).round();
    let steps = ((last - 1.0) * whole + 1e-6).floor() as u32;
    (0..=steps).map(|k| (whole + f64::from(k)) / whole).collect()
}

/// Mean, standard deviation, smallest and largest of some costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Standard deviation (divided by their number).
    pub deviation: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
}

impl Spread {
    pub(super) fn of(costs: &[u32]) -> Self {
        let count = costs.len().max(1) as f64;
        let values = || costs.iter().map(|k| f64::from(*k));
        let mean = values().sum::<f64>() / count;
        let deviation = (values().map(|k| (k - mean).powi(2)).sum::<f64>() / count).sqrt();
        let min = values().fold(f64::INFINITY, f64::min);
        Self { mean, deviation, min, max: values().fold(0.0, f64::max) }
    }
}
