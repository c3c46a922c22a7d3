//! [`TwoMetric`]: Newton steps between bounds.

use super::Update;
use super::held::{Held, make_feasible};
use crate::bcd::rule::Chosen;
use crate::direct::{factor_in_place, packed, pairs, solve_in_place};
use crate::fit::DataFit;
use crate::sum::square;
use crate::{Buffer, Constraint, Real, Scalar};

/// The part of the promised decrease that a step must bring.
const ARMIJO: f64 = 1e-4;

/// Halvings of a step.
const TRIALS: u32 = 40;

/// Two-metric projection on a block, for penalties that are constraints on single coordinates
/// ([`Constraint`]: not negative, with a weight on ‖x‖₁ or without; between bounds).
///
/// Between the bounds the penalty is linear, cᵀx, so that what is minimised is F(x) = f(x) + cᵀx.
/// Coordinates at a bound, or within ε of one, whose gradient pushes them there are *active* and move
/// along −∇ⱼF/Lⱼ; the others *work* and take a Newton step with their own submatrix. The block
/// follows the projection of x_b + α d, α halved until F has come down by 10⁻⁴ of what was promised.
/// ε = min(ε₀, ‖x_b − \[x_b − D⁻¹∇_b F\]₊‖) with D = diag Lⱼ shrinks as the block comes to rest, so no
/// threshold depends on the units of F.
///
/// Once the active set is right, a quadratic is at its least value over the block after one step.
/// Where no α is accepted the block takes the projected gradient step that needs none. Singular and
/// indefinite blocks: as [`Newton`](super::Newton). Storage: 4τ + τ(τ + 1)/2 numbers, here and in the
/// state. Cost: a [`Newton`](super::Newton) step's.
///
/// ```
/// use solvekit::bcd::{Descent, rule::{Greedy, Proximal}, update::TwoMetric};
/// use solvekit::direct::packed;
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::NonNegative, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let triangle = SVector::<f32, { packed(2) }>::zeros();
/// let two = SVector::<f32, 2>::zeros();
/// let rule = Greedy::new(Proximal, [0; 2], two);
/// let update = TwoMetric::new(two, triangle, 0.01);
/// let descent = Descent::new(fit, NonNegative::new(0.5)?, rule, update);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Bertsekas 1982 (projected Newton methods for simple constraints), eqs. 32–36; Nutini,
/// Laradji and Schmidt 2022 (two-metric projection; "TMP").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoMetric<R, V, M> {
    direction: V,
    factor: M,
    widest: R,
}

/// Room for one block, and what was met.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TwoMetricState<R, V, M> {
    direction: V,
    /// 1 where a coordinate is active.
    active: V,
    held: Held<R, V>,
    factor: M,
    added: R,
    curvature: Option<R>,
}

impl<R: Real, V, M> TwoMetricState<R, V, M> {
    /// The largest amount that was added to a diagonal entry so far, relative to that entry.
    pub const fn added(&self) -> R {
        self.added
    }

    /// The negative pivot at which the method broke down.
    pub const fn curvature(&self) -> Option<R> {
        self.curvature
    }
}

impl<R, V, M> TwoMetric<R, V, M> {
    /// τ is the length of `direction`; `factor` needs [`packed`]`(τ)` numbers. What they hold does
    /// not matter. `widest` = ε₀ ≥ 0 in units of x, such as a hundredth of what x may be. A block of
    /// more coordinates is cut off.
    pub const fn new(direction: V, factor: M, widest: R) -> Self {
        Self { direction, factor, widest }
    }
}

