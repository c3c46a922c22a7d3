//! [`LassoBatch`]: coordinate descent on many sparse fits.

mod columns;
mod descent;

use super::lanes::{Laned, OnLanes, Registers, dispatch};
use super::{Batch, BatchError, Part, Shape};
use descent::SideBySide;
use solvekit::lasso::LassoError;
use solvekit::{Lanes, Report, Stop};

/// Where the designs of a batch of fits are, each column by column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Designs<'a, R> {
    /// One behind the other.
    Own(&'a [R]),
    /// One for all fits.
    Shared(&'a [R]),
}

/// Many fits ½‖y − A w‖² + λ‖w‖₁ of one shape, each by cyclic coordinate descent from w = 0, all
/// coordinates in a pass. The certificate is the duality gap, relative to ½‖y‖².
///
/// The scalar form and the one side by side ([`Backend::Simd`](super::Backend::Simd)) are the same source:
/// answers and reports have the same bits. A lane that is done is given the next fit at once. A single
/// fit of many columns, most of which stay zero, is the affair of
/// [`Lasso`](solvekit::lasso::Lasso), which leaves them out.
///
/// Shapes: A is M × N, y has M numbers, w N. Storage side by side, for L lanes: L (M N + M + 3 N)
/// numbers, of a shared design L (M + 3 N). Cost of a pass: 4 M N, of a look at the gap 2 M N.
///
/// ```
/// use solvekit::Stop;
/// use solvekit_host::batch::{Backend, Designs, LassoBatch, Runner};
///
/// // One design of two columns, three responses, one λ.
/// let design = [1.0, 0.0, 0.6, 0.8];
/// let responses = [1.0, 0.0, 0.0, 1.0, 0.05, 0.05];
/// let stop = Stop::relative(1e-6)?;
/// let batch = LassoBatch::new([2, 2], Designs::Shared(&design), &responses, 0.1, stop)?;
/// let answers = Runner::new(Backend::Simd).run(&batch)?;
/// assert!((answers.answer(0)[0] - 0.9_f64).abs() < 1e-3);
/// assert_eq!(answers.answer(2), [0.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Friedman, Hastie, Höfling and Tibshirani, *Pathwise coordinate optimization*, 2007; the gap as
/// [`Lasso`](solvekit::lasso::Lasso) has it.
#[derive(Clone, Debug)]
pub struct LassoBatch<'a, R> {
    rows: usize,
    columns: usize,
    designs: Designs<'a, R>,
    responses: &'a [R],
    lambda: R,
    lambdas: Option<&'a [R]>,
    stop: Stop<R>,
}

impl<'a, R: Laned> LassoBatch<'a, R> {
    /// Fits of the shape `[M, N]`, responses one behind the other, one λ for all. Whether the numbers
    /// are good is said fit by fit.
    ///
    /// # Errors
    /// [`BatchError::NoUnknowns`], [`BatchError::Ragged`], [`BatchError::Count`].
    pub fn new(
        [rows, columns]: [usize; 2],
        designs: Designs<'a, R>,
        responses: &'a [R],
        lambda: R,
        stop: Stop<R>,
    ) -> Result<Self, BatchError> {
        if rows == 0 || columns == 0 {
            return Err(BatchError::NoUnknowns);
        }
        let (size, found) = (rows * columns, responses.len());
        if !found.is_multiple_of(rows) {
            return Err(BatchError::Ragged { what: "responses", size: rows, found });
        }
        let (what, expected, found) = match designs {
            Designs::Own(all) if !all.len().is_multiple_of(size) => {
                return Err(BatchError::Ragged { what: "designs", size, found: all.len() });
            }
            Designs::Own(all) => ("designs", found / rows, all.len() / size),
            Designs::Shared(one) => ("numbers of the shared design", size, one.len()),
        };
        if expected != found {
            return Err(BatchError::Count { what, expected, found });
        }
        Ok(Self { rows, columns, designs, responses, lambda, lambdas: None, stop })
    }

    /// A λ of its own for each fit.
    ///
    /// # Errors
    /// [`BatchError::Count`].
    pub fn lambdas(self, lambdas: &'a [R]) -> Result<Self, BatchError> {
        let (what, expected, found) = ("values of lambda", self.len(), lambdas.len());
        if expected != found {
            return Err(BatchError::Count { what, expected, found });
        }
        Ok(Self { lambdas: Some(lambdas), ..self })
    }

    fn lambda_of(&self, fit: usize) -> R {
        self.lambdas.and_then(|lambdas| lambdas.get(fit)).copied().unwrap_or(self.lambda)
    }

    fn response(&self, fit: usize) -> &'a [R] {
        self.responses.get(fit * self.rows..(fit + 1) * self.rows).unwrap_or(&[])
    }

    fn design(&self, fit: usize) -> &'a [R] {
        let size = self.rows * self.columns;
        match self.designs {
            Designs::Own(all) => all.get(fit * size..(fit + 1) * size).unwrap_or(&[]),
            Designs::Shared(one) => one,
        }
    }

    const fn is_shared(&self) -> bool {
        matches!(self.designs, Designs::Shared(_))
    }
}

impl<R: Laned> Batch for LassoBatch<'_, R> {
    type Number = R;
    type Outcome = Result<Report<R>, LassoError>;

    fn shape(&self) -> Shape {
        let family = if self.is_shared() { "lasso, one design" } else { "lasso" };
        let bits = 8 * size_of::<R>() as u32;
        Shape { family, bits, sizes: [self.rows, self.columns, 1] }
    }
    fn len(&self) -> usize {
        self.responses.len() / self.rows
    }
    fn width(&self) -> usize {
        self.columns
    }
    fn scalar(&self, part: Part<'_, Self>) {
        SideBySide { batch: self, part }.run::<Lanes<1, R>>();
    }
    fn simd(&self, part: Part<'_, Self>) {
        // Sums over few rows wait for themselves, and leave room for others.
        let registers = if self.rows <= SHORT { Registers::Two } else { Registers::One };
        dispatch(registers, SideBySide { batch: self, part });
    }
}

/// Rows up to which a sum waits for itself.
const SHORT: usize = 16;
