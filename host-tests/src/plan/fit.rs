//! Instructions as a line in M N, N and M.

use super::Counted;
use nalgebra::{DMatrix, DVector};

/// The sizes that the line is put through; the others tell how far off it is.
const FITTED: [(u64, u64); 4] = [(16, 32), (32, 64), (64, 128), (32, 128)];

/// a M N + b N + c M.
pub(super) struct Line([f64; 3]);

impl Line {
    /// The least squares of relative errors. `None` without enough sizes.
    pub(super) fn through(counted: &[Counted]) -> Option<Self> {
        let fitted: Vec<&Counted> =
            counted.iter().filter(|one| FITTED.contains(&(one.rows, one.columns))).collect();
        if fitted.len() < FITTED.len() {
            return None;
        }
        let entry = |i: usize, k: usize| {
            terms(fitted[i].rows, fitted[i].columns)[k] / fitted[i].instructions as f64
        };
        let a = DMatrix::from_fn(fitted.len(), 3, entry);
        let line = a.svd(true, true).solve(&DVector::repeat(fitted.len(), 1.0), 1e-12).ok()?;
        Some(Self([line[0], line[1], line[2]]))
    }

    pub(super) fn at(&self, rows: u64, columns: u64) -> f64 {
        self.0.iter().zip(terms(rows, columns)).map(|(factor, term)| factor * term).sum()
    }
}

fn terms(rows: u64, columns: u64) -> [f64; 3] {
    let (rows, columns) = (rows as f64, columns as f64);
    [rows * columns, columns, rows]
}
