//! [`System`]: normal equations of a few unknowns.

use crate::Real;
use crate::direct::{factor_in_place, forward_in_place, packed, solve_in_place};
use crate::squares::add_square;

/// Σ j jᵀ (packed, P = K (K + 1) / 2 numbers), Σ e j and Σ e² of rows j and right-hand sides e.
#[derive(Clone, Copy, Debug)]
pub(super) struct System<R, const K: usize, const P: usize> {
    pub(super) matrix: [R; P],
    pub(super) image: [R; K],
    pub(super) square: R,
}

impl<R: Real, const K: usize, const P: usize> System<R, K, P> {
    pub(super) const fn new() -> Self {
        Self { matrix: [R::ZERO; P], image: [R::ZERO; K], square: R::ZERO }
    }

    pub(super) fn add(&mut self, row: [R; K], e: R) {
        add_square(&mut self.matrix, &row);
        self.image.iter_mut().zip(row).for_each(|(image, j)| *image += e * j);
        self.square += e * e;
    }

    pub(super) fn join(&mut self, other: &Self) {
        let both = self.matrix.iter_mut().chain(&mut self.image);
        for (own, other) in both.zip(other.matrix.iter().chain(&other.image)) {
            *own += *other;
        }
        self.square += other.square;
    }

    pub(super) fn scale(&mut self, factor: R) {
        self.matrix.iter_mut().chain(&mut self.image).for_each(|number| *number *= factor);
        self.square *= factor;
    }

    /// The factor of the first `count` rows and columns with `ridge` on the diagonal; `None` where it
    /// is singular.
    pub(super) fn factored(&self, count: usize, ridge: R) -> Option<[R; P]> {
        let mut factor = self.matrix;
        for i in 0..count {
            if let Some(entry) = factor.get_mut(packed(i) + i) {
                *entry += ridge;
            }
        }
        let added = factor_in_place(&mut factor, count).ok()?;
        (added == R::ZERO).then_some(factor)
    }

    /// The solution of (matrix + ridge) x = image; `None` where that is singular.
    pub(super) fn solved(&self, ridge: R) -> Option<[R; K]> {
        let factor = self.factored(K, ridge)?;
        let mut x = self.image;
        solve_in_place(&factor, &mut x);
        x.iter().all(|x| x.is_finite()).then_some(x)
    }
}

/// The i-th diagonal entry of the inverse of a factored matrix of `count` rows: ‖L⁻¹eᵢ‖².
pub(super) fn inverse_diagonal<R: Real, const K: usize>(factor: &[R], count: usize, i: usize) -> R {
    let mut unit = [R::ZERO; K];
    let Some(unit) = unit.get_mut(..count) else { return R::INFINITY };
    if let Some(one) = unit.get_mut(i) {
        *one = R::ONE;
    }
    forward_in_place(factor, unit);
    unit.iter().map(|x| *x * *x).fold(R::ZERO, |sum, x| sum + x)
}
