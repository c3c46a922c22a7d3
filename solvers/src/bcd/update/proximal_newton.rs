//! [`ProximalNewton`]: the least value of the block's quadratic model with its penalty.

use super::Update;
use super::held::{Held, make_feasible};
use super::model::{Model, Shape};
use crate::bcd::rule::Chosen;
use crate::direct::packed;
use crate::fit::DataFit;
use crate::{Buffer, Real, Scalar, Separable};

/// The part of the promised decrease that a step must bring.
const ARMIJO: f64 = 1e-4;

/// Halvings of a step.
const TRIALS: u32 = 40;

/// Minimises ∇_b fᵀd + ½ dᵀ(∇²_bb f)d + Σ gⱼ(xⱼ + dⱼ) over the block, and goes to x_b + α d, α halved
/// until f + g has come down by 10⁻⁴ of what was promised. On a quadratic f the model is f: the block
/// ends at its exact least value, and nothing is searched.
///
/// The model is solved by passes of coordinate descent, each followed by a solve with the coordinates
/// that are at no kink or bound: once these are the right ones that is exact. A step of it that would
/// cross a bound, or zero where the penalty has its kink, ends there. `passes` at most; then the best
/// so far is taken, which is still a step down.
///
/// Singular blocks are regularised as by [`Newton`](super::Newton); a negative curvature that is not
/// the penalty's own is a breakdown. Where no α is accepted the block takes the proximal gradient step
/// that needs none. Storage: 5τ + τ(τ + 1) numbers, here and in the state. Cost: τ²/2 second
/// derivatives, and τ² + τ³/6 multiplications a pass; few passes are needed.
///
/// ```
/// use solvekit::bcd::{Descent, rule::{Greedy, Proximal}, update::ProximalNewton};
/// use solvekit::{SMatrix, SVector, Stop, direct::packed, fit::Quadratic, penalty::L1, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 0.5]);
/// let rule = Greedy::new(Proximal, [0; 3], SVector::<f32, 3>::zeros());
/// let update = ProximalNewton::new(
///     SVector::<f32, 3>::zeros(),
///     SVector::<f32, { packed(3) }>::zeros(),
///     20,
/// );
/// let descent = Descent::new(Quadratic::new(&a, &b)?, L1::new(1.0)?, rule, update);
/// let mut state = descent.start_from(descent.fit().start());
/// let report = solve(&descent, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.iterations <= 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Lee, Sun and Saunders 2014 (proximal Newton-type methods); Nutini, Laradji and Schmidt
/// 2022 (proximal Newton; "PN").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProximalNewton<V, M> {
    vector: V,
    matrix: M,
    passes: u32,
}

/// Room for one block, and what was met.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProximalNewtonState<R, V, M> {
    held: Held<R, V>,
    /// Where the model is, its gradient there, and room for a direction.
    trial: V,
    slope: V,
    direction: V,
    hessian: M,
    factor: M,
    added: R,
    curvature: Option<R>,
}

impl<R: Real, V, M> ProximalNewtonState<R, V, M> {
    /// The largest amount that was added to a diagonal entry so far, relative to that entry.
    pub const fn added(&self) -> R {
        self.added
    }

    /// The negative pivot at which the method broke down.
    pub const fn curvature(&self) -> Option<R> {
        self.curvature
    }
}

impl<V, M> ProximalNewton<V, M> {
    /// τ is the length of `vector`; `matrix` needs [`packed`]`(τ)` numbers. What they hold does not
    /// matter. A block of more coordinates is cut off.
    pub const fn new(vector: V, matrix: M, passes: u32) -> Self {
        Self { vector, matrix, passes }
    }
}

impl<F, P, V, M> Update<F, P> for ProximalNewton<V, M>
where
    F: DataFit,
    P: Separable<F::Real>,
    V: Buffer<F::Real>,
    M: Buffer<F::Real>,
{
    type State = ProximalNewtonState<F::Real, V, M>;

    fn start(&self) -> Self::State {
        ProximalNewtonState {
            held: Held::new(self.vector.clone()),
            trial: self.vector.clone(),
            slope: self.vector.clone(),
            direction: self.vector.clone(),
            hessian: self.matrix.clone(),
            factor: self.matrix.clone(),
            added: F::Real::ZERO,
            curvature: None,
        }
    }

    fn restart(&self, state: &mut Self::State) {
        state.held.restart(&self.vector);
        for room in [&mut state.trial, &mut state.slope, &mut state.direction] {
            room.clone_from(&self.vector);
        }
        for room in [&mut state.hessian, &mut state.factor] {
            room.clone_from(&self.matrix);
        }
        (state.added, state.curvature) = (F::Real::ZERO, None);
    }

    fn apply(
        &self,
        fit: &F,
        penalty: &P,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let block = chosen.first(state.trial.as_mut_slice().len()).coordinates;
        make_feasible((fit, penalty, point), block);
        state.held.hold(fit, point, block);
        let (count, entries) = (block.len(), packed(block.len()));
        let (Some(x), Some(slope), Some(direction), Some(hessian), Some(factor)) = (
            state.trial.as_mut_slice().get_mut(..count),
            state.slope.as_mut_slice().get_mut(..count),
            state.direction.as_mut_slice().get_mut(..count),
            state.hessian.as_mut_slice().get_mut(..entries),
            state.factor.as_mut_slice().get_mut(..entries),
        ) else {
            return;
        };
        for (slot, held) in x.iter_mut().zip(state.held.x()) {
            *slot = *held;
        }
        for (slot, held) in slope.iter_mut().zip(state.held.gradient()) {
            *slot = *held;
        }
        let mut model = Model { block, penalty, x, slope, direction, hessian, factor };
        model.fill(|i, j| fit.second(point, i, j));
        match model.minimise(self.passes) {
            Shape::Regular(added) => state.added = state.added.max(added),
            Shape::Negative(curvature) => {
                state.curvature = Some(curvature);
                return;
            }
        }
        let trial = &*model.x;
        let step = |k: usize, x: F::Real| trial.get(k).copied().unwrap_or(x) - x;
        if F::QUADRATIC {
            state.held.place((fit, penalty, &mut *point), block, |k, x, _| {
                trial.get(k).copied().unwrap_or(x)
            });
            return;
        }
        // g(x_b + α d) − g(x_b).
        let penalised = |length: F::Real| {
            let terms = block.iter().zip(state.held.x()).enumerate();
            terms.fold(F::Real::ZERO, |sum, (k, (j, x))| {
                let there = penalty.value(*j, *x + length * step(k, *x));
                sum + (there - penalty.value(*j, *x))
            })
        };
        let linear = state.held.x().iter().zip(state.held.gradient()).take(count).enumerate();
        let linear =
            linear.fold(F::Real::ZERO, |sum, (k, (x, gradient))| sum + *gradient * step(k, *x));
        let promised = linear + penalised(F::Real::ONE);
        let mut length = F::Real::ONE;
        for _ in 0..TRIALS {
            state.held.place((fit, penalty, &mut *point), block, |k, x, _| match trial.get(k) {
                Some(there) if length == F::Real::ONE => *there,
                _ => x + length * step(k, x),
            });
            let change = state.held.change(fit, point, block) + penalised(length);
            if change <= F::Real::from_f64(ARMIJO) * length * promised {
                return;
            }
            length *= F::Real::from_f64(0.5);
        }
        state.held.sure_step((fit, penalty, point), block);
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.curvature.is_some()
    }
}
