//! [`Heat`]: the heat equation with a diffusivity that changes with time, one system a step.

use solvekit::{FivePoint, LinearOperator, SMatrix};
use std::f64::consts::PI;

/// Length of a time step.
const STEP: f64 = 1e-3;

/// ∂u/∂t = κ(t) Δu + f(t, ·) on the unit square, u = 0 on its boundary, by Crank–Nicolson on the
/// `N` × `N` inner points of a grid of spacing 1/(N + 1):
///
/// (I − ½ κ Δt Δₕ) uⁿ⁺¹ = (I + ½ κ Δt Δₕ) uⁿ + Δt f, with κ and f at the middle of the step.
///
/// u starts as a bump in the middle; f is a narrower bump that circles around it eight times per unit
/// of time. Every system is symmetric and positive definite, and the one before it is near.
///
/// Storage: N² + 1 numbers. Source: arXiv 2310.02246, §5 and its released code (`h2d`, `Heat2D`).
#[derive(Clone, Debug)]
pub struct Heat<const N: usize> {
    u: SMatrix<f64, N, N>,
    steps: usize,
}

/// The system of one step, and what it starts from.
#[derive(Clone, Debug)]
pub struct HeatStep<const N: usize> {
    /// I − ½ κ Δt Δₕ.
    pub a: FivePoint<f64, N, N>,
    /// The right-hand side.
    pub b: SMatrix<f64, N, N>,
    /// κ at the start of the step, what a learner may look at; the system has κ of the middle.
    pub context: f64,
}

impl<const N: usize> Heat<N> {
    /// Time 0.
    pub fn new() -> Self {
        Self { u: at_points(|x, y| bump([x, y], [0.5, 0.5], 0.25)), steps: 0 }
    }

    /// The temperature now; a good start for the solve of [`next_step`](Self::next_step).
    pub fn u(&self) -> &SMatrix<f64, N, N> {
        &self.u
    }

    /// The system whose solution is the temperature after the next step.
    pub fn next_step(&self) -> HeatStep<N> {
        let start = self.steps as f64 * STEP;
        let middle = start + 0.5 * STEP;
        // ½ κ Δt / h².
        let s = 0.5 * diffusivity(middle) * STEP * ((N + 1) * (N + 1)) as f64;
        let explicit = stencil::<N>(-s);
        let mut b = explicit.zero_range();
        explicit.apply(&self.u, &mut b);
        let turn = 16.0 * PI * middle;
        let source = [0.5 + 0.25 * turn.cos(), 0.5 + 0.25 * turn.sin()];
        b += at_points(|x, y| STEP * 32.0 * bump([x, y], source, 0.125));
        HeatStep { a: stencil(s), b, context: diffusivity(start) }
    }

    /// Takes the solution as the temperature after the step.
    pub fn advance(&mut self, u: SMatrix<f64, N, N>) {
        self.u = u;
        self.steps += 1;
    }
}

impl<const N: usize> Default for Heat<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// κ(t) = max(0.1 sin 2πt, −10 sin 2πt): half of the time slow, half of it up to a hundred times
/// faster.
pub fn diffusivity(t: f64) -> f64 {
    let wave = (2.0 * PI * t).sin();
    (0.1 * wave).max(-10.0 * wave)
}

/// I − s h² Δₕ.
const fn stencil<const N: usize>(s: f64) -> FivePoint<f64, N, N> {
    FivePoint { center: 1.0 + 4.0 * s, vertical: -s, horizontal: -s }
}

/// Values at the inner points; x runs from column to column, y within one.
fn at_points<const N: usize>(value: impl Fn(f64, f64) -> f64) -> SMatrix<f64, N, N> {
    let place = |index: usize| (index + 1) as f64 / (N + 1) as f64;
    SMatrix::from_fn(|row, column| value(place(column), place(row)))
}

/// exp(1 − 1/(1 − d²)) at the distance d in units of `radius`: 1 in the center, 0 beyond it, smooth.
fn bump(point: [f64; 2], center: [f64; 2], radius: f64) -> f64 {
    let square = |k: usize| ((point[k] - center[k]) / radius).powi(2);
    let distance = (square(0) + square(1)).min(1.0);
    (1.0 - 1.0 / (1.0 - distance)).exp()
}
