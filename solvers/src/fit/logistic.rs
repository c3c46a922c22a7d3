//! [`Logistic`]: Σ ln(1 + exp(−yᵢ aᵢᵀx)), with scores and slopes kept.

use super::scores::{ln_1p, rounding};
use super::{DataFit, FitError, Point, Scores, check, pair_sum};
use crate::sum::sum_of;
use crate::{Buffer, ColumnOperator, Real};

/// f(x) = Σᵢ ln(1 + exp(−mᵢ)) with the margins mᵢ = yᵢ aᵢᵀx and labels yᵢ of −1 or +1 (two classes;
/// aᵢ is row i of A). An intercept is a column of ones.
///
/// Kept up to date: A x, and the slopes sᵢ = −yᵢ / (1 + exp(mᵢ)). ∂f/∂xⱼ = aⱼᵀs;
/// ∂²f/∂xⱼ∂xₖ = Σᵢ aᵢⱼ aᵢₖ |sᵢ|(1 − |sᵢ|), which is at most ¼: H = ¼ AᵀA. Losses and slopes keep their
/// relative accuracy at any margin; the weight of a row rounds to zero where its margin is below
/// ln ε (−16 in f32, −36 in f64), so that a Newton step from far away needs the bound H.
///
/// Shapes: A is M × N, y has M entries, x has N. Storage: N + 1 numbers here, 2M + N in a [`Point`].
/// Cost: a partial derivative reads one column; a shift reads it twice and takes an exponential for
/// each of its rows; a block's shift takes each row's exponential once.
///
/// # Separable data
/// Where some x has every margin positive, f has no least value: f(c·x) falls to 0 as c grows. A
/// run then ends truthfully, but not at a minimum that exists: ever larger x until the gradient is
/// small enough (`Converged`, for the tolerance that was asked) or the steps are used up
/// (`IterationLimit`). [`separates`](Self::separates) tells: it is a proof that the data is
/// separable, and cheap enough to be asked after every run. (Data that can only be separated with
/// some margins exactly zero has no minimum either and is not found out.) Any weight on ‖x‖ makes the
/// minimum exist.
///
/// ```
/// use solvekit::{SMatrix, SVector, fit::{DataFit, Logistic}};
/// // Passed (+1) or not (−1), by hours of study; the second column is the intercept.
/// let hours = [1.0, 2.0, 3.0, 4.0];
/// let design = SMatrix::<f32, 4, 2>::from([hours, [1.0; 4]]);
/// let labels = SVector::from([-1.0, 1.0, -1.0, 1.0]);
/// let fit = Logistic::new(&design, &labels)?;
/// let mut point = fit.start();
/// assert_eq!(fit.partial(&point, 0), -1.0); // −½ Aᵀy
/// fit.shift(&mut point, 0, 0.25);
/// assert!(fit.value(&point) < 4.0 * 2.0_f32.ln());
/// assert!(!fit.separates(&mut point));
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
///
/// Source: Friedman, Hastie and Tibshirani 2010, §3 (the fit); Böhning and Lindsay 1988 (the bound
/// ¼AᵀA); Albert and Anderson 1984 (separation).
#[derive(Clone, Debug)]
pub struct Logistic<'a, R: Real, A: ColumnOperator<R>> {
    design: &'a A,
    labels: &'a A::Range,
    lipschitz: A::Domain,
    gradient_scale: R,
}

impl<'a, R: Real, A: ColumnOperator<R>> Logistic<'a, R, A> {
    /// Checks the data once.
    ///
    /// # Errors
    /// [`FitError`]: `Empty`, `Length`, `NonFiniteEntry`, `Label`, `HugeColumn`.
    pub fn new(design: &'a A, labels: &'a A::Range) -> Result<Self, FitError> {
        let y = labels.as_slice();
        check::design(design, y.len())?;
        if let Some(row) = y.iter().position(|y| y.abs() != R::ONE) {
            return Err(FitError::Label { row });
        }
        let (mut lipschitz, mut gradient_scale) = (check::squared_norms(design)?, R::ZERO);
        for (column, slot) in lipschitz.as_mut_slice().iter_mut().enumerate() {
            *slot *= R::from_f64(0.25);
            let partial = R::from_f64(0.5) * design.column_dot(column, labels).abs();
            gradient_scale = gradient_scale.max(partial);
        }
        Ok(Self { design, labels, lipschitz, gradient_scale })
    }

    /// x = 0.
    pub fn start(&self) -> Point<A::Domain, Scores<A::Range>> {
        self.at(self.design.zero_domain())
    }

    /// A given x.
    ///
    /// # Errors
    /// [`FitError::Length`], [`FitError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<Point<A::Domain, Scores<A::Range>>, FitError> {
        Ok(self.at(check::start(self.design.columns(), x)?))
    }

    fn at(&self, x: A::Domain) -> Point<A::Domain, Scores<A::Range>> {
        let (scores, slopes) = (self.design.zero_range(), self.design.zero_range());
        let mut point = Point::new(x, Scores::new(scores, slopes));
        self.refresh(&mut point);
        point
    }

    /// A.
    pub const fn design(&self) -> &'a A {
        self.design
    }

    /// y.
    pub const fn labels(&self) -> &'a A::Range {
        self.labels
    }

    /// Does x put every row on its label's side, with a margin that rounding cannot explain? Then
    /// the data is separable and f without a penalty has no minimum: see the type. Refreshes the
    /// point first. Cost: two passes over A.
    pub fn separates(&self, point: &mut Point<A::Domain, Scores<A::Range>>) -> bool {
        self.refresh(point);
        let x = point.x.as_slice();
        let sizes = sum_of(x.len(), |j| {
            let mut largest = R::ZERO;
            self.design.visit_column(j, |_, entry| largest = largest.max(entry.abs()));
            x.get(j).map_or(R::ZERO, |x| largest * x.abs())
        });
        let noise = rounding(x.len(), sizes);
        let margins = self.labels.as_slice().iter().zip(point.kept.scores.as_slice());
        margins.into_iter().all(|(y, score)| *y * *score > noise)
    }
}

