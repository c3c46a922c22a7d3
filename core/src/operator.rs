//! Operators: what a solver may ask of a matrix, and the vectors that go with it.

mod residual;
mod update;

pub use residual::{mapped_residual_norm, residual_norm};
pub use update::{Update, looked_up};

use crate::sum::Accumulator;
use crate::{SMatrix, Scalar};
use nalgebra::ArrayStorage;

/// A vector that a solver keeps in its state: contiguous numbers of a length that does not change.
///
/// `SVector` on a target, a grid for a stencil, a heap vector on the host.
pub trait Buffer<T>: Clone + core::fmt::Debug {
    /// The numbers, in the operator's order of unknowns.
    fn as_slice(&self) -> &[T];
    /// The numbers, to be changed.
    fn as_mut_slice(&mut self) -> &mut [T];
}

impl<T: Scalar, const R: usize, const C: usize> Buffer<T> for SMatrix<T, R, C> {
    #[inline]
    fn as_slice(&self) -> &[T] {
        self.data.0.as_flattened()
    }
    #[inline]
    fn as_mut_slice(&mut self) -> &mut [T] {
        self.data.0.as_flattened_mut()
    }
}

/// A fixed-size array of zeros; `const`, so that a state can live in a `static`.
///
/// ```
/// use solvekit_core::{SVector, operator::zeros};
/// static X: SVector<f32, 16> = zeros();
/// assert_eq!(X.sum(), 0.0);
/// ```
pub const fn zeros<T: Scalar, const R: usize, const C: usize>() -> SMatrix<T, R, C> {
    SMatrix::from_array_storage(ArrayStorage([[T::ZERO; R]; C]))
}

/// A linear map A: y = A x and x = Aᵀ y.
///
/// Shapes: `rows()` × `columns()`; [`Domain`](Self::Domain) holds x, [`Range`](Self::Range) holds y.
/// Nothing here returns or moves a matrix by value.
pub trait LinearOperator<T: Scalar> {
    /// Holds x, `columns()` numbers.
    type Domain: Buffer<T>;
    /// Holds y, `rows()` numbers.
    type Range: Buffer<T>;

    /// Number of rows, M.
    fn rows(&self) -> usize;
    /// Number of columns, N.
    fn columns(&self) -> usize;
    /// A zero x.
    fn zero_domain(&self) -> Self::Domain;
    /// A zero y.
    fn zero_range(&self) -> Self::Range;
    /// y ← A x.
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range);
    /// x ← Aᵀ y.
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain);
    /// Row and column of the first entry (in storage order) that is NaN or infinite.
    fn non_finite(&self) -> Option<(usize, usize)>;
}

/// An operator whose rows can be read one at a time.
pub trait RowOperator<T: Scalar>: LinearOperator<T> {
    /// aᵢᵢ; zero outside the matrix.
    fn diagonal(&self, row: usize) -> T;

    /// All entries, column by column, where they lie in memory like that; `None` elsewhere.
    #[inline]
    fn as_columns(&self) -> Option<&[T]> {
        None
    }

    /// Σⱼ aᵢⱼ xⱼ in the fixed summation order; zero outside the matrix.
    fn row_dot(&self, row: usize, x: &Self::Domain) -> T;

    /// For every row in order: xᵢ ← `update(i, Σⱼ aᵢⱼ xⱼ, xᵢ)`, each seeing the ones before it.
    ///
    /// The same bits as calling [`row_dot`](Self::row_dot) row by row; an operator overrides it
    /// only to spare the search for the row.
    #[inline]
    fn relax(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        for row in 0..self.rows() {
            let dot = self.row_dot(row, x);
            if let Some(slot) = x.as_mut_slice().get_mut(row) {
                *slot = update(row, dot, *slot);
            }
        }
    }

    /// [`relax`](Self::relax) with what `update` needs of two vectors at hand:
    /// xᵢ ← [`update.relaxed`](Update::relaxed)(Σⱼ aᵢⱼ xⱼ, xᵢ, \[pᵢ, qᵢ\]) for `beside` = \[p, q\].
    ///
    /// The same bits as `relax`. `update` cannot tell in which order it is called, nor how often:
    /// an operator may relax at once what does not wait for each other, and drop what it does not
    /// need.
    ///
    /// ```
    /// use solvekit_core::{FivePoint, RowOperator, SMatrix, operator::Update};
    /// /// xᵢ ← xᵢ + (bᵢ − Σⱼ aᵢⱼ xⱼ) / aᵢᵢ: a Gauss–Seidel sweep.
    /// struct Seidel;
    /// impl Update<f32> for Seidel {
    ///     fn relaxed(&self, dot: f32, old: f32, [b, inverse]: [f32; 2]) -> f32 {
    ///         old + inverse * (b - dot)
    ///     }
    /// }
    /// let a = FivePoint::<f32, 2, 2>::laplacian(0.0);
    /// let (b, inverse) = (SMatrix::repeat(2.0), SMatrix::repeat(0.25));
    /// let mut x = SMatrix::zeros();
    /// a.relax_beside(&mut x, [&b, &inverse], &Seidel);
    /// assert_eq!(x, SMatrix::<f32, 2, 2>::new(0.5, 0.625, 0.625, 0.8125)); // by hand
    /// ```
    #[inline(always)]
    fn relax_beside(
        &self,
        x: &mut Self::Domain,
        beside: [&Self::Range; 2],
        update: &impl Update<T>,
    ) {
        self.relax(x, looked_up(beside, update));
    }

