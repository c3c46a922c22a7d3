//! [`Estimated`]: gradient steps that find out how long they may be.

use super::Update;
use super::constant::proximal_target;
use super::held::Held;
use crate::bcd::row_sum_lipschitz;
use crate::bcd::rule::{Chosen, RuleError};
use crate::fit::DataFit;
use crate::{Buffer, Penalty, Real, Scalar};

/// Doublings at most in one step; the row sums end them earlier.
const DOUBLINGS: u32 = 64;

/// x_b ← prox(x_b − ∇_b f / L̂) with L̂ the largest of the estimates kept for the block's
/// coordinates, doubled until f(x⁺) ≤ f(x) + ∇_b fᵀΔ + ½ L̂ ‖Δ‖² (without a penalty: until
/// f(x⁺) ≤ f(x) − ‖∇_b f‖²/(2 L̂)), and then kept for all of them.
///
/// An estimate never grows beyond the block's largest row sum, with which the test is bound to hold.
/// As published it is never lowered either; [`lowering`](Self::lowering) begins each step with a
/// part of it, which follows f where it is less curved, at about one more trial in every few steps.
/// On a quadratic the test needs no value of f.
///
/// Decrease: at least ‖∇_b f‖²/(2 L̂) without a penalty. Storage: N + 3τ numbers, here and in the
/// state. Cost: τ derivatives and shifts for each trial; elsewhere than on a quadratic a value of f.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Estimated};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::L1, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let guesses = SVector::<f32, 3>::repeat(1.0);
/// let update = Estimated::new(guesses, SVector::<f32, 2>::zeros())?;
/// let descent = Descent::new(fit, L1::new(1.0)?, Cyclic::new(blocks), update);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (estimated constants; "LA"); Nesterov 2013 (lowering).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimated<R, E, V> {
    estimates: E,
    target: V,
    lowering: R,
}

/// The estimates, and room for one block.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EstimatedState<R, E, V> {
    estimates: E,
    target: V,
    held: Held<R, V>,
}

impl<R: Real, E: Buffer<R>, V> EstimatedState<R, E, V> {
    /// L̂ⱼ for each coordinate.
    pub fn estimates(&self) -> &[R] {
        self.estimates.as_slice()
    }
}

impl<R: Real, E: Buffer<R>, V> Estimated<R, E, V> {
    /// `estimates` holds N first guesses, such as 1; τ is the length of `target`, and what it holds
    /// does not matter. A block of more coordinates is cut off.
    ///
    /// # Errors
    /// [`RuleError::Curvature`] where a guess is not positive and finite.
    pub fn new(estimates: E, target: V) -> Result<Self, RuleError> {
        if estimates.as_slice().iter().all(|guess| *guess > R::ZERO && guess.is_finite()) {
            Ok(Self { estimates, target, lowering: R::ONE })
        } else {
            Err(RuleError::Curvature)
        }
    }

    /// Begins each step with `part` of the estimate, 0 < `part` ≤ 1.
    ///
    /// # Errors
    /// [`RuleError::Curvature`].
    pub fn lowering(self, part: R) -> Result<Self, RuleError> {
        if part > R::ZERO && part <= R::ONE {
            Ok(Self { lowering: part, ..self })
        } else {
            Err(RuleError::Curvature)
        }
    }
}

impl<F, P, E, V> Update<F, P> for Estimated<F::Real, E, V>
where
    F: DataFit,
    P: Penalty<F::Real>,
    E: Buffer<F::Real>,
    V: Buffer<F::Real>,
{
    type State = EstimatedState<F::Real, E, V>;

    fn start(&self) -> Self::State {
        EstimatedState {
            estimates: self.estimates.clone(),
            target: self.target.clone(),
            held: Held::new(self.target.clone()),
        }
    }

    fn apply(
        &self,
        fit: &F,
        penalty: &P,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let target = state.target.as_mut_slice();
        let block = chosen.first(target.len()).coordinates;
        let Some(target) = target.get_mut(..block.len()) else { return };
        let estimates = state.estimates.as_mut_slice();
        let kept = block.iter().filter_map(|j| estimates.get(*j).copied());
        let mut estimate = kept.fold(F::Real::ZERO, |most, kept| most.max(kept)) * self.lowering;
        state.held.hold(fit, point, block);
        let mut sure = None;
        for _ in 0..DOUBLINGS {
            proximal_target((fit, penalty, point), block, estimate, target);
            state.held.place((fit, penalty, &mut *point), block, |k, x, _| {
                target.get(k).copied().unwrap_or(x)
            });
            let step = state.held.squared_step(fit, point, block);
            let allowed = F::Real::from_f64(0.5) * estimate * step;
            let beyond = state.held.beyond(fit, point, block);
            if beyond <= allowed || sure.is_some_and(|sure| estimate >= sure) {
                break;
            }
            let sure = *sure.get_or_insert_with(|| row_sum_lipschitz(fit, block));
            state.held.place((fit, penalty, &mut *point), block, |_, x, _| x);
            // NaN stays, and no shift is made.
            estimate = (estimate + estimate).min(sure);
        }
        for j in block {
            if let Some(slot) = estimates.get_mut(*j) {
                *slot = estimate.finite_or(*slot);
            }
        }
    }
}
