//! [`Newton`] and [`Exact`]: the block's own second derivatives, with a line search.

use super::Update;
use super::held::Held;
use super::search::Backtrack;
use crate::bcd::rule::Chosen;
use crate::direct::{factor_in_place, packed, pairs, solve_in_place};
use crate::fit::DataFit;
use crate::penalty::Unpenalized;
use crate::sum::{dot, max_abs};
use crate::{Buffer, Real, Scalar};

/// What a line search asks of f: 10⁻¹⁰ of what the slope promises.
const ARMIJO: f64 = 1e-10;

/// Trials of a line search.
const TRIALS: u32 = 30;

/// x_b ← x_b + α d, d = −(∇²_bb f)⁻¹ ∇_b f. The line search begins with α = 1 and backtracks by
/// quadratic, then cubic interpolation until f(x + α d) ≤ f(x) + 10⁻¹⁰ α ∇_b fᵀ d.
///
/// On a quadratic this is [`Matrix`](super::Matrix), without any search. A block that is singular to
/// rounding is regularised as there and [`NewtonState::added`] keeps the largest amount; a negative
/// curvature is a breakdown. Where no trial is accepted the block takes a gradient step that needs
/// none, with its largest row sum. Values of f are compared only while they differ by more than
/// rounding; then the gradients at both ends decide.
///
/// Storage: 3τ + τ(τ + 1)/2 numbers, here and in the state. Cost: τ²/2 second derivatives, τ³/6
/// multiplications, and a value of f for each trial.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Newton};
/// use solvekit::{SMatrix, SVector, Stop, direct::packed, fit::Logistic, penalty::Unpenalized, solve};
/// let design = SMatrix::<f32, 4, 2>::from([[1.0, 2.0, 3.0, 4.0], [1.0; 4]]);
/// let labels = SVector::from([-1.0, 1.0, -1.0, 1.0]);
/// let fit = Logistic::new(&design, &labels)?;
/// let triangle = SVector::<f32, { packed(2) }>::zeros();
/// let newton = Newton::new(SVector::<f32, 2>::zeros(), triangle);
/// let rule = Cyclic::new(Partition::consecutive([0; 2], 2)?);
/// let descent = Descent::new(fit, Unpenalized, rule, newton);
/// let mut state = descent.start_from(descent.fit().start());
/// let report = solve(&descent, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.iterations <= 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (Newton updates with a line search); Nocedal and Wright 2006,
/// §3.5 (interpolation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Newton<V, M> {
    direction: V,
    factor: M,
}

/// Room for one block, and what was met.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NewtonState<R, V, M> {
    direction: V,
    held: Held<R, V>,
    factor: M,
    added: R,
    curvature: Option<R>,
}

impl<R: Real, V, M> NewtonState<R, V, M> {
    /// The largest amount that was added to a diagonal entry so far, relative to that entry.
    pub const fn added(&self) -> R {
        self.added
    }

    /// The negative pivot at which the method broke down.
    pub const fn curvature(&self) -> Option<R> {
        self.curvature
    }
}

impl<V, M> Newton<V, M> {
    /// τ is the length of `direction`; `factor` needs [`packed`]`(τ)` numbers. What they hold does
    /// not matter. A block of more coordinates is cut off.
    pub const fn new(direction: V, factor: M) -> Self {
        Self { direction, factor }
    }

    fn fresh<R: Real>(&self) -> NewtonState<R, V, M>
    where
        V: Buffer<R>,
        M: Buffer<R>,
    {
        NewtonState {
            direction: self.direction.clone(),
            held: Held::new(self.direction.clone()),
            factor: self.factor.clone(),
            added: R::ZERO,
            curvature: None,
        }
    }

    fn refresh<R: Real>(&self, state: &mut NewtonState<R, V, M>)
    where
        V: Buffer<R>,
        M: Buffer<R>,
    {
        state.direction.clone_from(&self.direction);
        state.held.restart(&self.direction);
        state.factor.clone_from(&self.factor);
        (state.added, state.curvature) = (R::ZERO, None);
    }
}

