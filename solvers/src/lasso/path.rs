//! [`Path`]: one λ after the other, each from where the one before ended.

use super::{Lasso, LassoError};
use crate::{Buffer, ColumnOperator, Iteration, Real, Report, Run, Stop};

/// A problem with one weight λ, whose answer is zero from some λ on.
pub trait Weighted: Iteration {
    /// λ_max, from which on zero is the answer; infinite where there is none.
    fn largest_lambda(&self) -> Self::Real;

    /// Another λ for the same data, at no cost; a state goes on from where it is.
    ///
    /// # Errors
    /// [`LassoError::Lambda`] where it is negative, NaN or infinite; the λ before stays.
    fn weigh(&mut self, lambda: Self::Real) -> Result<(), LassoError>;
}

impl<R: Real, A: ColumnOperator<R>, G, I> Weighted for Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
{
    fn largest_lambda(&self) -> R {
        Lasso::largest_lambda(self)
    }

    fn weigh(&mut self, lambda: R) -> Result<(), LassoError> {
        self.set_lambda(lambda)
    }
}

/// K values of λ in equal ratios, λₖ = λ_max (λ_min / λ_max)^(k / (K − 1)), the largest first, and how
/// far a run over them is.
///
/// Each λ starts from the solution of the one before, in the same state: at λ_max the answer is zero,
/// and the next one is near whatever came last, so that a whole path costs little more than its last
/// λ alone. Every λ has a [`Report`] with its own certificate. A path is plain data, as a
/// [`Run`] is: with the state it is a checkpoint; slicing does not change a bit; whoever has seen
/// enough stops asking. Storage: 26 words for `f32`, nothing that grows with the problem. Cost: that
/// of the runs, and two logarithms and an exponential for each call.
///
/// ```
/// use solvekit::lasso::{Lasso, Path, Workspace, indices, numbers};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros};
/// let design = SMatrix::<f32, 3, 2>::from([[1.0, -1.0, 1.0], [1.0, 1.0, 1.0]]);
/// let response = SVector::from([2.0, 2.5, 2.0]);
/// let mut lasso = Lasso::new(&design, &response, 0.0)?;
/// let memory = Workspace::new(2, zeros::<f32, { numbers(2) }, 1>(), [0; indices(2, 2)]);
/// let mut state = lasso.start(memory)?;
/// // λ_max, λ_max / 10, λ_max / 100.
/// let mut path = Path::new(&lasso, 0.01, 3, Stop::relative(1e-5)?)?;
/// while let Some(point) = path.next(&mut lasso, &mut state) {
///     assert!(point.report.converged());
///     if state.x().iter().all(|x| *x != 0.0) {
///         assert_eq!(point.place, 2); // both columns are in: enough
///         break;
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Friedman, Hastie and Tibshirani, *Regularization Paths for Generalized Linear Models via
/// Coordinate Descent*, J. Statistical Software 33(1), 2010, §2.5.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Path<R> {
    largest: R,
    smallest: R,
    count: u32,
    /// Which λ is being solved.
    place: u32,
    stop: Stop<R>,
    run: Run<R>,
}

/// One λ of a [`Path`], and how its run stands.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use = "a report may say that the run did not converge"]
pub struct PathPoint<R> {
    /// k, from 0.
    pub place: u32,
    /// λₖ.
    pub lambda: R,
    /// Of this λ alone.
    pub report: Report<R>,
}

impl<R: Real> Path<R> {
    /// `count` values from λ_max down to `ratio` · λ_max; `stop` is for each of them.
    ///
    /// # Errors
    /// [`LassoError`]: `LargestLambda`, `Ratio`, `Count`.
    pub fn new<P: Weighted<Real = R>>(
        problem: &P,
        ratio: R,
        count: u32,
        stop: Stop<R>,
    ) -> Result<Self, LassoError> {
        Self::down_to(problem, ratio * problem.largest_lambda(), count, stop)
    }

    /// `count` values from λ_max down to a given one.
    ///
    /// # Errors
    /// [`LassoError`]: `LargestLambda`, `Ratio`, `Count`.
    pub fn down_to<P: Weighted<Real = R>>(
        problem: &P,
        smallest: R,
        count: u32,
        stop: Stop<R>,
    ) -> Result<Self, LassoError> {
        let largest = problem.largest_lambda();
        if !(largest > R::ZERO && largest.is_finite()) {
            return Err(LassoError::LargestLambda);
        }
        if !(smallest > R::ZERO && smallest < largest) {
            return Err(LassoError::Ratio);
        }
        if count < 2 {
            return Err(LassoError::Count);
        }
        Ok(Self { largest, smallest, count, place: 0, stop, run: Run::new(stop) })
    }

    /// K.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// λₖ, exact at both ends; none from K on.
    pub fn lambda(&self, place: u32) -> Option<R> {
        if place >= self.count {
            None
        } else if place == 0 {
            Some(self.largest)
        } else if place + 1 == self.count {
            Some(self.smallest)
        } else {
            let part = R::from_u32(place) / R::from_u32(self.count - 1);
            // In two halves: the ratio of both ends may be below the smallest number.
            let distance = self.smallest.ln() - self.largest.ln();
            let half = (R::from_f64(0.5) * part * distance).exp();
            let lambda = self.largest * half * half;
            Some(lambda.max(self.smallest).min(self.largest))
        }
    }

    /// At most `budget` more steps, all of them on one λ: while its report says
    /// [`Running`](crate::Status::Running) the next call goes on with it, after any final status with
    /// the λ after it, whatever that status was. Nothing once all have been visited.
    pub fn advance<P: Weighted<Real = R>>(
        &mut self,
        problem: &mut P,
        state: &mut P::State,
        budget: u32,
    ) -> Option<PathPoint<R>> {
        if self.run.report(P::CERTIFICATE).status.is_final() {
            self.place = self.place.saturating_add(1);
            self.run = Run::new(self.stop);
        }
        let lambda = self.lambda(self.place)?;
        problem.weigh(lambda).ok()?;
        let report = self.run.advance(problem, state, budget);
        Some(PathPoint { place: self.place, lambda, report })
    }

    /// Solves for the next λ, or to the end for the present one.
    pub fn next<P: Weighted<Real = R>>(
        &mut self,
        problem: &mut P,
        state: &mut P::State,
    ) -> Option<PathPoint<R>> {
        self.advance(problem, state, u32::MAX)
    }
}
