//! [`Descent`]: the iteration that a rule and an update make.

use super::rule::Rule;
use super::update::Update;
use crate::fit::DataFit;
use crate::{Certificate, Iteration, Penalty};

/// Block coordinate descent on f(x) + g(x): a step picks one block by `rule` and changes it by
/// `update`.
///
/// Storage: the fit's point, and what rule and update keep, in a [`DescentState`]. Cost of a step:
/// those of the rule and the update; see them. The certificate (the largest distance of −∇f from
/// ∂g) costs N partial derivatives, so check it about once a pass ([`Stop`](crate::Stop)); what the
/// fit keeps beside x is computed anew before anything final is reported.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::LeastSquares, penalty::L1, solve};
/// // A lasso: three measurements, two candidates, of which the second explains them.
/// let design = SMatrix::<f32, 3, 2>::from([[1.0, -1.0, 1.0], [1.0, 1.0, 1.0]]);
/// let response = SVector::from([2.0, 2.0, 2.0]);
/// let fit = LeastSquares::new(&design, &response)?;
/// let rule = Cyclic::new(Partition::consecutive([0; 2], 2)?);
/// let lasso = Descent::new(fit, L1::new(3.0)?, rule, Coordinate);
/// let mut state = lasso.start_from(lasso.fit().start());
/// let report = solve(&lasso, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged());
/// assert_eq!(state.point.x, SVector::from([0.0, 1.0]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Descent<F, P, S, U> {
    fit: F,
    penalty: P,
    rule: S,
    update: U,
}

/// x with what is kept beside it, and what the rule and the update remember.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DescentState<P, S, U> {
    /// Where the descent is; `point.x` for most fits.
    pub point: P,
    /// The rule's memory.
    pub rule: S,
    /// The update's memory.
    pub update: U,
}

impl<F, P, S, U> Descent<F, P, S, U>
where
    F: DataFit,
    P: Penalty<F::Real>,
    S: Rule<F, P>,
    U: Update<F, P>,
{
    /// Puts the parts together; each has been checked by its own constructor.
    pub const fn new(fit: F, penalty: P, rule: S, update: U) -> Self {
        Self { fit, penalty, rule, update }
    }

    /// A state at a point that the fit has made.
    pub fn start_from(&self, point: F::Point) -> DescentState<F::Point, S::State, U::State> {
        DescentState { point, rule: self.rule.start(), update: self.update.start() }
    }

    /// The fit.
    pub const fn fit(&self) -> &F {
        &self.fit
    }

    /// The penalty.
    pub const fn penalty(&self) -> &P {
        &self.penalty
    }

    /// The rule.
    pub const fn rule(&self) -> &S {
        &self.rule
    }

    /// f(x) + g(x).
    pub fn objective(&self, point: &F::Point) -> F::Real {
        self.fit.value(point) + self.penalty.total(self.fit.x(point))
    }

    // One copy for the looks and the certificate.
    #[inline(never)]
    fn stationarity(&self, point: &F::Point) -> F::Real {
        self.penalty.stationarity(self.fit.x(point), |j| self.fit.partial(point, j))
    }
}

impl<F, P, S, U> Iteration for Descent<F, P, S, U>
where
    F: DataFit,
    P: Penalty<F::Real>,
    S: Rule<F, P>,
    U: Update<F, P>,
{
    type Real = F::Real;
    type State = DescentState<F::Point, S::State, U::State>;
    const CERTIFICATE: Certificate = Certificate::Stationarity;

    #[inline]
    fn step(&self, state: &mut Self::State) {
        let DescentState { point, rule, update } = state;
        let block = self.rule.select(&self.fit, &self.penalty, point, rule);
        self.update.apply(&self.fit, &self.penalty, point, block, update);
    }

    fn residual(&self, state: &mut Self::State) -> F::Real {
        self.stationarity(&state.point)
    }

    fn certify(&self, state: &mut Self::State) -> Option<F::Real> {
        self.fit.refresh(&mut state.point);
        Some(self.stationarity(&state.point))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        self.update.breakdown(&state.update)
    }

    /// ‖∇f(0)‖_∞, whatever the start.
    fn reference(&self) -> F::Real {
        self.fit.gradient_scale()
    }

    fn restore(&self, state: &mut Self::State) {
        self.fit.restore(&mut state.point);
        self.rule.restart(&mut state.rule);
        self.update.restart(&mut state.update);
    }
}
