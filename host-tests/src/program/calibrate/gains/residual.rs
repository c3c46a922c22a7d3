//! What each sensor leaves over, before and after its calibration.

use super::GainsFound;
use crate::matrix::DenseMatrix;
use nalgebra::{DMatrix, DVector, Dyn, SVD};

/// Sensing matrices, ready to tell what sensors leave over.
pub(super) struct Residual {
    a: DMatrix<f64>,
    svd: SVD<f64, Dyn, Dyn>,
}

impl Residual {
    /// Of the rows of A, snapshot after snapshot.
    pub(super) fn new(rows: &DenseMatrix<f64>) -> Self {
        let unknowns = solvekit::LinearOperator::rows(rows);
        let equations = solvekit::LinearOperator::columns(rows);
        let a = DMatrix::from_row_slice(equations, unknowns, rows.values());
        let svd = a.clone().svd(true, true);
        Self { a, svd }
    }

    /// For each sensor the root mean square of y − γ ∘ A x − o over all snapshots: with gains of 1 and the
    /// signal of least squares, and with what was found.
    pub(super) fn of(&self, y: &[f64], found: &GainsFound) -> Vec<(f64, f64)> {
        let sensors = found.gains.len();
        let ones = DVector::from_column_slice(y);
        // What cannot be told is left at zero: the signal before is only shown.
        let before = self.svd.solve(&ones, 1e-12 * self.a.norm());
        let before = before.unwrap_or_else(|_| DVector::zeros(found.signal.len()));
        let after = DVector::from_column_slice(&found.signal);
        let (before, after) = (&self.a * before, &self.a * after);
        let offset = |i: usize| found.offsets.as_ref().map_or(0.0, |offsets| offsets[i]);
        let of_sensor = |i: usize| {
            let places = || (i..y.len()).step_by(sensors);
            let square = |error: f64| error * error;
            let count = (y.len() / sensors) as f64;
            let squares = places().map(|k| square(y[k] - before[k])).sum::<f64>();
            let left = places().map(|k| square(y[k] - found.gains[i] * after[k] - offset(i)));
            ((squares / count).sqrt(), (left.sum::<f64>() / count).sqrt())
        };
        (0..sensors).map(of_sensor).collect()
    }
}
