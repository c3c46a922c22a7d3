//! [`LeastSquares`]: ½‖y − A x‖², with the residual kept.

use super::{Change, DataFit, FitError, Point, check, pair_sum, sweep};
use crate::sum::{dot, max_abs};
use crate::system::first_non_finite;
use crate::{Buffer, ColumnOperator, Real};

/// f(x) = ½‖y − A x‖² with r = y − A x kept up to date.
///
/// Shapes: A is M × N, y has M entries, x has N; \[A\]\[x\] = \[y\]. Storage: N + 1 numbers here (the
/// squared norms of the columns), M + N in a [`Point`]. Cost: ∇ⱼf = −aⱼᵀr and a shift read one
/// column each; making it reads A twice.
///
/// ```
/// use solvekit::{SMatrix, SVector, fit::{DataFit, LeastSquares}};
/// let design = SMatrix::<f32, 3, 2>::from([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]); // columns
/// let response = SVector::from([1.0, 3.0, 5.0]);
/// let fit = LeastSquares::new(&design, &response)?;
/// let mut point = fit.start();
/// fit.shift(&mut point, 0, 1.0);
/// fit.shift(&mut point, 1, 2.0);
/// assert_eq!(fit.value(&point), 0.0);
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeastSquares<'a, R: Real, A: ColumnOperator<R>> {
    design: &'a A,
    response: &'a A::Range,
    squared_norms: A::Domain,
    largest_correlation: R,
}

impl<'a, R: Real, A: ColumnOperator<R>> LeastSquares<'a, R, A> {
    /// Checks the data once.
    ///
    /// # Errors
    /// [`FitError`]: `Empty`, `Length`, `NonFiniteEntry`, `NonFiniteResponse`, `HugeResponse`,
    /// `HugeColumn`.
    pub fn new(design: &'a A, response: &'a A::Range) -> Result<Self, FitError> {
        let y = response.as_slice();
        check::design(design, y.len())?;
        if let Some(row) = first_non_finite(y) {
            return Err(FitError::NonFiniteResponse { row });
        }
        if !dot(y, y).is_finite() {
            return Err(FitError::HugeResponse);
        }
        let squared_norms = check::squared_norms(design)?;
        let correlations = (0..design.columns()).map(|j| design.column_dot(j, response).abs());
        let largest_correlation = correlations.fold(R::ZERO, |worst, c| worst.max(c));
        Ok(Self { design, response, squared_norms, largest_correlation })
    }

    /// x = 0.
    pub fn start(&self) -> Point<A::Domain, A::Range> {
        Point::new(self.design.zero_domain(), self.response.clone())
    }

    /// A given x.
    ///
    /// # Errors
    /// [`FitError::Length`], [`FitError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<Point<A::Domain, A::Range>, FitError> {
        let x = check::start(self.design.columns(), x)?;
        let mut point = Point::new(x, self.response.clone());
        self.refresh(&mut point);
        Ok(point)
    }

    /// A.
    pub const fn design(&self) -> &'a A {
        self.design
    }

    /// y.
    pub const fn response(&self) -> &'a A::Range {
        self.response
    }

    /// ‖Aᵀy‖_∞, the weight from which an L1 penalty leaves nothing but x = 0.
    pub const fn largest_correlation(&self) -> R {
        self.largest_correlation
    }
}

impl<R: Real, A: ColumnOperator<R>> DataFit for LeastSquares<'_, R, A> {
    type Real = R;
    type Point = Point<A::Domain, A::Range>;
    const QUADRATIC: bool = true;

    fn unknowns(&self) -> usize {
        self.design.columns()
    }

    #[inline]
    fn x<'p>(&self, point: &'p Self::Point) -> &'p [R] {
        point.x.as_slice()
    }

    fn value(&self, point: &Self::Point) -> R {
        let r = point.kept.as_slice();
        // Scaled, so that tiny residuals are not squared to nothing.
        let scale = max_abs(r).unit_scale();
        let squares = crate::sum::sum_of(r.len(), |i| {
            r.get(i).map_or(R::ZERO, |r| crate::sum::square(*r * scale))
        });
        R::from_f64(0.5) * (squares / scale) / scale
    }

    #[inline]
    fn partial(&self, point: &Self::Point, j: usize) -> R {
        -self.design.column_dot(j, &point.kept)
    }

    #[inline(always)]
    fn shift(&self, point: &mut Self::Point, j: usize, delta: R) {
        let moved = point.moved(j, delta);
        if moved != R::ZERO {
            self.design.add_column(j, -moved, &mut point.kept);
        }
    }

    // As given, but with the column's product in place, so that the residual stays in registers.
    #[inline(always)]
    fn sweep<'b>(
        &self,
        point: &mut Self::Point,
        block: &'b [usize],
        change: impl FnMut(usize, R, R, R) -> Change<R>,
    ) -> &'b [usize] {
        let partial = |point: &Self::Point, j| -self.design.column_dot(j, &point.kept);
        sweep::over((self, point), block, partial, change)
    }

    // A whole column product: a call costs little, copies of it at every use much flash.
    #[inline(never)]
    fn bound(&self, i: usize, j: usize) -> R {
        self.design.column_pair(i, j, |_| R::ONE)
    }

    fn bound_sum(&self, i: usize) -> R {
        pair_sum(self.design, i)
    }

    #[inline]
    fn lipschitz(&self, j: usize) -> R {
        self.squared_norms.as_slice().get(j).copied().unwrap_or(R::ZERO)
    }

    fn gradient_scale(&self) -> R {
        self.largest_correlation
    }

    // Seldom called, from several places: one copy is enough.
    #[inline(never)]
    fn refresh(&self, point: &mut Self::Point) {
        self.design.apply(&point.x, &mut point.kept);
        for (r, y) in point.kept.as_mut_slice().iter_mut().zip(self.response.as_slice()) {
            *r = *y - *r;
        }
    }

    fn restore(&self, point: &mut Self::Point) {
        point.restore_x();
        self.refresh(point);
    }
}