/// −y / (1 + exp(y z)): no exponential of a positive number, so none overflows.
#[inline]
fn slope<R: Real>(y: R, score: R) -> R {
    let margin = y * score;
    let q = (-margin.abs()).exp();
    let size = if margin >= R::ZERO { q } else { R::ONE } / (R::ONE + q);
    -(y * size)
}

/// Overwrites the slopes of all rows that `stale` is true of.
fn renew<R: Real, Z: Buffer<R>>(kept: &mut Scores<Z>, labels: &[R], stale: impl Fn(R) -> bool) {
    let scores = kept.scores.as_slice().iter().zip(labels);
    for (s, (score, y)) in kept.slopes.as_mut_slice().iter_mut().zip(scores) {
        if stale(*s) {
            *s = slope(*y, *score);
        }
    }
}

impl<R: Real, A: ColumnOperator<R>> DataFit for Logistic<'_, R, A> {
    type Real = R;
    type Point = Point<A::Domain, Scores<A::Range>>;
    const QUADRATIC: bool = false;

    fn unknowns(&self) -> usize {
        self.design.columns()
    }

    #[inline]
    fn x<'p>(&self, point: &'p Self::Point) -> &'p [R] {
        point.x.as_slice()
    }

    fn value(&self, point: &Self::Point) -> R {
        let (y, scores) = (self.labels.as_slice(), point.kept.scores.as_slice());
        sum_of(y.len(), |i| match (y.get(i), scores.get(i)) {
            (Some(y), Some(score)) => {
                let margin = *y * *score;
                (-margin).max(R::ZERO) + ln_1p((-margin.abs()).exp())
            }
            _ => R::ZERO,
        })
    }

    #[inline]
    fn partial(&self, point: &Self::Point, j: usize) -> R {
        self.design.column_dot(j, &point.kept.slopes)
    }

    fn shift(&self, point: &mut Self::Point, j: usize, delta: R) {
        let moved = point.moved(j, delta);
        if moved == R::ZERO {
            return;
        }
        self.design.add_column(j, moved, &mut point.kept.scores);
        let (scores, slopes) = (point.kept.scores.as_slice(), point.kept.slopes.as_mut_slice());
        let labels = self.labels.as_slice();
        self.design.visit_column(j, |i, _| {
            if let (Some(s), Some(score), Some(y)) =
                (slopes.get_mut(i), scores.get(i), labels.get(i))
            {
                *s = slope(*y, *score);
            }
        });
    }

    /// A row that several columns touch gets its new slope once.
    fn shift_block(&self, point: &mut Self::Point, block: &[usize], deltas: &[R]) {
        for (j, delta) in block.iter().zip(deltas) {
            let moved = point.moved(*j, *delta);
            if moved != R::ZERO {
                self.design.add_column(*j, moved, &mut point.kept.scores);
                let slopes = point.kept.slopes.as_mut_slice();
                self.design.visit_column(*j, |i, _| {
                    if let Some(s) = slopes.get_mut(i) {
                        // No slope is infinite: this one is out of date.
                        *s = R::INFINITY;
                    }
                });
            }
        }
        renew(&mut point.kept, self.labels.as_slice(), |s| s == R::INFINITY);
    }

    // A whole column product: a call costs little, copies of it at every use much flash.
    #[inline(never)]
    fn bound(&self, i: usize, j: usize) -> R {
        R::from_f64(0.25) * self.design.column_pair(i, j, |_| R::ONE)
    }

    fn bound_sum(&self, i: usize) -> R {
        R::from_f64(0.25) * pair_sum(self.design, i)
    }

    #[inline]
    fn lipschitz(&self, j: usize) -> R {
        self.lipschitz.as_slice().get(j).copied().unwrap_or(R::ZERO)
    }

    fn second(&self, point: &Self::Point, i: usize, j: usize) -> R {
        let slopes = point.kept.slopes.as_slice();
        self.design.column_pair(i, j, |row| {
            let size = slopes.get(row).copied().unwrap_or(R::ZERO).abs();
            size * (R::ONE - size)
        })
    }

    /// ½‖Aᵀy‖_∞: from this weight on an L1 penalty leaves nothing but x = 0.
    fn gradient_scale(&self) -> R {
        self.gradient_scale
    }

    // Seldom called, from several places: one copy is enough.
    #[inline(never)]
    fn refresh(&self, point: &mut Self::Point) {
        self.design.apply(&point.x, &mut point.kept.scores);
        renew(&mut point.kept, self.labels.as_slice(), |_| true);
    }

    fn restore(&self, point: &mut Self::Point) {
        point.restore_x();
        self.refresh(point);
    }
}
