//! [`Broadcast`]: one matrix for the systems of all lanes.

use super::super::Rows;
use super::super::lanes::dot_same;
use crate::vector::Vector;
use solvekit::operator::Update;
use solvekit::{LinearOperator, RowOperator, Scalar};

/// A matrix of single numbers as one of lanes that all hold the same: nothing is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broadcast<'a, R>(pub(super) Rows<'a, R>);

impl<T: Scalar> LinearOperator<T> for Broadcast<'_, T::Real> {
    type Domain = Vector<T>;
    type Range = Vector<T>;

    fn rows(&self) -> usize {
        LinearOperator::<T::Real>::rows(&self.0)
    }
    fn columns(&self) -> usize {
        LinearOperator::<T::Real>::columns(&self.0)
    }
    fn zero_domain(&self) -> Vector<T> {
        Vector::filled(LinearOperator::<T::Real>::columns(&self.0), T::ZERO)
    }
    fn zero_range(&self) -> Vector<T> {
        Vector::filled(LinearOperator::<T::Real>::rows(&self.0), T::ZERO)
    }
    fn apply(&self, x: &Vector<T>, y: &mut Vector<T>) {
        y.iter_mut().enumerate().for_each(|(row, y)| *y = dot_same(self.0.row(row), x));
    }
    fn apply_adjoint(&self, y: &Vector<T>, x: &mut Vector<T>) {
        let entry = |row: usize, column: usize| self.0.row(row).get(column).copied();
        for (column, x) in x.iter_mut().enumerate() {
            *x = solvekit::sum::sum_of(y.len(), |row| {
                T::splat(entry(row, column).unwrap_or(Scalar::ZERO)) * y[row]
            });
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        LinearOperator::<T::Real>::non_finite(&self.0)
    }
}

impl<T: Scalar> RowOperator<T> for Broadcast<'_, T::Real> {
    fn diagonal(&self, row: usize) -> T {
        T::splat(RowOperator::<T::Real>::diagonal(&self.0, row))
    }
    #[inline(always)]
    fn row_dot(&self, row: usize, x: &Vector<T>) -> T {
        dot_same(self.0.row(row), x)
    }
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        let entries = self.0.row(row).iter().enumerate();
        entries.for_each(|(column, entry)| visit(column, T::splat(*entry)));
    }
    #[inline(always)]
    fn relax_beside(&self, x: &mut Vector<T>, beside: [&Vector<T>; 2], update: &impl Update<T>) {
        let rows = 0..x.len();
        for row in rows {
            relax_row(self.0, row, x, beside, update);
        }
    }
    #[inline(always)]
    fn relax_back_beside(
        &self,
        x: &mut Vector<T>,
        beside: [&Vector<T>; 2],
        update: &impl Update<T>,
    ) {
        let rows = 0..x.len();
        for row in rows.rev() {
            relax_row(self.0, row, x, beside, update);
        }
    }
}

#[inline(always)]
fn relax_row<T: Scalar>(
    a: Rows<'_, T::Real>,
    row: usize,
    x: &mut [T],
    [first, second]: [&Vector<T>; 2],
    update: &impl Update<T>,
) {
    let known = dot_same(a.row(row), x);
    if let (Some(x), Some(p), Some(q)) = (x.get_mut(row), first.get(row), second.get(row)) {
        *x = update.relaxed(known, *x, [*p, *q]);
    }
}
