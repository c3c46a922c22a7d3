//! Implicit steps of a heat equation whose diffusivity changes.

use super::Totals;
use super::learner::{Learner, stop};
use crate::draws::Draws;
use solvekit::sor::{Forward, Multicolor, Sor, young_omega};
use solvekit::{FivePoint, SMatrix, solve};
use std::f64::consts::PI;

/// How the diffusivity changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diffusivity {
    /// r_t = 5 · 10^{sin(2πt / 500)}.
    Drifting,
    /// 0.5, 5, 50 in turn, 50 steps each.
    Switching,
}

impl Diffusivity {
    fn at(self, step: usize) -> f64 {
        match self {
            Self::Drifting => 5.0 * 10f64.powf((2.0 * PI * step as f64 / 500.0).sin()),
            Self::Switching => [0.5, 5.0, 50.0][step / 50 % 3],
        }
    }
}

/// (I + r_t L) u_t = u_{t−1} + f + noise on an N × N grid, each solve from u_{t−1}.
///
/// L is the unscaled five-point Laplacian, u₀ and the source f are standard normal, the noise is a
/// tenth of that, drawn anew each step. Returns the sweeps of `auto` in natural order, of `auto` in
/// red–black order, and of Young's ω of each step in natural order.
///
/// # Errors
/// None for these systems: none is refused.
pub fn heat<const N: usize>(
    diffusivity: Diffusivity,
    seed: u64,
    steps: usize,
) -> anyhow::Result<[Totals; 3]> {
    type Grid<const N: usize> = SMatrix<f64, N, N>;
    let mut draws = Draws::new(seed, N as u64);
    let mut grid = |size: f64| Grid::<N>::from_fn(|_, _| size * draws.normal());
    let (start, source) = (grid(1.0), grid(1.0));
    let (mut natural, mut colored) = (Learner::<Grid<N>>::on_grid(), Learner::on_grid());
    let (mut young, mut failures) = (Vec::new(), 0);
    let mut u = [start; 3];
    for step in 0..steps {
        let r = diffusivity.at(step);
        let a = FivePoint::<f64, N, N> { center: 1.0 + 4.0 * r, vertical: -r, horizontal: -r };
        let drive = source + grid(0.1);
        u[0] = natural.solve(&a, &(u[0] + drive), u[0], Forward)?;
        u[1] = colored.solve(&a, &(u[1] + drive), u[1], Multicolor)?;
        let b = u[2] + drive;
        let radius = 4.0 * r / a.center * (PI / (N + 1) as f64).cos();
        let sor = Sor::new(&a, &b, young_omega(radius)?)?;
        let mut state = sor.start_at(u[2])?;
        let report = solve(&sor, &mut state, stop()?);
        failures += u32::from(!report.converged());
        young.push(report.iterations);
        u[2] = state.x;
    }
    Ok([Totals::of(natural), Totals::of(colored), Totals { costs: young, failures }])
}
