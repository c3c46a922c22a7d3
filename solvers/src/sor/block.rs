//! [`BlockSor`]: contiguous blocks of unknowns, each solved exactly.

use super::{SorError, SorState};
use crate::operator::residual_norm;
use crate::system::{System, check_omega, restore_finite};
use crate::{Buffer, Certificate, Iteration, Real, RowOperator, Scalar};
use core::array;

/// Block SOR for A x = b with blocks of `B` neighbouring unknowns (the last one shorter where `B` does
/// not divide N): per sweep, for every block I in order,
/// x_I ← x_I + ω A_II⁻¹ (b_I − Σⱼ A_Ij xⱼ).
///
/// Worth it where unknowns come in groups that pull hard on each other: the three of a joint of a
/// frame, the line of a grid. With `B` = 1 it is [`Sor`](super::Sor) to the bit; one block with
/// ω = 1 is a direct solve. A zero on the diagonal does no harm as long as its block is regular.
///
/// Shapes: A is N × N, b and x have N entries; any units with \[A\]\[x\] = \[b\].
/// Storage: N·B + 3 numbers here (the inverses of the blocks), N numbers in [`SorState`], 2 B² on the
/// stack while it is made. Cost: a sweep is one pass over A and 2 N·B multiplications and N·B
/// additions more; making it costs N·B² multiplications and N / B divisions a row.
///
/// With `T` = [`Lanes`](crate::Lanes) it solves several systems of one shape side by side: rows are
/// exchanged lane by lane.
///
/// ```
/// use solvekit::{SMatrix, SVector, Stop, solve, sor::BlockSor};
/// // Two pairs, hardly coupled; within each pair SOR alone would be slow.
/// let a = SMatrix::<f32, 4, 4>::from([
///     [2.0, 1.9, 0.1, 0.0],
///     [1.9, 2.0, 0.0, 0.1],
///     [0.1, 0.0, 2.0, 1.9],
///     [0.0, 0.1, 1.9, 2.0],
/// ]);
/// let b = SVector::from([4.0, 4.0, 4.0, 4.0]);
/// let sor = BlockSor::<_, _, 2>::new(&a, &b, 1.0)?;
/// let mut state = sor.start();
/// let report = solve(&sor, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.iterations <= 6, "{report:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Young 1971, chapter 14 (group iterative methods); Saad, *Iterative Methods for Sparse
/// Linear Systems*, 2nd ed., §4.1.1.
#[derive(Clone, Debug)]
pub struct BlockSor<'a, T: Scalar, A: RowOperator<T>, const B: usize> {
    system: System<'a, T, A>,
    omega: T,
    /// Entry i of the k-th: row i of its block's inverse, column k.
    inverses: [A::Range; B],
}

type Square<T, const B: usize> = [[T; B]; B];

impl<'a, T: Scalar, A: RowOperator<T>, const B: usize> BlockSor<'a, T, A, B> {
    /// Checks the system and inverts its blocks once, so that no sweep has to.
    ///
    /// # Errors
    /// [`SorError::NoBlock`] for `B` = 0, [`SorError::SingularBlock`], and those of
    /// [`Sor::new`](super::Sor::new) but `ZeroDiagonal` and `TinyDiagonal`.
    pub fn new(a: &'a A, b: &'a A::Range, omega: T) -> Result<Self, SorError> {
        check_omega(omega)?;
        let system = System::new(a, b)?;
        if B == 0 {
            return Err(SorError::NoBlock);
        }
        let rows = a.rows();
        let mut inverses: [A::Range; B] = array::from_fn(|_| a.zero_range());
        for block in 0..rows.div_ceil(B) {
            let first = block * B;
            let inverse: Square<T, B> =
                invert(diagonal_block(a, first)).ok_or(SorError::SingularBlock { block })?;
            for (k, column) in inverses.iter_mut().enumerate() {
                let own = column.as_mut_slice().iter_mut().skip(first);
                own.zip(&inverse).for_each(|(slot, row)| *slot = row[k]);
            }
        }
        Ok(Self { system, omega, inverses })
    }

    /// Changes ω; x stays with the state, so ω may change between sweeps.
    ///
    /// # Errors
    /// [`SorError::Omega`]; ω is as before.
    pub fn set_omega(&mut self, omega: T) -> Result<(), SorError> {
        check_omega(omega)?;
        self.omega = omega;
        Ok(())
    }

    /// ω.
    pub const fn omega(&self) -> T {
        self.omega
    }

