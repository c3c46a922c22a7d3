//! Norms of the residual with no vector of its own.

use crate::operator::RowOperator;
use crate::sum::{Accumulator, square};
use crate::{Buffer, Real, Scalar};

/// ‖b − A x‖₂ with no vector of its own: row by row, each term times `scale`, an exact power of
/// two that keeps the squares in range ([`Scalar::unit_scale`] of max |bᵢ|). NaN propagates.
///
/// Cost: one pass over A; two more where the squares left the range all the same, because the
/// residual is far larger or smaller than b, so that zero means zero and infinite means infinite.
#[inline]
pub fn residual_norm<T: Scalar, A: RowOperator<T>>(
    a: &A,
    b: &A::Range,
    x: &A::Domain,
    scale: T,
) -> T {
    mapped_residual_norm(a, b, x, scale, |_, residual| residual)
}

/// [`residual_norm`] of `map(i, bᵢ − Σⱼ aᵢⱼ xⱼ)` in place of the residuals.
#[inline]
pub fn mapped_residual_norm<T: Scalar, A: RowOperator<T>>(
    a: &A,
    b: &A::Range,
    x: &A::Domain,
    scale: T,
    map: impl Fn(usize, T) -> T,
) -> T {
    let squares = squared_residual(a, b, x, scale, &map);
    let tiny = square(square(T::Real::EPSILON));
    let in_range = |squares: T::Real| squares >= tiny && squares.is_finite();
    let norm = squares.sqrt() / scale;
    if squares.all(in_range) {
        return norm;
    }
    let own = largest_residual(a, b, x, &map).unit_scale();
    let rescaled = squared_residual(a, b, x, own, &map).sqrt() / own;
    squares.select(in_range, norm, rescaled)
}

/// Σ ((bᵢ − Σⱼ aᵢⱼ xⱼ) · scale)² in the fixed summation order.
#[inline]
fn squared_residual<T: Scalar, A: RowOperator<T>>(
    a: &A,
    b: &A::Range,
    x: &A::Domain,
    scale: T,
    map: impl Fn(usize, T) -> T,
) -> T {
    let b = b.as_slice();
    let mut squares = Accumulator::default();
    a.visit(x, |row, dot| {
        if let Some(target) = b.get(row) {
            squares.add(row, square(map(row, *target - dot) * scale));
        }
    });
    squares.total()
}

/// max |bᵢ − Σⱼ aᵢⱼ xⱼ|; NaN wins. Kept out of line: it is rarely needed.
#[inline(never)]
fn largest_residual<T: Scalar, A: RowOperator<T>>(
    a: &A,
    b: &A::Range,
    x: &A::Domain,
    map: impl Fn(usize, T) -> T,
) -> T {
    let b = b.as_slice();
    let mut largest = T::ZERO;
    a.visit(x, |row, dot| {
        if let Some(target) = b.get(row) {
            largest = largest.max(map(row, *target - dot).abs());
        }
    });
    largest
}
