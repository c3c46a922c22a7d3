//! [`Quadratic`]: ½ xᵀA x − bᵀx, with the gradient kept.

use super::{Change, DataFit, FitError, Point, check};
use crate::sum::{Accumulator, max_abs, sum_of};
use crate::system::first_non_finite;
use crate::{Buffer, Real, RowOperator};

/// f(x) = ½ xᵀA x − bᵀx for A symmetric with a positive diagonal (positive definite or
/// semidefinite, where f is to have a least value; rows of nothing but zeros are allowed where bᵢ is
/// zero too), with g = A x − b kept up to date. Its least x
/// solves A x = b.
///
/// Shapes: A is N × N, b and x have N entries. Storage: nothing of its own, 2N numbers in a
/// [`Point`]. Cost: ∇ⱼf is read, a shift reads one row of A; making it is two passes over A.
///
/// ```
/// use solvekit::{SMatrix, SVector, fit::{DataFit, Quadratic}};
/// let a = SMatrix::<f32, 2, 2>::new(2.0, 1.0, 1.0, 2.0);
/// let b = SVector::from([3.0, 3.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let mut point = fit.start();
/// fit.shift_block(&mut point, &[0, 1], &[1.0, 1.0]);
/// assert_eq!(fit.partial(&point, 0), 0.0);
/// assert_eq!(fit.value(&point), -3.0);
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Quadratic<'a, R: Real, A: RowOperator<R>> {
    a: &'a A,
    b: &'a A::Range,
    constant: R,
}

impl<'a, R: Real, A: RowOperator<R>> Quadratic<'a, R, A> {
    /// Checks the data once. That A is positive (semi)definite is not checked: a block that is not
    /// shows while it is solved.
    ///
    /// # Errors
    /// [`FitError`]: `Empty`, `NotSquare`, `Length`, `NonFiniteEntry`, `NonFiniteResponse`,
    /// `NonPositiveDiagonal`, `NotSymmetric`.
    pub fn new(a: &'a A, b: &'a A::Range) -> Result<Self, FitError> {
        let (rows, columns) = (a.rows(), a.columns());
        if rows != columns {
            return Err(FitError::NotSquare { rows, columns });
        }
        if rows == 0 {
            return Err(FitError::Empty);
        }
        let found = b.as_slice().len();
        if found != rows {
            return Err(FitError::Length { expected: rows, found });
        }
        if let Some((row, column)) = a.non_finite() {
            return Err(FitError::NonFiniteEntry { row, column });
        }
        if let Some(row) = first_non_finite(b.as_slice()) {
            return Err(FitError::NonFiniteResponse { row });
        }
        if let Some(row) = (0..rows).find(|row| !may_have_least_value(a, b, *row)) {
            return Err(FitError::NonPositiveDiagonal { row });
        }
        check_symmetry(a)?;
        Ok(Self { a, b, constant: R::ZERO })
    }

    /// The same function and a constant: ½ xᵀA x − bᵀx + c. Only its values change.
    #[must_use]
    pub const fn with_constant(self, constant: R) -> Self {
        Self { constant, ..self }
    }

    /// x = 0.
    pub fn start(&self) -> Point<A::Domain, A::Range> {
        let mut gradient = self.b.clone();
        gradient.as_mut_slice().iter_mut().for_each(|g| *g = -*g);
        Point::new(self.a.zero_domain(), gradient)
    }

    /// A given x.
    ///
    /// # Errors
    /// [`FitError::Length`], [`FitError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<Point<A::Domain, A::Range>, FitError> {
        let x = check::start(self.a.columns(), x)?;
        let mut point = Point::new(x, self.a.zero_range());
        self.refresh(&mut point);
        Ok(point)
    }

    /// A.
    pub const fn matrix(&self) -> &'a A {
        self.a
    }
}

/// Along a coordinate of no curvature f must be constant (a zero column's in a Gram matrix): aᵢᵢ is
/// positive, or it is zero with all of its row, and bᵢ too.
fn may_have_least_value<R: Real, A: RowOperator<R>>(a: &A, b: &A::Range, row: usize) -> bool {
    let diagonal = a.diagonal(row);
    let mut is_zero = diagonal == R::ZERO && b.as_slice().get(row) == Some(&R::ZERO);
    if is_zero {
        a.visit_row(row, |_, value| is_zero &= value == R::ZERO);
    }
    diagonal > R::ZERO || is_zero
}

