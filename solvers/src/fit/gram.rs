//! Least squares over the Gram matrix AᵀA, and when that is worth it.

use super::{DataFit, FitError, LeastSquares};
use crate::{ColumnOperator, Real};

impl<R: Real, A: ColumnOperator<R>> LeastSquares<'_, R, A> {
    /// Fills AᵀA (symmetric to the bit, so rows or columns first is one) and Aᵀy, and gives ½‖y‖²:
    /// with them ½‖y − A x‖² = ½ xᵀ(AᵀA) x − (Aᵀy)ᵀx + ½‖y‖² is a [`Quadratic`](super::Quadratic).
    ///
    /// Both objectives agree, but squares are taken: values carry an error of ε·½‖y‖² however small the
    /// residual is, and AᵀA has the square of A's condition. [`Form::cheaper`] says when it saves work.
    /// Cost: M N(N + 1)/2 + M multiplications.
    ///
    /// ```
    /// use solvekit::{SMatrix, SVector, fit::{DataFit, LeastSquares, Quadratic}};
    /// let design = SMatrix::<f32, 3, 2>::from([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]); // columns
    /// let response = SVector::from([1.0, 3.0, 5.0]);
    /// let (mut gram, mut b) = (SMatrix::<f32, 2, 2>::zeros(), SVector::<f32, 2>::zeros());
    /// let fit = LeastSquares::new(&design, &response)?;
    /// let constant = fit.gram(gram.as_mut_slice(), b.as_mut_slice())?;
    /// let quadratic = Quadratic::new(&gram, &b)?.with_constant(constant);
    /// assert_eq!(quadratic.value(&quadratic.start()), fit.value(&fit.start()));
    /// # Ok::<(), solvekit::fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// [`FitError::Length`]: `matrix` needs N² numbers, `correlations` N.
    pub fn gram(&self, matrix: &mut [R], correlations: &mut [R]) -> Result<R, FitError> {
        let columns = self.unknowns();
        let lengths =
            [(columns.saturating_mul(columns), matrix.len()), (columns, correlations.len())];
        for (expected, found) in lengths {
            if expected != found {
                return Err(FitError::Length { expected, found });
            }
        }
        for (j, slot) in correlations.iter_mut().enumerate() {
            *slot = self.design().column_dot(j, self.response());
        }
        for i in 0..columns {
            for j in 0..=i {
                let entry = if i == j { self.lipschitz(i) } else { self.bound(i, j) };
                for place in [i * columns + j, j * columns + i] {
                    if let Some(slot) = matrix.get_mut(place) {
                        *slot = entry;
                    }
                }
            }
        }
        Ok(self.value(&self.start()))
    }
}

/// The two ways to keep a least-squares problem ready.
///
/// ```
/// use solvekit::fit::Form;
/// // A refit of 32 features to 200 rows, over and over: the Gram matrix, but for a single pass.
/// assert_eq!(Form::cheaper(200, 32, 1), Form::Residual);
/// assert_eq!(Form::cheaper(200, 32, 50), Form::Gram);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Form {
    /// y − A x: [`LeastSquares`].
    Residual,
    /// AᵀA x − Aᵀy: a [`Quadratic`](super::Quadratic) over [`LeastSquares::gram`].
    Gram,
}

/// Multiplications with a dense design.
///
/// ```
/// use solvekit::fit::{Form, Work};
/// let residual = Form::Residual.work(6, 3);
/// assert_eq!(residual, Work { set_up: 36, pass: 54 });
/// assert_eq!(Form::Gram.work(6, 3).pass, 9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Work {
    /// Once.
    pub set_up: u64,
    /// For a pass in which every coordinate moves, and the certificate after it.
    pub pass: u64,
}

impl Form {
    /// The work of M rows and N columns.
    ///
    /// | form | set-up | a pass: derivatives, shifts | its certificate |
    /// |---|---|---|---|
    /// | residual | 2MN (norms, Aᵀy) | MN, MN | MN |
    /// | Gram | the same, and MN(N + 1)/2 + M, and 2N² to check symmetry | 0, N² | 0 |
    ///
    /// A coordinate that stays costs M (residual) or nothing (Gram). Numbers too large for 64 bits saturate.
    pub const fn work(self, rows: usize, columns: usize) -> Work {
        let (m, n) = (rows as u64, columns as u64);
        let (entries, square) = (m.saturating_mul(n), n.saturating_mul(n));
        let read = entries.saturating_mul(2);
        match self {
            Self::Residual => Work { set_up: read, pass: entries.saturating_mul(3) },
            Self::Gram => {
                // One of N and N + 1 is even: halved first, the product is exact.
                let (half, whole) =
                    if n % 2 == 0 { (n / 2, n.saturating_add(1)) } else { (n.div_ceil(2), n) };
                let triangle = m.saturating_mul(half.saturating_mul(whole));
                let check = square.saturating_mul(2).saturating_add(m);
                let set_up = read.saturating_add(triangle).saturating_add(check);
                Work { set_up, pass: square }
            }
        }
    }

    /// The form of less work over `passes` passes, set-up included; the residual where it is equal.
    /// Few columns and many rows or many passes (a path of λ, a refit with the same design) speak
    /// for the Gram matrix; it needs N² numbers of memory.
    ///
    /// ```
    /// use solvekit::fit::Form;
    /// assert_eq!(Form::cheaper(1000, 10, 20), Form::Gram);
    /// assert_eq!(Form::cheaper(1000, 10, 1), Form::Residual);
    /// assert_eq!(Form::cheaper(100, 500, 50), Form::Residual);
    /// ```
    pub const fn cheaper(rows: usize, columns: usize, passes: u32) -> Self {
        let (residual, gram) = (Self::Residual.work(rows, columns), Self::Gram.work(rows, columns));
        let residual = residual.set_up.saturating_add(residual.pass.saturating_mul(passes as u64));
        let gram = gram.set_up.saturating_add(gram.pass.saturating_mul(passes as u64));
        if gram < residual { Self::Gram } else { Self::Residual }
    }
}
