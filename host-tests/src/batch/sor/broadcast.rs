//! [`Broadcast`]: one matrix for the systems of all lanes.

use super::super::Rows;
use super::super::lanes::dot_same;
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use solvekit::operator::Update;
use solvekit::{LinearOperator, Real, RowOperator, Scalar};

/// A matrix of single numbers, whose rows are multiplied with numbers of several systems.
pub(super) trait Same<R: Real>:
    RowOperator<R, Domain = Vector<R>, Range = Vector<R>>
{
    /// Σⱼ aᵢⱼ xⱼ in the fixed summation order, for all lanes of x. To be `#[inline(always)]`.
    fn dot_all<T: Scalar<Real = R>>(&self, row: usize, x: &[T]) -> T;
}

impl<R: Real> Same<R> for Rows<'_, R> {
    #[inline(always)]
    fn dot_all<T: Scalar<Real = R>>(&self, row: usize, x: &[T]) -> T {
        dot_same(self.row(row), x)
    }
}

impl<R: Real> Same<R> for CsrMatrix<R> {
    #[inline(always)]
    fn dot_all<T: Scalar<Real = R>>(&self, row: usize, x: &[T]) -> T {
        let (columns, values) = self.row(row);
        let (column_fours, column_rest) = columns.as_chunks::<4>();
        let (value_fours, value_rest) = values.as_chunks::<4>();
        let mut sums = [-T::ZERO; 4];
        for (j, a) in column_fours.iter().zip(value_fours) {
            sums[0] += T::splat(a[0]) * x[j[0] as usize];
            sums[1] += T::splat(a[1]) * x[j[1] as usize];
            sums[2] += T::splat(a[2]) * x[j[2] as usize];
            sums[3] += T::splat(a[3]) * x[j[3] as usize];
        }
        for (sum, (j, a)) in sums.iter_mut().zip(column_rest.iter().zip(value_rest)) {
            *sum += T::splat(*a) * x[*j as usize];
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }
}

/// A matrix of single numbers as one of lanes that all hold the same: nothing is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broadcast<'m, M>(pub(super) &'m M);

impl<T: Scalar, M: Same<T::Real>> LinearOperator<T> for Broadcast<'_, M> {
    type Domain = Vector<T>;
    type Range = Vector<T>;

    fn rows(&self) -> usize {
        self.0.rows()
    }
    fn columns(&self) -> usize {
        self.0.rows()
    }
    fn zero_domain(&self) -> Vector<T> {
        Vector::filled(self.0.rows(), T::ZERO)
    }
    fn zero_range(&self) -> Vector<T> {
        Vector::filled(self.0.rows(), T::ZERO)
    }
    fn apply(&self, x: &Vector<T>, y: &mut Vector<T>) {
        y.iter_mut().enumerate().for_each(|(row, y)| *y = self.0.dot_all(row, x));
    }
    fn apply_adjoint(&self, y: &Vector<T>, x: &mut Vector<T>) {
        x.fill(T::ZERO);
        for (row, y) in y.iter().enumerate() {
            self.0.visit_row(row, |column, entry| x[column] += T::splat(entry) * *y);
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.0.non_finite()
    }
}

impl<T: Scalar, M: Same<T::Real>> RowOperator<T> for Broadcast<'_, M> {
    fn diagonal(&self, row: usize) -> T {
        T::splat(self.0.diagonal(row))
    }
    #[inline(always)]
    fn row_dot(&self, row: usize, x: &Vector<T>) -> T {
        self.0.dot_all(row, x)
    }
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        self.0.visit_row(row, |column, entry| visit(column, T::splat(entry)));
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
    a: &impl Same<T::Real>,
    row: usize,
    x: &mut [T],
    [first, second]: [&Vector<T>; 2],
    update: &impl Update<T>,
) {
    let known = a.dot_all(row, x);
    if let (Some(x), Some(p), Some(q)) = (x.get_mut(row), first.get(row), second.get(row)) {
        *x = update.relaxed(known, *x, [*p, *q]);
    }
}
