//! Direct solution of sparse systems, as an [`Iteration`] like every other method.
//!
//! Symmetric positive definite matrices get Cholesky's factor in an envelope, all others Gauss's
//! elimination in a band; both in reverse Cuthill–McKee order, so that work and memory are known
//! before a number is touched. One step solves for the correction of the present x: the first gives
//! the answer, another one refines it. Meant for the systems of this kit's size (narrow, or below a
//! few thousand unknowns); for large three-dimensional ones a supernodal library fills in less.

mod band;
mod envelope;
mod order;

pub use band::{Band, Lu};
pub use envelope::{Cholesky, Envelope};
pub use order::reverse_cuthill_mckee;

use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use solvekit::operator::residual_norm;
use solvekit::sum::{max_abs, norm};
use solvekit::{Certificate, Iteration, LinearOperator, Real, RowOperator};
use thiserror::Error;

/// Why there is no factor. Rows and columns count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DirectError {
    /// The pivot of a row is not positive: the matrix is not positive definite.
    #[error("the matrix is not positive definite: the pivot of row {} is not positive", row + 1)]
    NotPositive {
        /// The row.
        row: usize,
    },
    /// A column depends on the columns eliminated before it.
    #[error("the matrix is singular: column {} depends on others", column + 1)]
    Singular {
        /// The column.
        column: usize,
    },
}

/// A factored matrix.
#[derive(Clone, Debug)]
pub enum Factor<T> {
    /// Of a symmetric positive definite matrix.
    Cholesky(Cholesky<T>),
    /// Of any other.
    Lu(Lu<T>),
}

impl<T: Real> Factor<T> {
    fn solve(&self, b: &Vector<T>) -> Vector<T> {
        match self {
            Self::Cholesky(factor) => factor.solve(b),
            Self::Lu(factor) => factor.solve(b),
        }
    }
}

/// x ← x + A⁻¹ (b − A x) with a factor of A.
///
/// ```
/// use solvekit::{Stop, solve};
/// use solvekit_host::direct::{Cholesky, Direct, Envelope, Factor};
/// use solvekit_host::{matrix::Triplets, vector::Vector};
///
/// let mut triplets = Triplets::<f64>::new(2, 2)?;
/// for (row, column, value) in [(0, 0, 4.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 4.0)] {
///     triplets.push(row, column, value)?;
/// }
/// let a = triplets.into_csr()?;
/// let b = Vector::from(vec![3.0, 3.0]);
/// let direct = Direct::new(&a, &b, Factor::Cholesky(Cholesky::new(&a, Envelope::of(&a))?));
/// let mut x = Vector::filled(2, 0.0);
/// let report = solve(&direct, &mut x, Stop::relative(1e-14)?);
/// assert!(report.converged() && report.iterations == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Direct<'a, T: Real> {
    a: &'a CsrMatrix<T>,
    b: &'a Vector<T>,
    factor: Factor<T>,
    scale: T,
}

impl<'a, T: Real> Direct<'a, T> {
    /// A x = b, solved with `factor`.
    pub fn new(a: &'a CsrMatrix<T>, b: &'a Vector<T>, factor: Factor<T>) -> Self {
        Self { a, b, factor, scale: max_abs(b).unit_scale() }
    }
}

impl<T: Real> Iteration for Direct<'_, T> {
    type Real = T;
    type State = Vector<T>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, x: &mut Vector<T>) {
        let mut residual = self.a.zero_range();
        self.a.visit(x, |row, product| residual[row] = self.b[row] - product);
        let correction = self.factor.solve(&residual);
        x.iter_mut().zip(correction.iter()).for_each(|(x, d)| *x = (*x + *d).finite_or(*x));
    }
    fn residual(&self, x: &mut Vector<T>) -> T {
        residual_norm(self.a, self.b, x, self.scale)
    }
    fn reference(&self) -> T {
        norm(self.b)
    }
    fn restore(&self, x: &mut Vector<T>) {
        x.iter_mut().for_each(|x| *x = x.finite_or(T::ZERO));
    }
}

#[cfg(test)]
mod tests;
