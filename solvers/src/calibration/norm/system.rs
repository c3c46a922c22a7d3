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

    pub(super) fn clear(&mut self) {
        self.matrix.fill(R::ZERO);
        self.image.fill(R::ZERO);
        self.square = R::ZERO;
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

    /// Turns the matrix into the factor of its first `count` rows and columns with `ridge` on the
    /// diagonal; `None` where it is singular.
    pub(super) fn factor(&mut self, count: usize, ridge: R) -> Option<()> {
        for i in 0..count {
            if let Some(entry) = self.matrix.get_mut(packed(i) + i) {
                *entry += ridge;
            }
        }
        let added = factor_in_place(&mut self.matrix, count).ok()?;
        (added == R::ZERO).then_some(())
    }

    /// Turns the image into the solution of matrix x = image, and the matrix into its factor; `None`
    /// where that is singular.
    pub(super) fn solve(&mut self) -> Option<[R; K]> {
        self.factor(K, R::ZERO)?;
        solve_in_place(&self.matrix, &mut self.image);
        self.image.iter().all(|x| x.is_finite()).then_some(self.image)
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