impl<R: Real, V: Buffer<R>, M: Buffer<R>> NewtonState<R, V, M> {
    /// One step; was there anything to do?
    fn step<F: DataFit<Real = R>>(
        &mut self,
        fit: &F,
        point: &mut F::Point,
        block: &[usize],
    ) -> bool {
        let (Some(direction), Some(factor)) = (
            self.direction.as_mut_slice().get_mut(..block.len()),
            self.factor.as_mut_slice().get_mut(..packed(block.len())),
        ) else {
            return false;
        };
        self.held.hold(fit, point, block);
        for (slot, gradient) in direction.iter_mut().zip(self.held.gradient()) {
            *slot = -*gradient;
        }
        for (slot, (i, j)) in factor.iter_mut().zip(pairs(block)) {
            *slot = fit.second(point, i, j);
        }
        match factor_in_place(factor, block.len()) {
            Ok(added) => self.added = self.added.max(added),
            Err(curvature) => {
                self.curvature = Some(curvature);
                return false;
            }
        }
        solve_in_place(factor, direction);
        let slope = dot(direction, self.held.gradient());
        if F::QUADRATIC {
            fit.shift_block(point, block, direction);
            return slope < R::ZERO;
        }
        // Also where it is NaN.
        if slope.partial_cmp(&R::ZERO).is_none_or(core::cmp::Ordering::is_ge) {
            return false;
        }
        let mut search = Backtrack::new(slope);
        for _ in 0..TRIALS {
            let length = search.length();
            self.held.place((fit, &Unpenalized, &mut *point), block, |k, x, _| {
                x + length * direction.get(k).copied().unwrap_or(R::ZERO)
            });
            let change = self.held.change(fit, point, block);
            if change <= R::from_f64(ARMIJO) * length * slope {
                return true;
            }
            search.refuse(change);
        }
        self.held.sure_step((fit, &Unpenalized, point), block);
        true
    }
}

impl<F, V, M> Update<F, Unpenalized> for Newton<V, M>
where
    F: DataFit,
    V: Buffer<F::Real>,
    M: Buffer<F::Real>,
{
    type State = NewtonState<F::Real, V, M>;

    fn start(&self) -> Self::State {
        self.fresh()
    }

    fn restart(&self, state: &mut Self::State) {
        self.refresh(state);
    }

    fn apply(
        &self,
        fit: &F,
        _: &Unpenalized,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let block = chosen.first(state.direction.as_mut_slice().len()).coordinates;
        state.step(fit, point, block);
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.curvature.is_some()
    }
}

/// Minimises f over the block: [`Newton`] steps until ‖∇_b f‖_∞ has come down to `accuracy` times
/// what it was, or `steps` of them. On a quadratic it is one step, that of [`Matrix`](super::Matrix).
///
/// Storage and cost of a step: [`Newton`]'s.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::{Exact, Newton}};
/// use solvekit::{SMatrix, SVector, Stop, direct::packed, fit::Logistic, penalty::Unpenalized, solve};
/// let design = SMatrix::<f32, 4, 2>::from([[1.0, 2.0, 3.0, 4.0], [1.0; 4]]);
/// let labels = SVector::from([-1.0, 1.0, -1.0, 1.0]);
/// let fit = Logistic::new(&design, &labels)?;
/// let triangle = SVector::<f32, { packed(2) }>::zeros();
/// let newton = Newton::new(SVector::<f32, 2>::zeros(), triangle);
/// let exact = Exact::new(newton, 1e-4, 10);
/// let rule = Cyclic::new(Partition::consecutive([0; 2], 2)?);
/// let descent = Descent::new(fit, Unpenalized, rule, exact);
/// let mut state = descent.start_from(descent.fit().start());
/// let report = solve(&descent, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.iterations <= 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (exact updates).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exact<R, V, M> {
    newton: Newton<V, M>,
    accuracy: R,
    steps: u32,
}

impl<R, V, M> Exact<R, V, M> {
    /// `accuracy` below 1, such as 10⁻³ far from the end and the precision for the block's minimum;
    /// `steps` at most for each block.
    pub const fn new(newton: Newton<V, M>, accuracy: R, steps: u32) -> Self {
        Self { newton, accuracy, steps }
    }
}

impl<F, V, M> Update<F, Unpenalized> for Exact<F::Real, V, M>
where
    F: DataFit,
    V: Buffer<F::Real>,
    M: Buffer<F::Real>,
{
    type State = NewtonState<F::Real, V, M>;

    fn start(&self) -> Self::State {
        self.newton.fresh()
    }

    fn restart(&self, state: &mut Self::State) {
        self.newton.refresh(state);
    }

    fn apply(
        &self,
        fit: &F,
        _: &Unpenalized,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let block = chosen.first(state.direction.as_mut_slice().len()).coordinates;
        let mut target = None;
        for _ in 0..self.steps {
            let moved = state.step(fit, point, block);
            if !moved || F::QUADRATIC {
                return;
            }
            let before = state.held.gradient().get(..block.len()).unwrap_or(&[]);
            let target = *target.get_or_insert(max_abs(before) * self.accuracy);
            let partials = block.iter().map(|j| fit.partial(point, *j).abs());
            if partials.fold(F::Real::ZERO, |most, partial| most.max(partial)) <= target {
                return;
            }
        }
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.curvature.is_some()
    }
}
