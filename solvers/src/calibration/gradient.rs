//! [`ProjectedGradient`]: gradient steps on signal and gains.

use super::gains::{Steps, gain_step, or_zero, weighted_residual, weighted_square};
use super::prior::{centre, length, project_within, squares};
use super::snapshots::at;
use super::{Anything, CalibrationError, Prior, Snapshots, Subspace};
use crate::sum::{max_abs, square, sum_of};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, ColumnOperator, Iteration, LinearOperator, Real};

/// Steps after which A x is computed anew, so that the roundings of its updates do not add up.
const REFRESH: u32 = 50;

/// Projected gradient descent on
///
/// f(x, γ) = 1/(2 m p) Σ_l ‖γ ∘ A_l x − y_l‖², Σ γ = m,
///
/// from x = n / ‖A‖² Σ_l A_lᵀ y_l (published for entries of mean square 1, where that is 1/(m p) Σ
/// A_lᵀ y_l) and γ = 1, in both at once: x ← x − μ ∇ₓf and γ ← γ − μ' ∇⊥f, ∇⊥
/// being the gradient less its mean, by [`Steps`]. With [`within`](Self::within) gains stay in C_ρ =
/// {Σ γ = m, |γᵢ − 1| ≤ ρ}; with [`signal_in`](Self::signal_in) and [`gains_in`](Self::gains_in)
/// signal and gains stay in subspaces in which they are known to lie, which takes fewer equations.
///
/// The certificate is the larger of ‖Δx‖ / ‖x‖ and ‖Δγ‖ / ‖γ‖ of the step to come, zero exactly where
/// f is stationary. Near the counting bound steps are short long before the answer is near.
///
/// Shapes: x is n, γ is m, y is m p. Storage: here the snapshots, 2 numbers and what is known
/// beforehand; 2 (n + m + m p) + 4 numbers in [`ProjectedGradientState`]. Cost of a step: one product
/// each with all A_l and A_lᵀ, about 10 m p operations; with C_ρ 240 m more.
///
/// ```
/// use solvekit::calibration::{Order, ProjectedGradient, Snapshots, Steps};
/// use solvekit::{SMatrix, SVector, Stop, solve};
/// // Four snapshots of three sensors, two unknowns.
/// let rows = SMatrix::<f32, 2, 12>::from_fn(|j, k| ((k * k + 5 * j * k + 3 * j) as f32).sin());
/// let (x, gains) = ([1.0, -0.5], [1.2, 0.7, 1.1]);
/// let y = SVector::<f32, 12>::from_fn(|k, _| {
///     gains[k % 3] * (rows[(0, k)] * x[0] + rows[(1, k)] * x[1])
/// });
/// let snapshots = Snapshots::new(&rows, &y, SVector::<f32, 3>::zeros(), Order::BySnapshot)?;
/// let descent = ProjectedGradient::new(snapshots, Steps::Alternating)?;
/// let mut state = descent.start();
/// let report = solve(&descent, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged());
/// assert!((state.gains[0] - 1.2).abs() < 1e-4 && (state.x[1] + 0.5).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Cambareri and Jacques 2016, *Through the Haze: a Non-Convex Approach to Blind Gain
/// Calibration for Linear Random Sensing Models*.
#[derive(Clone, Debug)]
pub struct ProjectedGradient<'a, R: Real, A: LinearOperator<R>, G, P = Anything, Q = Anything> {
    snapshots: Snapshots<'a, R, A, G>,
    steps: Steps<R>,
    radius: Option<R>,
    signal: P,
    gains: Q,
}

/// Signal, gains, A x, and the step to come: 2 n + 2 m + 2 m p + 4 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProjectedGradientState<R, X, G, Y> {
    /// The signal. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    /// The gains, of mean 1.
    pub gains: G,
    direction: X,
    next_gains: G,
    /// s A x, s being the scale of the measurements.
    u: Y,
    /// A applied to the direction.
    image: Y,
    step: R,
    objective: R,
    change: R,
    age: u32,
    phase: Phase,
}

/// What of a state is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// Signal and gains.
    Blank,
    /// A x too.
    Moved,
    /// The step to come too.
    Proposed,
}

impl<R: Real, X, G, Y> ProjectedGradientState<R, X, G, Y> {
    /// f where the certificate was evaluated last; zero before.
    pub const fn objective(&self) -> R {
        self.objective
    }
}

