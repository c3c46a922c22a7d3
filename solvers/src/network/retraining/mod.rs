//! [`Retraining`]: the steps of an unfolded network, learned where it runs.

mod error;
mod gradient;
mod state;

pub use error::RetrainingError;
pub use state::RetrainingState;

use super::NetworkError;
use crate::recovery::Sensing;
use crate::sum::square;
use crate::system::restore_finite;
use crate::{Buffer, Certificate, Iteration, LinearOperator, Real, Separable};
use core::marker::PhantomData;
use core::num::NonZeroU32;
use gradient::Pass;

/// Learns the T steps of an [`Unfolded`](super::Unfolded) network from measurements alone: makes
///
/// F̄(α) = mean over y of ½‖y − A x_T‖² + g(x_T), x_T being what the network makes of y,
///
/// smaller over the last measurements y₁ … y_K, which the caller keeps. No true x is needed, so a
/// device whose dictionary, noise or signals have drifted away from those of its first training can
/// do it by itself.
///
/// A step takes **one** measurement through the network and back. After K of them F̄ and its exact
/// gradient at the steps on trial are known, and these take the place of the best so far where F̄ is
/// lower; otherwise the next trial is closer to the best. So F̄ of [`steps`](RetrainingState::steps)
/// never rises, and is never above that of the steps it began with. Trials differ from the best by a
/// factor for each layer, which grows while the sign of its slope stays and is halved when it
/// changes: no learning rate, and no scale of y matters.
///
/// The certificate is max |∂F̄ / ∂ln αₖ|, relative to mean ½‖y‖²; at a limit only slopes that point
/// inside count. A least F̄ is flat, so it is known to the root of its own rounding: tolerances of
/// 1e-3 in `f32` and 1e-7 in `f64` can be reached. F̄ has kinks where an entry of x_T comes or goes,
/// and a run that ends in one is [`Stalled`](crate::Status::Stalled), with what was gained kept.
///
/// What is learned from few measurements need not serve others: long steps can make a network
/// diverge on signals that were not among them. Take several for each layer (48 for ten layers did
/// in trials, 12 did not), hold some back to see, or [limit](Self::within) steps to 2 / ‖A‖², with
/// which no layer raises the objective of any y where g is convex;
/// [`Safeguarded`](super::Safeguarded) catches what is left. From untrained steps more is gained
/// layer by layer: train the first few, then begin again with one more.
///
/// Shapes: A is M × N, each y has M entries. Storage: 7 words here (A and the measurements are
/// borrowed) and T N + 2 N + M + 5 T + 5 in [`RetrainingState`]. Cost of a step: 2 T products with A
/// and 2 T with Aᵀ, about twice an inference; where a run begins and ends K times that. Making it
/// costs K products with Aᵀ.
///
/// The gradient is that of the network with g smooth where it is: exact but at kinks, for penalties
/// of single coordinates that are convex or [`L0`](crate::penalty::L0).
///
/// ```
/// use solvekit::network::{Retraining, Unfolded};
/// use solvekit::{Iteration, SMatrix, SVector, Stop, penalty::L1, recovery::StepSize, solve};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let recent = [SVector::from([0.6, 0.8]), SVector::from([1.0, 0.1])];
/// let unit = StepSize::automatic(&a)?.initial();
/// let retraining = Retraining::new(&a, &recent, L1::new(0.01)?, unit)?;
/// // Three layers, and room for what passes through them.
/// let mut state = retraining.start([unit; 3], [SVector::zeros(); 3])?;
/// retraining.certify(&mut state);
/// let before = state.loss().unwrap();
/// let _ = solve(&retraining, &mut state, Stop::relative(1e-3)?.max_iterations(200));
/// assert!(state.loss().unwrap() < 0.9 * before);
/// // A network of its own, or a part of `Safeguarded`.
/// let layers = Unfolded::new(L1::new(0.01)?, state.steps)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nagahisa, Hayakawa and Iiguni 2025 (arXiv 2509.01331) for the unsupervised loss;
/// Riedmiller and Braun 1993, Igel and Hüsken 2003 (resilient propagation) for the factors.
#[derive(Clone, Debug)]
pub struct Retraining<'a, R: Real, A: LinearOperator<R>, P, V, H> {
    a: &'a A,
    recent: &'a [A::Range],
    penalty: P,
    limits: [R; 2],
    reference: R,
    held: PhantomData<fn() -> (V, H)>,
}

