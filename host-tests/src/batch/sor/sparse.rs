//! [`SparseSystems`]: one sparse matrix and many right-hand sides.

use super::super::lanes::{Laned, Registers, Side, count, dispatch};
use super::super::told::Told;
use super::super::{Batch, BatchError, Part, Shape};
use super::broadcast::Broadcast;
use super::held::{Set, by_constructor};
use super::side::SideBySide;
use super::{Relaxation, SorBatch};
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use solvekit::sor::{Forward, Sor, Symmetric};
use solvekit::sum::norm;
use solvekit::{LinearOperator, Real, Report, RowOperator, SystemError};
use std::borrow::Borrow;

/// P systems A x = b of N unknowns with one sparse matrix, borrowed; right-hand sides one behind the
/// other, P · N numbers.
///
/// Side by side every entry of A is read once for all lanes, and a place in x holds that unknown of all
/// systems: nothing is gathered. Storage, for L lanes: L · 3 N numbers.
///
/// ```
/// use solvekit::Stop;
/// use solvekit_host::batch::{Backend, Runner, SorBatch, SparseSystems};
/// use solvekit_host::matrix::Triplets;
///
/// let mut triplets = Triplets::<f64>::new(2, 2)?;
/// for (row, column, value) in [(0, 0, 4.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 4.0)] {
///     triplets.push(row, column, value)?;
/// }
/// let a = triplets.into_csr()?;
/// let systems = SparseSystems::new(&a, &[3.0, 3.0, 2.0, 7.0])?;
/// let batch = SorBatch::new(systems, 1.05, Stop::relative(1e-12)?);
/// let answers = Runner::new(Backend::Simd).run(&batch)?;
/// assert!(answers.answer(1).iter().zip([1.0, 2.0]).all(|(x, y)| (x - y).abs() < 1e-11));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SparseSystems<'a, R> {
    matrix: &'a CsrMatrix<R>,
    right_hand_sides: &'a [R],
    /// Does nothing about the matrix keep SOR from relaxing?
    sound: bool,
}

impl<'a, R: Real> SparseSystems<'a, R> {
    /// Systems with one matrix. What the numbers are is looked at system by system.
    ///
    /// # Errors
    /// [`BatchError::NoUnknowns`], [`BatchError::Ragged`]; [`BatchError::Count`] where the matrix is not
    /// square.
    pub fn new(matrix: &'a CsrMatrix<R>, right_hand_sides: &'a [R]) -> Result<Self, BatchError> {
        let (size, columns) = (matrix.rows(), matrix.columns());
        if size == 0 {
            return Err(BatchError::NoUnknowns);
        }
        if columns != size {
            let what = "columns of the shared matrix";
            return Err(BatchError::Count { what, expected: size, found: columns });
        }
        let found = right_hand_sides.len();
        if !found.is_multiple_of(size) {
            return Err(BatchError::Ragged { what: "right-hand sides", size, found });
        }
        let sound = Sor::new(matrix, &matrix.zero_range(), R::ONE).is_ok();
        Ok(Self { matrix, right_hand_sides, sound })
    }

    /// P.
    #[must_use]
    pub fn len(&self) -> usize {
        self.right_hand_sides.len() / self.matrix.rows()
    }

    /// No system at all?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.right_hand_sides.is_empty()
    }
}

impl<'a, R: Laned> Set<R> for SparseSystems<'a, R> {
    type Matrix = CsrMatrix<R>;
    type Held<T: Side<Real = R>> = Broadcast<'a, CsrMatrix<R>>;

    fn size(&self) -> usize {
        self.matrix.rows()
    }
    fn count(&self) -> usize {
        self.len()
    }
    fn matrix_of(&self, _system: usize) -> impl Borrow<CsrMatrix<R>> {
        self.matrix
    }
    fn side_of(&self, system: usize) -> &[R] {
        let start = system * self.matrix.rows();
        self.right_hand_sides.get(start..start + self.matrix.rows()).unwrap_or(&[])
    }
    fn held<T: Side<Real = R>>(&self, inverse_diagonal: &mut [T]) -> Self::Held<T> {
        for (row, inverse) in inverse_diagonal.iter_mut().enumerate() {
            *inverse = T::splat(R::ONE / self.matrix.diagonal(row));
        }
        Broadcast(self.matrix)
    }
    /// Of a good matrix, which was looked at once, a good b is all that it takes.
    fn begin(
        &self,
        system: usize,
        omega: R,
        start: Option<Vector<R>>,
    ) -> Result<Told<R>, SystemError> {
        let b = self.side_of(system);
        let reference = norm(&Vector::from(b.to_vec()));
        let relaxes = R::ZERO < omega && omega < R::from_f64(2.0);
        if self.sound && start.is_none() && reference.is_finite() && relaxes {
            return Ok(Told::new(reference, reference));
        }
        by_constructor(self.matrix, b, omega, start)
    }
}

impl<R: Laned> Batch for SorBatch<'_, R, SparseSystems<'_, R>> {
    type Number = R;
    type Outcome = Result<Report<R>, SystemError>;

    fn shape(&self) -> Shape {
        let family = match self.relaxation {
            Relaxation::Forward => "sor, one sparse matrix",
            Relaxation::Symmetric => "ssor, one sparse matrix",
        };
        let a = self.systems.matrix;
        Shape { family, bits: 8 * size_of::<R>() as u32, sizes: [a.rows(), a.entries(), 1] }
    }
    fn len(&self) -> usize {
        self.systems.len()
    }
    fn width(&self) -> usize {
        self.systems.matrix.rows()
    }
    /// Lanes of a processor at most, twice: each system may take as long as thousands of small ones.
    fn grain(&self) -> usize {
        32
    }
    fn scalar(&self, part: Part<'_, Self>) {
        let width = self.width();
        match self.relaxation {
            Relaxation::Forward => part.each_on_threads(width, |k, x| self.one(k, Forward, x)),
            Relaxation::Symmetric => part.each_on_threads(width, |k, x| self.one(k, Symmetric, x)),
        }
    }
    fn simd(&self, part: Part<'_, Self>) {
        // Two registers hide what a row waits for of the row before; one is enough where they would
        // be half empty.
        let two = part.problems.len() > count::<R>(Registers::One);
        let registers = if two { Registers::Two } else { Registers::One };
        match self.relaxation {
            Relaxation::Forward => dispatch(registers, SideBySide::new(self, part, Forward)),
            Relaxation::Symmetric => dispatch(registers, SideBySide::new(self, part, Symmetric)),
        }
    }
}
