//! Instructions as a line in the sizes of matrices and vectors.

use super::{Class, Counted};
use crate::export::Weights;
use crate::network::Kind;
use nalgebra::{DMatrix, DVector};

/// The sizes that the line is put through; the others tell how far off it is.
const FITTED: [(u64, u64); 6] = [(16, 32), (32, 64), (64, 128), (32, 128), (48, 64), (20, 40)];

/// a M N + b N + c M, for LISTA d N², for Ada-LISTA d M², for splines of K knots f N K, and for 8-bit
/// codes e times the number of blocks: a block that is not whole takes longer than its share.
pub(super) struct Line {
    class: Class,
    factors: DVector<f64>,
}

impl Line {
    /// The least squares of relative errors. `None` without enough sizes.
    pub(super) fn through(class: Class, counted: &[Counted]) -> Option<Self> {
        let fitted: Vec<&Counted> =
            counted.iter().filter(|one| FITTED.contains(&(one.rows, one.columns))).collect();
        let terms: Vec<Vec<f64>> =
            fitted.iter().map(|one| terms(class, (one.rows, one.columns), one.knots)).collect();
        let width = terms.first()?.len();
        if fitted.len() <= width {
            return None;
        }
        let entry = |i: usize, k: usize| terms[i][k] / fitted[i].instructions as f64;
        let a = DMatrix::from_fn(fitted.len(), width, entry);
        let ones = DVector::repeat(fitted.len(), 1.0);
        let factors = a.svd(true, true).solve(&ones, 1e-12).ok()?;
        Some(Self { class, factors })
    }

    pub(super) fn at(&self, size: (u64, u64), knots: u64) -> f64 {
        let terms = terms(self.class, size, knots);
        self.factors.iter().zip(terms).map(|(factor, term)| factor * term).sum()
    }
}

fn terms(class: Class, (rows, columns): (u64, u64), knots: u64) -> Vec<f64> {
    let (m, n) = (rows as f64, columns as f64);
    let mut terms = vec![m * n, n, m];
    match class.kind {
        Kind::Lista => terms.push(n * n),
        Kind::AdaLista => terms.push(m * m),
        _ => {}
    }
    if class.splines {
        terms.push(n * knots as f64);
    }
    if class.weights == Weights::Q8 {
        terms.push(match class.kind {
            Kind::Lista => (n + m) * class.weights.blocks(columns) as f64,
            Kind::AdaLista => (n + m) * class.weights.blocks(rows) as f64,
            _ => n * class.weights.blocks(rows) as f64,
        });
    }
    terms
}