impl<'a, R: Real, A: ColumnOperator<R>, G: Buffer<R>> ProjectedGradient<'a, R, A, G> {
    /// Without anything known beforehand.
    ///
    /// # Errors
    /// [`CalibrationError::Step`].
    pub fn new(
        snapshots: Snapshots<'a, R, A, G>,
        steps: Steps<R>,
    ) -> Result<Self, CalibrationError> {
        if !steps.is_sound() {
            return Err(CalibrationError::Step);
        }
        Ok(Self { snapshots, steps, radius: None, signal: Anything, gains: Anything })
    }
}

impl<'a, R: Real, A: ColumnOperator<R>, G: Buffer<R>, P> ProjectedGradient<'a, R, A, G, P> {
    /// Gains differ from 1 by at most `radius`, ρ.
    ///
    /// # Errors
    /// [`CalibrationError::Radius`] unless 0 < ρ < 1.
    pub fn within(self, radius: R) -> Result<Self, CalibrationError> {
        if radius > R::ZERO && radius < R::ONE {
            Ok(Self { radius: Some(radius), ..self })
        } else {
            Err(CalibrationError::Radius)
        }
    }

    /// Gains lie in a subspace, that of equal gains among it. Takes the place of a bound ρ, which
    /// would lead out of it.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Length`, `NoMean`.
    pub fn gains_in<B: LinearOperator<R, Range = G>>(
        self,
        subspace: Subspace<'a, R, B>,
    ) -> Result<KnownGains<'a, R, A, G, P, B>, CalibrationError> {
        let Self { snapshots, steps, signal, .. } = self;
        subspace.check_gains(snapshots.counts().sensors)?;
        Ok(ProjectedGradient { snapshots, steps, radius: None, signal, gains: subspace })
    }
}

impl<'a, R: Real, A: ColumnOperator<R>, G: Buffer<R>, Q>
    ProjectedGradient<'a, R, A, G, Anything, Q>
{
    /// The signal lies in a subspace.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn signal_in<Z: LinearOperator<R, Range = A::Range>>(
        self,
        subspace: Subspace<'a, R, Z>,
    ) -> Result<KnownSignal<'a, R, A, G, Z, Q>, CalibrationError> {
        let Self { snapshots, steps, radius, gains, .. } = self;
        subspace.check_length(snapshots.counts().unknowns)?;
        Ok(ProjectedGradient { snapshots, steps, radius, signal: subspace, gains })
    }
}

type KnownGains<'a, R, A, G, P, B> = ProjectedGradient<'a, R, A, G, P, Subspace<'a, R, B>>;
type KnownSignal<'a, R, A, G, Z, Q> = ProjectedGradient<'a, R, A, G, Subspace<'a, R, Z>, Q>;

type StateOf<R, A, G> =
    ProjectedGradientState<R, <A as LinearOperator<R>>::Range, G, <A as LinearOperator<R>>::Domain>;

