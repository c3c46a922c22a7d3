//! [`Factored`]: the matrices of a group of systems, and their factors.

use super::super::lanes::{Side, dot, dot_same, factor, gather, solve, solve_same};
use super::super::{Rows, Systems};
use solvekit::direct::packed;

/// Matrices with factors.
pub(super) trait Factored<T: Side> {
    /// Takes the matrices of some systems, at most as many as there are lanes.
    fn load(&mut self, systems: &Systems<'_, T::Real>);
    /// Factors them; see [`factor`].
    fn factor(&mut self, floor: T) -> T;
    /// x ← A⁻¹ x.
    fn solve(&self, x: &mut [T]);
    /// Σⱼ aᵢⱼ xⱼ.
    fn row_dot(&self, row: usize, x: &[T]) -> T;
}

/// A matrix for each system.
pub(super) struct Own<T> {
    order: usize,
    matrices: Vec<T>,
    factors: Vec<T>,
}

impl<T: Side> Own<T> {
    pub(super) fn new(order: usize) -> Self {
        let (matrices, factors) = (vec![T::ZERO; order * order], vec![T::ZERO; packed(order)]);
        Self { order, matrices, factors }
    }
}

impl<T: Side> Factored<T> for Own<T> {
    #[inline(always)]
    fn load(&mut self, systems: &Systems<'_, T::Real>) {
        gather(systems.matrices(), &mut self.matrices);
    }
    #[inline(always)]
    fn factor(&mut self, floor: T) -> T {
        let mut row = 0;
        while row < self.order {
            let lower = &self.matrices[row * self.order..][..=row];
            self.factors[packed(row)..][..=row].copy_from_slice(lower);
            row += 1;
        }
        factor(&mut self.factors, self.order, floor)
    }
    #[inline(always)]
    fn solve(&self, x: &mut [T]) {
        solve(&self.factors, x);
    }
    #[inline(always)]
    fn row_dot(&self, row: usize, x: &[T]) -> T {
        dot(&self.matrices[row * self.order..][..self.order], x)
    }
}

/// One matrix, factored already.
pub(super) struct Same<'a, R> {
    matrix: Rows<'a, R>,
    factor: &'a [R],
}

impl<'a, R> Same<'a, R> {
    pub(super) const fn new(matrix: Rows<'a, R>, factor: &'a [R]) -> Self {
        Self { matrix, factor }
    }
}

impl<T: Side> Factored<T> for Same<'_, T::Real> {
    fn load(&mut self, _systems: &Systems<'_, T::Real>) {}
    fn factor(&mut self, _floor: T) -> T {
        T::ONE
    }
    #[inline(always)]
    fn solve(&self, x: &mut [T]) {
        solve_same(self.factor, x);
    }
    #[inline(always)]
    fn row_dot(&self, row: usize, x: &[T]) -> T {
        dot_same(self.matrix.row(row), x)
    }
}