/// Compares A v with Aᵀ v for one v without structure: entries that differ by more than rounding
/// give themselves away, whatever the sparsity.
fn check_symmetry<R: Real, A: RowOperator<R>>(a: &A) -> Result<(), FitError> {
    let (mut probe, mut rows) = (a.zero_domain(), a.zero_range());
    let mut columns = a.zero_domain();
    let mut seed = 0x2545_f491_u32;
    for v in probe.as_mut_slice() {
        // A linear congruence: 1 … 2, no two alike, the same on every machine.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *v = R::ONE + R::from_u32(seed >> 8) * R::from_f64(1.0 / 16_777_216.0);
    }
    a.apply(&probe, &mut rows);
    let mut range = a.zero_range();
    for (slot, v) in range.as_mut_slice().iter_mut().zip(probe.as_slice()) {
        *slot = *v;
    }
    a.apply_adjoint(&range, &mut columns);
    let mut worst = (R::ZERO, 0);
    let pairs = rows.as_slice().iter().zip(columns.as_slice());
    for (row, (by_row, by_column)) in pairs.enumerate() {
        let difference = (*by_row - *by_column).abs();
        if difference > worst.0 {
            worst = (difference, row);
        }
    }
    // Both sums round once for each entry of a row; no entry is larger than the largest of all.
    let mut largest = R::ZERO;
    let mut longest = 0;
    for row in 0..a.rows() {
        let mut entries = 0;
        a.visit_row(row, |_, value| {
            largest = largest.max(value.abs());
            entries += 1;
        });
        longest = longest.max(entries);
    }
    let allowed = largest * R::EPSILON * R::from_f64(8.0) * R::from_u32(longest);
    if worst.0 > allowed { Err(FitError::NotSymmetric { row: worst.1 }) } else { Ok(()) }
}

impl<R: Real, A: RowOperator<R>> DataFit for Quadratic<'_, R, A> {
    type Real = R;
    type Point = Point<A::Domain, A::Range>;
    const QUADRATIC: bool = true;

    fn unknowns(&self) -> usize {
        self.a.rows()
    }

    #[inline]
    fn x<'p>(&self, point: &'p Self::Point) -> &'p [R] {
        point.x.as_slice()
    }

    /// ½ xᵀ(g − b), since A x = g + b, and the constant.
    fn value(&self, point: &Self::Point) -> R {
        let (x, g, b) = (point.x.as_slice(), point.kept.as_slice(), self.b.as_slice());
        let scale = max_abs(x).unit_scale();
        let sum = sum_of(x.len(), |i| match (x.get(i), g.get(i), b.get(i)) {
            (Some(x), Some(g), Some(b)) => (*x * scale) * (*g - *b),
            _ => R::ZERO,
        });
        R::from_f64(0.5) * sum / scale + self.constant
    }

    #[inline]
    fn partial(&self, point: &Self::Point, j: usize) -> R {
        point.kept.as_slice().get(j).copied().unwrap_or(R::ZERO)
    }

    #[inline]
    fn shift(&self, point: &mut Self::Point, j: usize, delta: R) {
        let moved = point.moved(j, delta);
        if moved != R::ZERO {
            let gradient = point.kept.as_mut_slice();
            self.a.visit_row(j, |i, value| {
                if let Some(g) = gradient.get_mut(i) {
                    *g += value * moved;
                }
            });
        }
    }

    // As given, but with the shift in place.
    #[inline(always)]
    fn sweep<'b>(
        &self,
        point: &mut Self::Point,
        block: &'b [usize],
        mut change: impl FnMut(usize, R, R, R) -> Change<R>,
    ) -> &'b [usize] {
        let mut rest = block.iter();
        loop {
            let here = rest.as_slice();
            let Some(j) = rest.next() else { return here };
            let Some(x) = point.x.as_slice().get(*j).copied() else { return here };
            let delta = match change(*j, x, self.lipschitz(*j), self.partial(point, *j)) {
                Change::Stay => continue,
                Change::Shift(delta) => delta,
                Change::Leave => return here,
            };
            let moved = point.moved(*j, delta);
            if moved != R::ZERO {
                let gradient = point.kept.as_mut_slice();
                self.a.visit_row(*j, |i, value| {
                    if let Some(g) = gradient.get_mut(i) {
                        *g += value * moved;
                    }
                });
            }
        }
    }

    fn bound(&self, i: usize, j: usize) -> R {
        let mut found = R::ZERO;
        self.a.visit_row(i, |column, value| {
            if column == j {
                found = value;
            }
        });
        found
    }

    fn bound_sum(&self, i: usize) -> R {
        let (mut sum, mut terms) = (Accumulator::default(), 0);
        self.a.visit_row(i, |_, value| {
            sum.add(terms, value.abs());
            terms += 1;
        });
        sum.total()
    }

    #[inline]
    fn lipschitz(&self, j: usize) -> R {
        self.a.diagonal(j)
    }

    fn gradient_scale(&self) -> R {
        max_abs(self.b.as_slice())
    }

    // Seldom called, from several places: one copy is enough.
    #[inline(never)]
    fn refresh(&self, point: &mut Self::Point) {
        self.a.apply(&point.x, &mut point.kept);
        for (g, b) in point.kept.as_mut_slice().iter_mut().zip(self.b.as_slice()) {
            *g -= *b;
        }
    }

    fn restore(&self, point: &mut Self::Point) {
        point.restore_x();
        self.refresh(point);
    }
}