impl<R, A, G, P, Q> ProjectedGradient<'_, R, A, G, P, Q>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    P: Prior<R, A::Range>,
    Q: Prior<R, G>,
{
    /// The state to begin with: x = n / ‖A‖² Σ A_lᵀ y_l in its subspace, γ = 1.
    pub fn start(&self) -> StateOf<R, A, G> {
        let mut x = self.snapshots.back_projection();
        self.signal.project(&mut x);
        self.fresh(x, self.snapshots.ones())
    }

    /// The state with a given signal and given gains, of which the mean is brought to 1.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Length`, `NonFiniteStart`.
    pub fn start_at(&self, x: A::Range, gains: G) -> Result<StateOf<R, A, G>, CalibrationError> {
        self.snapshots.check_start(&x, &gains)?;
        let mut state = self.fresh(x, gains);
        centre(state.gains.as_mut_slice());
        state.gains.as_mut_slice().iter_mut().for_each(|gain| *gain += R::ONE);
        Ok(state)
    }

    fn fresh(&self, x: A::Range, gains: G) -> StateOf<R, A, G> {
        let rows = self.snapshots.rows();
        ProjectedGradientState {
            x,
            next_gains: gains.clone(),
            gains,
            direction: rows.zero_range(),
            u: rows.zero_domain(),
            image: rows.zero_domain(),
            step: R::ZERO,
            objective: R::ZERO,
            change: R::ZERO,
            age: 0,
            phase: Phase::Blank,
        }
    }

    /// Finds the step to come: the direction d with s x⁺ = s x − t d, and the next gains.
    fn propose(&self, state: &mut StateOf<R, A, G>) {
        if state.phase == Phase::Proposed {
            return;
        }
        let ProjectedGradientState { x, gains, direction, next_gains, u, image, .. } = state;
        let snapshots = &self.snapshots;
        let count = snapshots.equations();
        if state.phase == Phase::Blank {
            snapshots.predict(x, u);
        }
        let scale = snapshots.scale();
        let known = (gains.as_slice(), u.as_slice());
        let residual = weighted_residual(snapshots, known, image.as_mut_slice());
        state.objective = R::from_f64(0.5) * residual / count / scale / scale;
        snapshots.rows().apply(image, direction);
        self.signal.project(direction);
        // A power of two keeps the squares of a small gradient.
        let unit = max_abs(direction.as_slice()).unit_scale();
        direction.as_mut_slice().iter_mut().for_each(|d| *d *= unit);
        snapshots.rows().apply_adjoint(direction, image);
        state.step = match self.steps {
            Steps::Fixed { signal, .. } => signal / (unit * count),
            Steps::Joint | Steps::Alternating => {
                let curved = weighted_square(snapshots, gains.as_slice(), image.as_slice());
                or_zero(squares(direction.as_slice()) / (unit * curved))
            }
        };
        let ahead = if self.steps == Steps::Alternating { state.step } else { R::ZERO };
        let (now, move_) = (u.as_slice(), image.as_slice());
        let u = |k: usize| at(now, k) - ahead * at(move_, k);
        gain_step(snapshots, &self.gains, self.steps, (gains, u), next_gains);
        if let Some(radius) = self.radius {
            project_within(next_gains.as_mut_slice(), radius);
        }
        let moved = (state.step / scale).abs() * length(direction.as_slice());
        let moved = relative(moved, length(x.as_slice()));
        state.change = moved.max(gain_change(gains.as_slice(), next_gains.as_slice()));
        state.phase = Phase::Proposed;
    }
}

impl<R, A, G, P, Q> Iteration for ProjectedGradient<'_, R, A, G, P, Q>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    P: Prior<R, A::Range>,
    Q: Prior<R, G>,
{
    type Real = R;
    type State = StateOf<R, A, G>;
    const CERTIFICATE: Certificate = Certificate::RelativeChange;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        // No step is made that overflows, or from what is not finite.
        if !(state.change + size(&state.x, &state.gains)).is_finite() {
            state.phase = Phase::Blank;
            return;
        }
        let ProjectedGradientState { x, gains, direction, next_gains, u, image, .. } = state;
        let step = state.step / self.snapshots.scale();
        for (x, d) in x.as_mut_slice().iter_mut().zip(direction.as_slice()) {
            *x -= step * *d;
        }
        for (u, image) in u.as_mut_slice().iter_mut().zip(image.as_slice()) {
            *u -= state.step * *image;
        }
        core::mem::swap(gains, next_gains);
        state.age = state.age.wrapping_add(1);
        state.phase = if state.age.is_multiple_of(REFRESH) { Phase::Blank } else { Phase::Moved };
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        state.change
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        state.phase = Phase::Blank;
        Some(self.residual(state))
    }

    fn reference(&self) -> R {
        R::ONE
    }

    fn restore(&self, state: &mut Self::State) {
        restore(&mut state.x, &mut state.gains);
        state.phase = Phase::Blank;
    }
}

/// The largest number of both; NaN wins.
pub(super) fn size<R: Real>(x: &impl Buffer<R>, gains: &impl Buffer<R>) -> R {
    max_abs(x.as_slice()).max(max_abs(gains.as_slice()))
}

/// Sets what is not finite to 0, or to 1 among the gains.
pub(super) fn restore<R: Real>(x: &mut impl Buffer<R>, gains: &mut impl Buffer<R>) {
    restore_finite(x);
    gains.as_mut_slice().iter_mut().for_each(|gain| *gain = gain.finite_or(R::ONE));
}

/// ‖Δx‖ / ‖x‖, at most 1: what starts at zero changes wholly.
pub(super) fn relative<R: Real>(moved: R, size: R) -> R {
    if moved == R::ZERO { moved } else { moved / size.max(moved) }
}

/// ‖γ⁺ − γ‖ / ‖γ‖.
pub(super) fn gain_change<R: Real>(gains: &[R], next: &[R]) -> R {
    let count = gains.len().min(next.len());
    let moved = sum_of(count, |i| square(at(next, i) - at(gains, i)));
    (moved / squares(gains)).sqrt()
}