impl<R: Real, V: Buffer<R>, M: Buffer<R>> TwoMetricState<R, V, M> {
    /// Marks what is active; does anything want to move?
    fn mark<F: DataFit<Real = R>, P: Constraint<R>>(
        &mut self,
        (fit, penalty): (&F, &P),
        block: &[usize],
        widest: R,
    ) -> bool {
        let held = || {
            let held = block.iter().zip(self.held.x().iter().zip(self.held.gradient()));
            held.map(|(j, (x, gradient))| (*j, *x, *gradient + penalty.slope(*j, *x)))
        };
        let mut squares = R::ZERO;
        for (j, x, gradient) in held() {
            let lipschitz = fit.lipschitz(j);
            let step = if lipschitz > R::ZERO { R::ONE / lipschitz } else { R::ONE };
            squares += square(x - penalty.project(j, x - step * gradient));
        }
        let width = squares.sqrt().min(widest);
        for ((j, x, gradient), slot) in held().zip(self.active.as_mut_slice()) {
            let pushed = if gradient > R::ZERO { x - width } else { x + width };
            let stops = penalty.sticks(j, penalty.project(j, pushed));
            *slot = if gradient != R::ZERO && stops { R::ONE } else { R::ZERO };
        }
        // Also where it is NaN.
        squares != R::ZERO
    }
}

impl<F, P, V, M> Update<F, P> for TwoMetric<F::Real, V, M>
where
    F: DataFit,
    P: Constraint<F::Real>,
    V: Buffer<F::Real>,
    M: Buffer<F::Real>,
{
    type State = TwoMetricState<F::Real, V, M>;

    fn start(&self) -> Self::State {
        TwoMetricState {
            direction: self.direction.clone(),
            active: self.direction.clone(),
            held: Held::new(self.direction.clone()),
            factor: self.factor.clone(),
            added: F::Real::ZERO,
            curvature: None,
        }
    }

    fn restart(&self, state: &mut Self::State) {
        for room in [&mut state.direction, &mut state.active] {
            room.clone_from(&self.direction);
        }
        state.held.restart(&self.direction);
        state.factor.clone_from(&self.factor);
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
        let zero = F::Real::ZERO;
        let block = chosen.first(state.direction.as_mut_slice().len()).coordinates;
        make_feasible((fit, penalty, point), block);
        state.held.hold(fit, point, block);
        if !state.mark((fit, penalty), block, self.widest) {
            return;
        }
        let (Some(direction), Some(factor)) = (
            state.direction.as_mut_slice().get_mut(..block.len()),
            state.factor.as_mut_slice().get_mut(..packed(block.len())),
        ) else {
            return;
        };
        let marks = state.active.as_slice();
        let is_active = |k: usize| marks.get(k).is_some_and(|mark| *mark != zero);
        let held = state.held.x().iter().zip(state.held.gradient());
        for ((slot, j), (x, gradient)) in direction.iter_mut().zip(block).zip(held) {
            *slot = -(*gradient + penalty.slope(*j, *x));
        }
        // Active rows and columns hold nothing but Lⱼ: one factorisation serves both metrics.
        let places = (0..block.len()).flat_map(|row| (0..=row).map(move |column| (row, column)));
        for ((slot, (i, j)), (row, column)) in factor.iter_mut().zip(pairs(block)).zip(places) {
            *slot = if !is_active(row) && !is_active(column) {
                fit.second(point, i, j)
            } else if row == column {
                let lipschitz = fit.lipschitz(i);
                if lipschitz > zero { lipschitz } else { F::Real::ONE }
            } else {
                zero
            };
        }
        match factor_in_place(factor, block.len()) {
            Ok(added) => state.added = state.added.max(added),
            Err(curvature) => {
                state.curvature = Some(curvature);
                return;
            }
        }
        solve_in_place(factor, direction);
        let mut length = F::Real::ONE;
        for _ in 0..TRIALS {
            state.held.place((fit, penalty, &mut *point), block, |k, x, _| {
                match (block.get(k), direction.get(k)) {
                    (Some(j), Some(d)) => penalty.project(*j, x + length * *d),
                    _ => x,
                }
            });
            let mut promised = zero;
            let held = state.held.x().iter().zip(state.held.gradient());
            for (k, ((j, d), (x, gradient))) in block.iter().zip(&*direction).zip(held).enumerate()
            {
                let now = fit.x(point).get(*j).copied().unwrap_or(*x);
                let gradient = *gradient + penalty.slope(*j, *x);
                promised += gradient * if is_active(k) { now - *x } else { length * *d };
            }
            let slope = |j| penalty.slope(j, zero);
            let change = state.held.change_with(fit, point, block, slope);
            if change <= F::Real::from_f64(ARMIJO) * promised {
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
