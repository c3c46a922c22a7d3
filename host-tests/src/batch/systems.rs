//! [`Systems`]: many systems of linear equations of one size.

use super::BatchError;
use super::lanes::dot;
use crate::vector::Vector;
use solvekit::operator::Update;
use solvekit::{LinearOperator, Real, RowOperator, Scalar};

/// Where the matrices of a batch of systems are, each row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Matrices<'a, R> {
    /// One behind the other.
    Own(&'a [R]),
    /// One for all systems.
    Shared(&'a [R]),
}

/// P systems A x = b of N unknowns, borrowed: right-hand sides one behind the other, P · N numbers, and
/// matrices of N · N numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Systems<'a, R> {
    order: usize,
    matrices: Matrices<'a, R>,
    right_hand_sides: &'a [R],
}

impl<'a, R: Real> Systems<'a, R> {
    /// Systems of `order` unknowns. What the numbers are is looked at system by system.
    ///
    /// # Errors
    /// [`BatchError::NoUnknowns`], [`BatchError::Ragged`], [`BatchError::Count`].
    pub fn new(
        order: usize,
        matrices: Matrices<'a, R>,
        right_hand_sides: &'a [R],
    ) -> Result<Self, BatchError> {
        if order == 0 {
            return Err(BatchError::NoUnknowns);
        }
        let found = right_hand_sides.len();
        if !found.is_multiple_of(order) {
            return Err(BatchError::Ragged { what: "right-hand sides", size: order, found });
        }
        let size = order * order;
        let (what, expected, found) = match matrices {
            Matrices::Own(all) if !all.len().is_multiple_of(size) => {
                return Err(BatchError::Ragged { what: "matrices", size, found: all.len() });
            }
            Matrices::Own(all) => ("matrices", found / order, all.len() / size),
            Matrices::Shared(one) => ("numbers of the shared matrix", size, one.len()),
        };
        if expected != found {
            return Err(BatchError::Count { what, expected, found });
        }
        Ok(Self { order, matrices, right_hand_sides })
    }

    /// N.
    #[must_use]
    pub const fn order(&self) -> usize {
        self.order
    }

    /// P.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.right_hand_sides.len() / self.order
    }

    /// No system at all?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.right_hand_sides.is_empty()
    }

    /// Is there one matrix for all?
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.matrices, Matrices::Shared(_))
    }

    /// Some neighbouring systems; fewer where there are fewer.
    pub(super) fn range(&self, first: usize, count: usize) -> Self {
        let cut = |all: &'a [R], size: usize| {
            let end = (first + count).saturating_mul(size).min(all.len());
            all.get(first * size..end).unwrap_or(&[])
        };
        let matrices = match self.matrices {
            Matrices::Own(all) => Matrices::Own(cut(all, self.order * self.order)),
            shared => shared,
        };
        let right_hand_sides = cut(self.right_hand_sides, self.order);
        Self { order: self.order, matrices, right_hand_sides }
    }

    /// All matrices that there are.
    pub(super) const fn matrices(&self) -> &'a [R] {
        match self.matrices {
            Matrices::Own(all) => all,
            Matrices::Shared(one) => one,
        }
    }

    /// All right-hand sides.
    pub(super) const fn right_hand_sides(&self) -> &'a [R] {
        self.right_hand_sides
    }

    /// The matrix of one system, row by row; empty where there is no such system.
    #[must_use]
    pub fn matrix(&self, system: usize) -> Rows<'a, R> {
        let size = self.order * self.order;
        let numbers = match self.matrices {
            Matrices::Own(all) => all.get(system * size..(system + 1) * size).unwrap_or(&[]),
            Matrices::Shared(one) => one,
        };
        Rows { order: self.order, numbers }
    }

    /// The right-hand side of one system; empty where there is no such system.
    #[must_use]
    pub fn right_hand_side(&self, system: usize) -> &'a [R] {
        let start = system * self.order;
        self.right_hand_sides.get(start..start + self.order).unwrap_or(&[])
    }
}

