//! [`Score`]: what recovered signals are worth.

use super::setup::{COLUMNS, Problem, Test};
use crate::matrix::DenseMatrix;
use crate::training::gradient::Loss;

/// Means over test signals, computed in `f64` from the signals alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// ½‖y − A x‖² + g(x).
    pub objective: f64,
    /// ‖x − x*‖² / N.
    pub error: f64,
}

impl Score {
    pub(super) fn new(
        problem: Problem,
        dictionary: &DenseMatrix<f32>,
        test: &Test,
        found: &[Vec<f32>],
    ) -> Self {
        let mut sum = Self::default();
        for ((x, truth), y) in found.iter().zip(&test.signals).zip(&test.measurements) {
            sum.objective += objective(problem, dictionary, x, y);
            let apart = x.iter().zip(truth).map(|(x, t)| (f64::from(*x) - f64::from(*t)).powi(2));
            sum.error += apart.sum::<f64>() / COLUMNS as f64;
        }
        let count = found.len().max(1) as f64;
        Self { objective: sum.objective / count, error: sum.error / count }
    }
}

fn objective(problem: Problem, dictionary: &DenseMatrix<f32>, x: &[f32], y: &[f32]) -> f64 {
    let mut r: Vec<f64> = y.iter().map(|y| f64::from(*y)).collect();
    let mut penalty = 0.0;
    for (j, x) in x.iter().enumerate().filter(|(_, x)| **x != 0.0) {
        let x = f64::from(*x);
        r.iter_mut().zip(dictionary.column(j)).for_each(|(r, a)| *r -= x * f64::from(*a));
        penalty += match problem.objective() {
            Loss::Lasso { lambda } => lambda * x.abs(),
            Loss::Subset { lambda } => lambda,
            Loss::Supervised => 0.0,
        };
    }
    0.5 * r.iter().map(|r| r * r).sum::<f64>() + penalty
}