type StateOf<R, A, V, H> =
    RetrainingState<R, <A as LinearOperator<R>>::Domain, <A as LinearOperator<R>>::Range, V, H>;

/// The shortest step, in units of 1 / ‖A‖².
const SHORTEST: f64 = 1e-4;
/// The longest one, unless asked for another: what training finds for ISTA stays below.
const LONGEST: f64 = 50.0;

impl<'a, R, A, P, V, H> Retraining<'a, R, A, P, V, H>
where
    R: Real,
    A: LinearOperator<R>,
    P: Separable<R>,
    V: AsRef<[R]> + AsMut<[R]> + Clone,
    H: AsRef<[A::Domain]> + AsMut<[A::Domain]> + Clone,
{
    /// A dictionary, the last measurements in any order, g, and 1 / ‖A‖²
    /// ([`StepSize::automatic`](crate::recovery::StepSize::automatic) finds it). Steps stay between
    /// 1e-4 and 50 times that.
    ///
    /// # Errors
    /// [`RetrainingError`]: `NoMeasurements`, `Measurement`, `Limits`.
    pub fn new(
        a: &'a A,
        recent: &'a [A::Range],
        penalty: P,
        unit: R,
    ) -> Result<Self, RetrainingError> {
        let mut squares = R::ZERO;
        for (place, y) in recent.iter().enumerate() {
            let sensing = Sensing::new(a, y);
            let sensing = sensing.map_err(|error| RetrainingError::Measurement { place, error })?;
            squares += square(sensing.y_norm());
        }
        let Some(count) = NonZeroU32::new(u32::try_from(recent.len()).unwrap_or(u32::MAX)) else {
            return Err(RetrainingError::NoMeasurements);
        };
        let reference = R::from_f64(0.5) * squares / R::from_u32(count.get());
        let limits = [unit, unit];
        Self { a, recent, penalty, limits, reference, held: PhantomData }
            .within(R::from_f64(SHORTEST) * unit, R::from_f64(LONGEST) * unit)
    }

    /// Other limits of steps.
    ///
    /// # Errors
    /// [`RetrainingError::Limits`] unless 0 < shortest ≤ longest < ∞.
    pub fn within(self, shortest: R, longest: R) -> Result<Self, RetrainingError> {
        if shortest > R::ZERO && longest >= shortest && longest.is_finite() {
            Ok(Self { limits: [shortest, longest], ..self })
        } else {
            Err(RetrainingError::Limits)
        }
    }

    /// The state with the steps to begin with; `history` has as many vectors as there are steps, of
    /// N numbers each, and what they hold does not matter.
    ///
    /// # Errors
    /// [`NetworkError::Empty`]; [`NetworkError::Length`] of `history` or a vector of it;
    /// [`NetworkError::Layer`] for a step outside the limits.
    pub fn start(&self, steps: V, history: H) -> Result<StateOf<R, A, V, H>, NetworkError> {
        let (layers, found) = (steps.as_ref().len(), history.as_ref().len());
        if layers == 0 {
            return Err(NetworkError::Empty);
        }
        if found != layers {
            return Err(NetworkError::Length { expected: layers, found });
        }
        let expected = self.a.columns();
        let mut lengths = history.as_ref().iter().map(|x| x.as_slice().len());
        if let Some(found) = lengths.find(|found| *found != expected) {
            return Err(NetworkError::Length { expected, found });
        }
        let [shortest, longest] = self.limits;
        let outside = |step: &R| !(*step >= shortest && *step <= longest);
        if let Some(layer) = steps.as_ref().iter().position(outside) {
            return Err(NetworkError::Layer { layer });
        }
        let room = || steps.clone();
        Ok(RetrainingState::fresh(
            steps.clone(),
            [room(), room(), room(), room()],
            history,
            [self.a.zero_domain(), self.a.zero_domain()],
            self.a.zero_range(),
        ))
    }

    /// The shortest and the longest step.
    pub const fn limits(&self) -> [R; 2] {
        self.limits
    }

    /// Takes one measurement through the network whose steps are on trial, or the best where those
    /// have not been looked at.
    fn visit(&self, state: &mut StateOf<R, A, V, H>) {
        let RetrainingState { steps, trial, sums, history, room, r, trial_loss, place, .. } = state;
        let steps = if state.known { trial } else { steps };
        let Some(y) = self.recent.get(*place as usize) else { return };
        let [d, pull] = room;
        let mut pass =
            Pass { a: self.a, penalty: &self.penalty, history: history.as_mut(), d, pull, r };
        *trial_loss += pass.forward(y, steps.as_ref());
        pass.backward(steps.as_ref(), sums.as_mut());
        *place += 1;
    }

    /// Has every measurement been through?
    fn is_complete(&self, state: &StateOf<R, A, V, H>) -> bool {
        state.place as usize >= self.recent.len()
    }

    /// Looks at the best steps, one measurement after the other.
    fn look(&self, state: &mut StateOf<R, A, V, H>) {
        state.forget();
        for _ in self.recent {
            self.visit(state);
        }
        self.settle(state);
    }

    /// F̄ and slopes out of the sums, and what follows from them.
    fn settle(&self, state: &mut StateOf<R, A, V, H>) {
        let count = R::from_u32(u32::try_from(self.recent.len()).unwrap_or(u32::MAX));
        state.judge(count);
    }

    /// max |∂F̄ / ∂ln αₖ| but where a limit is in the way. NaN where something is not finite.
    fn stationarity(&self, state: &StateOf<R, A, V, H>) -> R {
        let [shortest, longest] = self.limits;
        let pairs = state.slopes.as_ref().iter().zip(state.steps.as_ref());
        let free = pairs.map(|(slope, step)| {
            let blocked =
                (*step <= shortest && *slope > R::ZERO) || (*step >= longest && *slope < R::ZERO);
            if blocked { R::ZERO } else { slope.abs() }
        });
        free.fold(R::ZERO * state.loss, |worst, slope| worst.max(slope))
    }
}