/// A square matrix whose rows lie one behind the other, borrowed.
///
/// The bits of `SMatrix`, with its rows where a cache finds them. Storage: none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows<'a, T> {
    order: usize,
    numbers: &'a [T],
}

impl<'a, T> Rows<'a, T> {
    /// A matrix of `order` rows; what is missing in `numbers` counts as empty rows.
    #[must_use]
    pub const fn new(order: usize, numbers: &'a [T]) -> Self {
        Self { order, numbers }
    }

    /// All of it, row by row.
    #[must_use]
    pub const fn numbers(&self) -> &'a [T] {
        self.numbers
    }

    /// One row; empty outside the matrix.
    #[must_use]
    #[inline(always)]
    pub fn row(&self, row: usize) -> &'a [T] {
        let start = row * self.order;
        self.numbers.get(start..start + self.order).unwrap_or(&[])
    }
}

impl<T: Scalar> LinearOperator<T> for Rows<'_, T> {
    type Domain = Vector<T>;
    type Range = Vector<T>;

    fn rows(&self) -> usize {
        self.order
    }
    fn columns(&self) -> usize {
        self.order
    }
    fn zero_domain(&self) -> Vector<T> {
        Vector::filled(self.order, T::ZERO)
    }
    fn zero_range(&self) -> Vector<T> {
        Vector::filled(self.order, T::ZERO)
    }
    fn apply(&self, x: &Vector<T>, y: &mut Vector<T>) {
        for (row, y) in y.iter_mut().enumerate() {
            *y = dot(self.row(row), x);
        }
    }
    fn apply_adjoint(&self, y: &Vector<T>, x: &mut Vector<T>) {
        for (column, x) in x.iter_mut().enumerate() {
            let entry = |row: usize| self.row(row).get(column).copied().unwrap_or(T::ZERO);
            *x = solvekit::sum::sum_of(self.order, |row| {
                entry(row) * y.get(row).copied().unwrap_or(T::ZERO)
            });
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        let is_finite = |x: &T| x.all(Real::is_finite);
        // All at once first: that is vectors' work.
        if self.numbers.iter().fold(true, |finite, x| finite & is_finite(x)) {
            return None;
        }
        let place = self.numbers.iter().position(|x| !is_finite(x))?;
        Some((place / self.order, place % self.order))
    }
}

impl<T: Scalar> RowOperator<T> for Rows<'_, T> {
    #[inline]
    fn diagonal(&self, row: usize) -> T {
        self.row(row).get(row).copied().unwrap_or(T::ZERO)
    }
    #[inline(always)]
    fn row_dot(&self, row: usize, x: &Vector<T>) -> T {
        dot(self.row(row), x)
    }
    #[inline]
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        self.row(row).iter().enumerate().for_each(|(column, entry)| visit(column, *entry));
    }
    #[inline(always)]
    fn relax_beside(&self, x: &mut Vector<T>, beside: [&Vector<T>; 2], update: &impl Update<T>) {
        relax_rows(self, 0..self.order, x, beside, update);
    }
    #[inline(always)]
    fn relax_back_beside(
        &self,
        x: &mut Vector<T>,
        beside: [&Vector<T>; 2],
        update: &impl Update<T>,
    ) {
        relax_rows(self, (0..self.order).rev(), x, beside, update);
    }
}

/// No closure stands between a row and its update: lanes that pass through a call go through memory.
#[inline(always)]
fn relax_rows<T: Scalar>(
    a: &Rows<'_, T>,
    rows: impl Iterator<Item = usize>,
    x: &mut [T],
    [first, second]: [&Vector<T>; 2],
    update: &impl Update<T>,
) {
    for row in rows {
        let known = dot(a.row(row), x);
        if let (Some(x), Some(p), Some(q)) = (x.get_mut(row), first.get(row), second.get(row)) {
            *x = update.relaxed(known, *x, [*p, *q]);
        }
    }
}