    /// The state with x = 0.
    pub fn start(&self) -> SorState<A::Domain> {
        SorState::new(self.system.a.zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SorError::Length`], [`SorError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<SorState<A::Domain>, SorError> {
        self.system.start(x).map(SorState::new)
    }

    /// ‖b − A x‖₂, lane by lane.
    #[inline]
    pub fn residual_norm(&self, x: &A::Domain) -> T {
        residual_norm(self.system.a, self.system.b, x, self.system.scale)
    }
}

/// The block of A that begins at row `first`; where it reaches beyond A, the identity.
fn diagonal_block<T: Scalar, A: RowOperator<T>, const B: usize>(
    a: &A,
    first: usize,
) -> Square<T, B> {
    let mut block: Square<T, B> = [[T::ZERO; B]; B];
    for (k, row) in block.iter_mut().enumerate() {
        if first + k >= a.rows() {
            row[k] = T::ONE;
        }
        a.visit_row(first + k, |column, value| {
            if let Some(slot) = column.checked_sub(first).and_then(|c| row.get_mut(c)) {
                *slot = value;
            }
        });
    }
    block
}

/// A⁻¹ by Gauss–Jordan elimination with the largest pivot of each column, lane by lane; `None` where
/// a pivot is zero in some lane, or the inverse is not finite.
fn invert<T: Scalar, const B: usize>(mut block: Square<T, B>) -> Option<Square<T, B>> {
    let mut inverse = array::from_fn(|i| array::from_fn(|j| if i == j { T::ONE } else { T::ZERO }));
    for k in 0..B {
        for i in k + 1..B {
            // Exchanges rows k and i in the lanes where the second has more to offer; after the last
            // one row k holds the largest.
            let more = block[i][k].abs() - block[k][k].abs();
            exchange(&mut block, k, i, more);
            exchange(&mut inverse, k, i, more);
        }
        if !block[k][k].all(|pivot| pivot != T::Real::ZERO) {
            return None;
        }
        let reciprocal = T::ONE / block[k][k];
        for j in 0..B {
            block[k][j] *= reciprocal;
            inverse[k][j] *= reciprocal;
        }
        let (pivot_row, inverse_row) = (block[k], inverse[k]);
        for i in (0..B).filter(|i| *i != k) {
            let factor = block[i][k];
            for j in 0..B {
                block[i][j] -= factor * pivot_row[j];
                inverse[i][j] -= factor * inverse_row[j];
            }
        }
    }
    let finite = |x: &T| (*x + *x).all(Real::is_finite);
    inverse.as_flattened().iter().all(finite).then_some(inverse)
}

/// Exchanges rows `k` and `i` (`k` < `i`) in the lanes where `more` is positive.
fn exchange<T: Scalar, const B: usize>(rows: &mut Square<T, B>, k: usize, i: usize, more: T) {
    let (above, below) = rows.split_at_mut(i.min(B));
    let (Some(upper), Some(lower)) = (above.get_mut(k), below.first_mut()) else { return };
    for (upper, lower) in upper.iter_mut().zip(lower) {
        let (was, other) = (*upper, *lower);
        *upper = more.select(|more| more > T::Real::ZERO, other, was);
        *lower = more.select(|more| more > T::Real::ZERO, was, other);
    }
}

impl<T: Scalar, A: RowOperator<T>, const B: usize> Iteration for BlockSor<'_, T, A, B> {
    type Real = T::Real;
    type State = SorState<A::Domain>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    #[inline]
    fn step(&self, state: &mut Self::State) {
        let b = self.system.b.as_slice();
        for first in (0..b.len()).step_by(B.max(1)) {
            let residual: [T; B] = array::from_fn(|k| match b.get(first + k) {
                Some(b) => *b - self.system.a.row_dot(first + k, &state.x),
                None => T::ZERO,
            });
            let own = state.x.as_mut_slice().iter_mut().enumerate().skip(first).take(B);
            for (row, x) in own {
                let mut new = *x;
                for (column, residual) in self.inverses.iter().zip(&residual) {
                    // ω first, as in SOR.
                    if let Some(entry) = column.as_slice().get(row) {
                        new += (self.omega * *entry) * *residual;
                    }
                }
                *x = new.finite_or(*x);
            }
        }
    }
    #[inline]
    fn residual(&self, state: &mut Self::State) -> T::Real {
        self.residual_norm(&state.x).worst_against(self.system.b_norm)
    }
    fn parameter(&self, _state: &Self::State) -> Option<T::Real> {
        Some(self.omega.worst())
    }
    fn reference(&self) -> T::Real {
        self.system.b_norm.worst()
    }
    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
    }
}