/// Is every step a finite number?
fn sound<R: Real>(steps: &[R]) -> bool {
    steps.iter().all(|step| step.is_finite())
}

impl<R, A, P, V, H> Iteration for Retraining<'_, R, A, P, V, H>
where
    R: Real,
    A: LinearOperator<R>,
    P: Separable<R>,
    V: AsRef<[R]> + AsMut<[R]> + Clone,
    H: AsRef<[A::Domain]> + AsMut<[A::Domain]> + Clone,
{
    type Real = R;
    type State = StateOf<R, A, V, H>;
    const CERTIFICATE: Certificate = Certificate::Stationarity;

    fn step(&self, state: &mut Self::State) {
        // From steps that are not finite nothing is tried: it has to show.
        if !sound(state.steps.as_ref()) {
            return;
        }
        if state.place == 0 {
            if state.known {
                state.propose(self.limits);
            } else {
                state.forget();
            }
        }
        self.visit(state);
        if self.is_complete(state) {
            self.settle(state);
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        // Whatever of the steps is not finite shows, as NaN.
        let steps = state.steps.as_ref().iter().fold(R::ZERO, |sum, step| sum + R::ZERO * *step);
        if !state.known && steps == R::ZERO {
            self.look(state);
        }
        steps + self.stationarity(state)
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        self.look(state);
        Some(self.residual(state))
    }

    fn reference(&self) -> R {
        self.reference
    }

    fn restore(&self, state: &mut Self::State) {
        let [shortest, longest] = self.limits;
        // Between the limits in ratio: the unit, unless others were asked for.
        let fallback = (shortest.sqrt() * longest.sqrt()).max(shortest).min(longest);
        for step in state.steps.as_mut() {
            *step = step.finite_or(fallback);
        }
        state.history.as_mut().iter_mut().for_each(restore_finite);
        state.room.iter_mut().for_each(restore_finite);
        restore_finite(&mut state.r);
        state.forget();
    }
}
