//! [`FivePoint`]: a grid operator that stores three numbers instead of a matrix.

mod blocks;
mod natural;
mod red_black;
#[cfg(test)]
mod tests;
mod wavefront;

use crate::operator::zeros;
use crate::{LinearOperator, Real, RowOperator, SMatrix, Scalar};

/// The five-point stencil on an `R` × `C` grid with zero values outside:
///
/// (A x)ᵢⱼ = center·xᵢⱼ + vertical·(xᵢ₋₁ⱼ + xᵢ₊₁ⱼ) + horizontal·(xᵢⱼ₋₁ + xᵢⱼ₊₁).
///
/// Symmetric. Unknowns are numbered column by column, as `SMatrix` stores them. Storage: 3
/// numbers, whatever the grid. One product: 4 multiplications and 4 additions per point.
///
/// ```
/// use solvekit_core::{FivePoint, LinearOperator, SMatrix};
/// let laplacian = FivePoint::<f32, 10, 10>::laplacian(0.0);
/// let mut y = laplacian.zero_range();
/// laplacian.apply(&SMatrix::repeat(1.0), &mut y);
/// assert_eq!((y[(0, 0)], y[(0, 5)], y[(5, 5)]), (2.0, 1.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FivePoint<T, const R: usize, const C: usize> {
    /// Weight of the point itself.
    pub center: T,
    /// Weight of the neighbours in the same column.
    pub vertical: T,
    /// Weight of the neighbours in the same row.
    pub horizontal: T,
}

impl<T: Scalar, const R: usize, const C: usize> FivePoint<T, R, C> {
    /// −Δ on a unit grid plus `shift`·I: center 4 + shift, neighbours −1.
    pub fn laplacian(shift: T) -> Self {
        let two = T::ONE + T::ONE;
        Self { center: two + two + shift, vertical: -T::ONE, horizontal: -T::ONE }
    }

    /// The value at one point. The neighbour relaxed last (above) enters last, so that the chain
    /// from one relaxed point to the next is as short as it can be.
    #[inline(always)]
    fn combine(&self, center: T, left: T, right: T, below: T, above: T) -> T {
        ((self.center * center + self.horizontal * (left + right)) + self.vertical * below)
            + self.vertical * above
    }

    /// Column `j` to be changed, with its left and right neighbours, zeros outside the grid.
    #[inline(always)]
    fn column<'a>(
        x: &'a mut [[T; R]; C],
        j: usize,
        outside: &'a [T; R],
    ) -> Option<(&'a mut [T; R], &'a [T; R], &'a [T; R])> {
        let (before, rest) = x.split_at_mut(j.min(C));
        let (column, after) = rest.split_first_mut()?;
        let left = before.last().unwrap_or(outside);
        let right = after.first().unwrap_or(outside);
        Some((column, left, right))
    }
}

impl<T: Scalar, const R: usize, const C: usize> LinearOperator<T> for FivePoint<T, R, C> {
    type Domain = SMatrix<T, R, C>;
    type Range = SMatrix<T, R, C>;

    #[inline]
    fn rows(&self) -> usize {
        R * C
    }
    #[inline]
    fn columns(&self) -> usize {
        R * C
    }
    fn zero_domain(&self) -> Self::Domain {
        zeros()
    }
    fn zero_range(&self) -> Self::Range {
        zeros()
    }
    #[inline]
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range) {
        let y = y.data.0.as_flattened_mut();
        self.visit(x, |row, value| {
            if let Some(slot) = y.get_mut(row) {
                *slot = value;
            }
        });
    }
    #[inline]
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        self.apply(y, x);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        let bad = |weight: T| !weight.all(Real::is_finite);
        let places = [(self.center, (0, 0)), (self.vertical, (0, 1)), (self.horizontal, (0, R))];
        places.into_iter().find(|(weight, _)| bad(*weight)).map(|(_, place)| place)
    }
}

/// Is `T` wider than any one number, so that it must be lanes?
const fn wide<T>() -> bool {
    size_of::<T>() > size_of::<f64>()
}
