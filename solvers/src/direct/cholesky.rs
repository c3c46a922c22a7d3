//! [`Cholesky`]: A = L Lᵀ in memory the caller owns.

use super::CholeskyError;
use super::tiles;
use super::triangle::{factor, packed, solve_in_place};
use crate::scalar::FLOAT_UNIT;
use crate::{Real, RowOperator};

/// What solves with a factored matrix.
pub trait Factor<R> {
    /// Unknowns.
    fn order(&self) -> usize;
    /// x ← A⁻¹ x, for x of [`order`](Self::order) numbers.
    fn solve(&self, x: &mut [R]);
}

/// A = L Lᵀ for A symmetric positive definite, dense or anything with rows, of any size.
///
/// Only the lower triangle of A is read. L lies packed, row by row, in a buffer that the caller
/// owns; nothing else is stored, and nothing of size N² is moved. Where lᵢᵢ would stand is
/// 1 / lᵢᵢ, so that solving divides nothing.
///
/// Storage: [`packed`]`(N)` = N (N + 1) / 2 numbers. Cost: N³/6 multiplications and additions, N
/// square roots and divisions to factor; N² + N to solve. Needs [`Real`]: it looks at the pivots.
///
/// ```
/// use solvekit::{SMatrix, direct::{Cholesky, CholeskyError, Factor, packed}};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, 2.0, 2.0, 5.0); // L = [2 0; 1 2]
/// let mut memory = [0.0; packed(2)];
/// let factor = Cholesky::factor(&a, &mut memory)?;
/// let mut x = [8.0, 8.0];
/// factor.solve(&mut x);
/// assert_eq!(x, [1.5, 1.0]);
///
/// let saddle = SMatrix::<f32, 2, 2>::new(1.0, 2.0, 2.0, 1.0);
/// let refused = Cholesky::factor(&saddle, &mut memory);
/// assert_eq!(refused.err(), Some(CholeskyError::Pivot { row: 1, value: -3.0 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Golub and Van Loan, *Matrix Computations*, §4.2.
#[derive(Clone, Copy, Debug)]
pub struct Cholesky<'a, R> {
    rows: &'a [R],
    order: usize,
}

impl<'a, R: Real> Cholesky<'a, R> {
    /// Factors `a` into `memory`, of which it takes the first [`packed`]`(N)` numbers.
    ///
    /// # Errors
    /// [`CholeskyError`]; what is in `memory` is then of no use.
    pub fn factor<A: RowOperator<R>>(a: &A, memory: &'a mut [R]) -> Result<Self, CholeskyError<R>> {
        let (order, columns) = (a.rows(), a.columns());
        if order != columns {
            return Err(CholeskyError::NotSquare { rows: order, columns });
        }
        if order == 0 {
            return Err(CholeskyError::Empty);
        }
        if FLOAT_UNIT
            && let (Some(columns), Some(rows)) = (a.as_columns(), memory.get_mut(..packed(order)))
            && tiles::factor(columns, order, rows).is_some()
        {
            return Ok(Self { rows: memory.get(..packed(order)).unwrap_or(&[]), order });
        }
        if let Some((row, column)) = a.non_finite() {
            return Err(CholeskyError::NonFiniteEntry { row, column });
        }
        let (expected, found) = (packed(order), memory.len());
        let memory = memory.get_mut(..expected).ok_or(CholeskyError::Memory { expected, found })?;
        for (row, own) in (0..order).map(|row| (row, packed(row)..packed(row) + row + 1)) {
            let Some(own) = memory.get_mut(own) else { break };
            own.fill(R::ZERO);
            a.visit_row(row, |column, value| {
                if let Some(slot) = own.get_mut(column) {
                    *slot = value;
                }
            });
        }
        factor(memory, order, |row, value, _| {
            // Also false for NaN.
            let inverse = R::ONE / value.sqrt();
            let usable = value > R::ZERO && value.is_finite() && inverse.is_finite();
            if usable { Ok(value) } else { Err(CholeskyError::Pivot { row, value }) }
        })?;
        Ok(Self { rows: memory, order })
    }
}

impl<R: Real> Factor<R> for Cholesky<'_, R> {
    fn order(&self) -> usize {
        self.order
    }

    fn solve(&self, x: &mut [R]) {
        let order = self.order.min(x.len());
        if let Some(x) = x.get_mut(..order) {
            solve_in_place(self.rows, x);
        }
    }
}