    /// Every stored entry of one row, columns ascending: `visit(j, aᵢⱼ)`; none outside the matrix.
    fn visit_row(&self, row: usize, visit: impl FnMut(usize, T));

    /// Σₖ aᵢₖ aⱼₖ `weight(k)` over the columns where both rows have an entry, in the fixed summation
    /// order of those; zero outside the matrix. Where it is not overridden each entry of the first
    /// row reads the whole second one.
    #[inline]
    fn row_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        let (mut sum, mut terms) = (Accumulator::default(), 0);
        self.visit_row(first, |k, a| {
            self.visit_row(second, |other, b| {
                if other == k {
                    sum.add(terms, a * b * weight(k));
                    terms += 1;
                }
            });
        });
        sum.total()
    }

    /// Σ aᵢⱼ xⱼ over j < i, the part before the diagonal, in the fixed summation order of the
    /// entries stored there.
    #[inline]
    fn lower_dot(&self, row: usize, x: &Self::Domain) -> T {
        triangle_dot(self, row, x, |column| column < row)
    }

    /// Σ aᵢⱼ xⱼ over j > i, the part behind the diagonal, as [`lower_dot`](Self::lower_dot).
    #[inline]
    fn upper_dot(&self, row: usize, x: &Self::Domain) -> T {
        triangle_dot(self, row, x, |column| column > row)
    }

    /// [`relax`](Self::relax) from the last row to the first.
    #[inline]
    fn relax_back(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        for row in (0..self.rows()).rev() {
            let dot = self.row_dot(row, x);
            if let Some(slot) = x.as_mut_slice().get_mut(row) {
                *slot = update(row, dot, *slot);
            }
        }
    }

    /// [`relax_beside`](Self::relax_beside) from the last row to the first.
    #[inline(always)]
    fn relax_back_beside(
        &self,
        x: &mut Self::Domain,
        beside: [&Self::Range; 2],
        update: &impl Update<T>,
    ) {
        self.relax_back(x, looked_up(beside, update));
    }

    /// For every row in order: xᵢ ← `update(i, Σ aᵢⱼ xⱼ over j < i, xᵢ)`, each seeing the ones
    /// before it: a solve with the lower triangle in half a pass over A.
    ///
    /// The same bits as [`lower_dot`](Self::lower_dot) row by row; the rows behind
    /// are not read, so x need not hold anything before where `update` ignores the old xᵢ.
    #[inline]
    fn sweep_lower(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        for row in 0..self.rows() {
            let dot = self.lower_dot(row, x);
            if let Some(slot) = x.as_mut_slice().get_mut(row) {
                *slot = update(row, dot, *slot);
            }
        }
    }

    /// From the last row to the first: xᵢ ← `update(i, Σ aᵢⱼ xⱼ over j > i, xᵢ)`, as
    /// [`sweep_lower`](Self::sweep_lower).
    #[inline]
    fn sweep_upper(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        for row in (0..self.rows()).rev() {
            let dot = self.upper_dot(row, x);
            if let Some(slot) = x.as_mut_slice().get_mut(row) {
                *slot = update(row, dot, *slot);
            }
        }
    }

    /// For every row in order: `visit(i, Σ aᵢⱼ xⱼ over j < i)`, a product with the lower triangle
    /// in half a pass over A. The same bits as [`lower_dot`](Self::lower_dot).
    #[inline]
    fn visit_lower(&self, x: &Self::Domain, mut visit: impl FnMut(usize, T)) {
        for row in 0..self.rows() {
            visit(row, self.lower_dot(row, x));
        }
    }

    /// For every row in order: `visit(i, Σⱼ aᵢⱼ xⱼ)`.
    #[inline]
    fn visit(&self, x: &Self::Domain, mut visit: impl FnMut(usize, T)) {
        for row in 0..self.rows() {
            visit(row, self.row_dot(row, x));
        }
    }
}

/// An operator whose rows fall into colours: no row has an entry in the column of another row of
/// its colour, so the rows of one colour can be relaxed in any order, or at once.
pub trait ColorOperator<T: Scalar>: RowOperator<T> {
    /// Number of colours; each row has one of `0..colors()`.
    fn colors(&self) -> usize;

    /// For every row of one colour: xᵢ ← `update(i, Σⱼ aᵢⱼ xⱼ, xᵢ)`. Nothing happens for a colour
    /// there is not.
    fn relax_color(&self, color: usize, x: &mut Self::Domain, update: impl FnMut(usize, T, T) -> T);

    /// [`relax_color`](Self::relax_color) as [`relax_beside`](RowOperator::relax_beside).
    #[inline(always)]
    fn relax_color_beside(
        &self,
        color: usize,
        x: &mut Self::Domain,
        beside: [&Self::Range; 2],
        update: &impl Update<T>,
    ) {
        self.relax_color(color, x, looked_up(beside, update));
    }
}

#[inline(always)]
fn triangle_dot<T: Scalar, A: RowOperator<T> + ?Sized>(
    a: &A,
    row: usize,
    x: &A::Domain,
    belongs: impl Fn(usize) -> bool,
) -> T {
    let x = x.as_slice();
    let (mut sum, mut terms) = (Accumulator::default(), 0);
    a.visit_row(row, |column, value| {
        if belongs(column)
            && let Some(x) = x.get(column)
        {
            sum.add(terms, value * *x);
            terms += 1;
        }
    });
    sum.total()
}
