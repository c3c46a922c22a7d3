//! [`Colored`]: an operator that goes colour by colour.

use super::{ColoringError, Groups};
use crate::{Buffer, ColorOperator, LinearOperator, RowOperator, Scalar};

/// An operator together with a colouring of it: everything the operator is, and a
/// [`ColorOperator`].
///
/// A colouring found for another pattern of the same size does no harm: every row is still relaxed
/// once, only the rows of a colour wait for each other.
#[derive(Clone, Copy, Debug)]
pub struct Colored<'a, A> {
    a: &'a A,
    groups: Groups<'a>,
}

impl<'a, A> Colored<'a, A> {
    /// Puts the two together.
    ///
    /// # Errors
    /// [`ColoringError::Length`] for a colouring of another number of rows.
    pub fn new<T: Scalar>(a: &'a A, groups: Groups<'a>) -> Result<Self, ColoringError>
    where
        A: RowOperator<T>,
    {
        let (expected, found) = (a.rows(), groups.rows.len());
        if expected == found {
            Ok(Self { a, groups })
        } else {
            Err(ColoringError::Length { expected, found })
        }
    }
}

impl<T: Scalar, A: LinearOperator<T>> LinearOperator<T> for Colored<'_, A> {
    type Domain = A::Domain;
    type Range = A::Range;

    #[inline]
    fn rows(&self) -> usize {
        self.a.rows()
    }
    #[inline]
    fn columns(&self) -> usize {
        self.a.columns()
    }
    fn zero_domain(&self) -> A::Domain {
        self.a.zero_domain()
    }
    fn zero_range(&self) -> A::Range {
        self.a.zero_range()
    }
    #[inline]
    fn apply(&self, x: &A::Domain, y: &mut A::Range) {
        self.a.apply(x, y);
    }
    #[inline]
    fn apply_adjoint(&self, y: &A::Range, x: &mut A::Domain) {
        self.a.apply_adjoint(y, x);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.a.non_finite()
    }
}

impl<T: Scalar, A: RowOperator<T>> RowOperator<T> for Colored<'_, A> {
    #[inline]
    fn diagonal(&self, row: usize) -> T {
        self.a.diagonal(row)
    }
    #[inline]
    fn row_dot(&self, row: usize, x: &A::Domain) -> T {
        self.a.row_dot(row, x)
    }
    #[inline]
    fn visit_row(&self, row: usize, visit: impl FnMut(usize, T)) {
        self.a.visit_row(row, visit);
    }
    #[inline]
    fn relax(&self, x: &mut A::Domain, update: impl FnMut(usize, T, T) -> T) {
        self.a.relax(x, update);
    }
    #[inline]
    fn relax_back(&self, x: &mut A::Domain, update: impl FnMut(usize, T, T) -> T) {
        self.a.relax_back(x, update);
    }
    #[inline]
    fn lower_dot(&self, row: usize, x: &A::Domain) -> T {
        self.a.lower_dot(row, x)
    }
    #[inline]
    fn upper_dot(&self, row: usize, x: &A::Domain) -> T {
        self.a.upper_dot(row, x)
    }
    #[inline]
    fn visit(&self, x: &A::Domain, visit: impl FnMut(usize, T)) {
        self.a.visit(x, visit);
    }
}

impl<T: Scalar, A: RowOperator<T>> ColorOperator<T> for Colored<'_, A> {
    #[inline]
    fn colors(&self) -> usize {
        self.groups.ends.len()
    }
    #[inline]
    fn relax_color(
        &self,
        color: usize,
        x: &mut A::Domain,
        mut update: impl FnMut(usize, T, T) -> T,
    ) {
        for row in self.groups.rows_of(color).iter().map(|row| *row as usize) {
            let dot = self.a.row_dot(row, x);
            if let Some(slot) = x.as_mut_slice().get_mut(row) {
                *slot = update(row, dot, *slot);
            }
        }
    }
}
