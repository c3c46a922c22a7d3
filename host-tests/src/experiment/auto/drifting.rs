//! [`Drifting`]: A + s·diag(A) with a shift that walks, and what it costs with every ω.

use super::Totals;
use super::learner::{CAP, Learner, stop};
use crate::draws::Draws;
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use rayon::prelude::*;
use solvekit::sor::{AutoMemory, Forward, Sor};
use solvekit::{LinearOperator, RowOperator, solve};

/// A + s·diag(A).
#[derive(Clone, Debug)]
pub struct Drifting {
    base: CsrMatrix<f64>,
    diagonal: Vec<f64>,
    /// s.
    pub shift: f64,
}

impl Drifting {
    /// At s = 0.
    #[must_use]
    pub fn new(base: CsrMatrix<f64>) -> Self {
        let diagonal = (0..base.rows()).map(|row| base.diagonal(row)).collect();
        Self { base, diagonal, shift: 0.0 }
    }

    fn extra(&self, row: usize) -> f64 {
        self.shift * self.diagonal.get(row).copied().unwrap_or(0.0)
    }
}

impl LinearOperator<f64> for Drifting {
    type Domain = Vector<f64>;
    type Range = Vector<f64>;

    fn rows(&self) -> usize {
        self.base.rows()
    }
    fn columns(&self) -> usize {
        self.base.columns()
    }
    fn zero_domain(&self) -> Vector<f64> {
        self.base.zero_domain()
    }
    fn zero_range(&self) -> Vector<f64> {
        self.base.zero_range()
    }
    fn apply(&self, x: &Vector<f64>, y: &mut Vector<f64>) {
        self.base.apply(x, y);
        for (row, (y, x)) in y.iter_mut().zip(x.iter()).enumerate() {
            *y += self.extra(row) * x;
        }
    }
    fn apply_adjoint(&self, y: &Vector<f64>, x: &mut Vector<f64>) {
        self.base.apply_adjoint(y, x);
        for (row, (x, y)) in x.iter_mut().zip(y.iter()).enumerate() {
            *x += self.extra(row) * y;
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.base.non_finite()
    }
}

impl RowOperator<f64> for Drifting {
    fn diagonal(&self, row: usize) -> f64 {
        self.diagonal.get(row).copied().unwrap_or(0.0) + self.extra(row)
    }
    fn row_dot(&self, row: usize, x: &Vector<f64>) -> f64 {
        self.base.row_dot(row, x) + self.extra(row) * x.get(row).copied().unwrap_or(0.0)
    }
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, f64)) {
        let extra = self.extra(row);
        self.base.visit_row(row, |column, value| {
            visit(column, if column == row { value + extra } else { value });
        });
    }
    fn relax(&self, x: &mut Vector<f64>, mut update: impl FnMut(usize, f64, f64) -> f64) {
        self.base.relax(x, |row, dot, old| update(row, dot + self.extra(row) * old, old));
    }
    fn visit(&self, x: &Vector<f64>, mut visit: impl FnMut(usize, f64)) {
        self.base.visit(x, |row, dot| {
            visit(row, dot + self.extra(row) * x.get(row).copied().unwrap_or(0.0));
        });
    }
}

/// Where each solve starts, and how b goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// x₀ = 0, b standard normal, drawn anew.
    Cold,
    /// x₀ is the solution before, b ← b + a twentieth of a standard normal.
    Warm,
}

/// Total sweeps over one sequence.
#[derive(Clone, Debug)]
pub struct Walk {
    /// `auto`, charged passes included.
    pub auto: Totals,
    /// Every ω of 1, 1.05, … 1.95; the first one is Gauss–Seidel. Another one ends early once it has
    /// cost as much as Gauss–Seidel in all, since it is not the best one then.
    pub fixed: Vec<Totals>,
}

/// `systems` systems of the walk s in [0, 0.05], uniform steps of ±0.005, reflected at the ends.
///
/// # Errors
/// If the matrix is one that SOR refuses.
pub fn walk(
    base: &CsrMatrix<f64>,
    start: Start,
    seed: u64,
    systems: usize,
) -> anyhow::Result<Walk> {
    let n = base.rows();
    let mut draws = Draws::new(seed, 1);
    let mut shift = 0.025;
    let mut b: Vector<f64> = (0..n).map(|_| draws.normal()).collect();
    let mut sequence = Vec::with_capacity(systems);
    for _ in 0..systems {
        shift += 0.01 * draws.uniform() - 0.005;
        shift = f64::abs(shift);
        shift = if shift > 0.05 { 0.1 - shift } else { shift };
        b = match start {
            Start::Cold => (0..n).map(|_| draws.normal()).collect(),
            Start::Warm => b.iter().map(|b| b + 0.05 * draws.normal()).collect(),
        };
        sequence.push((shift, b.clone()));
    }
    let next = |x: Vector<f64>| match start {
        Start::Cold => Vector::filled(n, 0.0),
        Start::Warm => x,
    };
    let mut a = Drifting::new(base.clone());
    let mut learner = Learner::new(AutoMemory::new(Vector::filled(n, 0.0)));
    let mut x = Vector::filled(n, 0.0);
    for (shift, b) in &sequence {
        a.shift = *shift;
        x = next(learner.solve(&a, b, x, Forward)?);
    }
    let single = |omega: f64, bound: u64| {
        let mut totals = Totals::default();
        let mut a = a.clone();
        let mut x = Vector::filled(n, 0.0);
        let mut left = bound;
        for (shift, b) in &sequence {
            a.shift = *shift;
            let sor = Sor::new(&a, b, omega)?;
            let mut state = sor.start_at(x)?;
            let cap = stop()?.max_iterations(u64::from(CAP).min(left.max(1)) as u32);
            let report = solve(&sor, &mut state, cap);
            totals.costs.push(report.iterations);
            totals.failures += u32::from(!report.converged());
            left = left.saturating_sub(u64::from(report.iterations));
            if left == 0 {
                break;
            }
            x = next(state.x);
        }
        anyhow::Ok(totals)
    };
    let gauss_seidel = single(1.0, u64::MAX)?;
    let bound = gauss_seidel.total();
    let others = (1..20).into_par_iter().map(|k| single(f64::from(100 + 5 * k) / 100.0, bound));
    let mut fixed = vec![gauss_seidel];
    fixed.extend(others.collect::<anyhow::Result<Vec<_>>>()?);
    Ok(Walk { auto: Totals::of(learner), fixed })
}

impl Walk {
    /// The least total of a fixed ω.
    #[must_use]
    pub fn best(&self) -> u64 {
        self.fixed.iter().map(Totals::total).min().unwrap_or(0)
    }
}
