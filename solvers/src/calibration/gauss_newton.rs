//! [`GaussNewton`]: the least-squares fit of signal and gains.

use super::fit::{Fit, Terms};
use super::gradient::{restore, size};
use super::kernel::Kernel;
use super::sink::Form;
use super::{CalibrationError, Counts, Gauge, Snapshots};
use crate::{Buffer, Certificate, ColumnOperator, Iteration, LinearOperator, Real};
use core::marker::PhantomData;

/// The least Σ ‖γ ∘ A_l x − y_l‖² by Gauss–Newton steps in x, the gains being eliminated.
///
/// The first step is a linear start: in sensor i the measurements should be in proportion to Aᵢ x,
/// and the signal for which they are, weighted by ‖yᵢ‖², comes from one n × n system. Without noise
/// it is the answer. Each further step is x ← x + t d with (H + τ x xᵀ) d = −∇f,
///
/// H = Σᵢ γᵢ² Aᵢᵀ (I − uᵢ uᵢᵀ / ‖uᵢ‖²) Aᵢ, uᵢ = Aᵢ x, γᵢ = uᵢᵀyᵢ / ‖uᵢ‖²,
///
/// t = 1, ½, … so that f does not rise. Two steps after the start reach the maximum-likelihood answer
/// for 1.4 times the equations needed and noise 30 dB below. Gains may be negative.
///
/// With [`with_offsets`](Self::with_offsets) each sensor has an unknown offset too; with
/// [`drawn_to_one`](Self::drawn_to_one) gains are drawn to 1.
///
/// The certificate is ‖d‖ / ‖x‖ of the step to come (1 before the start), zero exactly where f is
/// stationary. A report with [`Breakdown`](crate::Status::Breakdown) means that the data cannot tell
/// the signal: identical sensing matrices, for one.
///
/// Where a step is short (less than .1 of the signal), its matrix serves the next one too: that is as
/// good (of 150 draws each at 20 to 40 dB, as many are within 1.02 times the error of maximum
/// likelihood after start and two steps as with two matrices), for the price of a gradient. With
/// [`Form::Rotations`], and where gains are drawn to 1, each step has its own.
///
/// Shapes: x is n, γ is m, y is m p. Storage: the snapshots here; 9 n + 2 m + m p + n (n + 1) / 2 + 5
/// numbers in [`GaussNewtonState`]. Cost of a step: m (p − 1) n² / 2 + n³ / 6 + about 6 m p n
/// multiplications, four times the first in the form of [`Form::Rotations`]; with the matrix of the
/// step before: 4 m p n + n².
///
/// ```
/// use solvekit::calibration::{GaussNewton, Order, Snapshots};
/// use solvekit::{SMatrix, SVector, Stop, direct::packed, operator::zeros, solve};
/// // Two snapshots of three sensors, two unknowns: one equation more than needed.
/// let rows = SMatrix::<f32, 2, 6>::from_fn(|j, k| ((k * k + 5 * j * k + 3 * j) as f32).sin());
/// let (x, gains) = ([1.0, -0.5], [1.2, 0.7, 1.1]);
/// let y = SVector::<f32, 6>::from_fn(|k, _| {
///     gains[k % 3] * (rows[(0, k)] * x[0] + rows[(1, k)] * x[1])
/// });
/// let snapshots = Snapshots::new(&rows, &y, SVector::<f32, 3>::zeros(), Order::BySnapshot)?;
/// let fit = GaussNewton::new(snapshots)?;
/// let mut state = fit.start(zeros::<f32, { packed(2) }, 1>())?;
/// let report = solve(&fit, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.iterations <= 3, "{report:?}");
/// assert!((state.gains()[0] - 1.2).abs() < 1e-5 && (state.x()[1] + 0.5).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Ling and Strohmer 2018, *Self-calibration and bilinear inverse problems via linear least
/// squares* (the linear start, unweighted); Golub and Pereyra 1973, Kaufman 1975 (variable
/// projection).
#[derive(Clone, Debug)]
pub struct GaussNewton<'a, R: Real, A: LinearOperator<R>, G, W> {
    kernel: Kernel<'a, R, A, G>,
    kappa: R,
    form: Form,
    memory: PhantomData<W>,
}

/// Signal, gains and the factor: 9 n + 2 m + m p + n (n + 1) / 2 + 5 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GaussNewtonState<R, X, G, Y, W> {
    fit: Fit<R, X, G, Y, W>,
    damping: R,
    phase: Phase,
}

/// What of a state is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// Nothing; the start comes next.
    Blank,
    /// The start, which is to come.
    Started,
    /// The signal.
    Given,
    /// What follows from it.
    Moved,
    /// The same, and the matrix of the step that led there.
    Kept,
    /// The step to come.
    Proposed,
    /// The step to come, by the matrix of the one before.
    Again,
    /// There is no step to come.
    Broken,
}

impl<R: Real, X: Buffer<R>, G: Buffer<R>, Y, W> GaussNewtonState<R, X, G, Y, W> {
    /// The signal; zero before the first step.
    pub const fn x(&self) -> &X {
        &self.fit.x
    }

    /// The signal, to be changed. Whoever does starts a new [`Run`](crate::Run), which looks at it
    /// anew; the gains follow from it.
    pub const fn x_mut(&mut self) -> &mut X {
        self.phase = Phase::Given;
        &mut self.fit.x
    }

    /// The gains; 1 before the first step.
    pub const fn gains(&self) -> &G {
        &self.fit.gains
    }

    /// The least eigenvalue of H + τ x xᵀ, relative to the mean one, where a step was looked for last; 1
    /// before. How well the data tell the signal: no step is made where this is rounding. (What they
    /// tell of the gains, [`GaussNewton::errors`] says better.)
    pub const fn conditioning(&self) -> R {
        self.fit.conditioning
    }

    /// Which of all equivalent answers this is.
    pub const fn gauge(&self) -> Gauge {
        self.fit.gauge
    }
}

type StateOf<R, A, G, W> =
    GaussNewtonState<R, <A as LinearOperator<R>>::Range, G, <A as LinearOperator<R>>::Domain, W>;

impl<'a, R, A, G, W> GaussNewton<'a, R, A, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// The fit of these snapshots.
    ///
    /// # Errors
    /// [`Counts::check`].
    pub fn new(snapshots: Snapshots<'a, R, A, G>) -> Result<Self, CalibrationError> {
        snapshots.counts().check()?;
        let form = Form::automatic::<R>(snapshots.counts());
        let kernel = Kernel { snapshots, centred: false };
        Ok(Self { kernel, kappa: R::ZERO, form, memory: PhantomData })
    }

    /// y = γ ∘ A x + o with an offset o of each sensor. What is left of the rows and measurements of a
    /// sensor when their means are taken away does not depend on it.
    ///
    /// # Errors
    /// [`Counts::check`].
    pub fn with_offsets(self) -> Result<Self, CalibrationError> {
        let kernel = Kernel { centred: true, ..self.kernel };
        kernel.counts().check()?;
        let form = Form::automatic::<R>(kernel.counts());
        Ok(Self { kernel, form, ..self })
    }

    /// Adds κ Σ (γᵢ − 1)² to the sum of squares: gains with a normal prior of mean 1 and variance σ²
    /// / κ, σ² being that of the noise. Steps are then damped (Levenberg and Marquardt) until they do
    /// not raise f, and γ of mean 1 is no longer asked for.
    ///
    /// # Errors
    /// [`CalibrationError::Precision`] for what is negative or not finite.
    pub fn drawn_to_one(self, kappa: R) -> Result<Self, CalibrationError> {
        let scaled = kappa * self.kernel.snapshots.scale() * self.kernel.snapshots.scale();
        if kappa >= R::ZERO && scaled.is_finite() {
            Ok(Self { kappa: scaled, ..self })
        } else {
            Err(CalibrationError::Precision)
        }
    }

    /// With a factor that comes about in another way than the one chosen by precision and counts.
    #[must_use]
    pub fn in_form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// n, m and p, and whether offsets are sought.
    pub fn counts(&self) -> Counts {
        self.kernel.counts()
    }

    /// The state to begin with; `memory` has [`packed`](crate::direct::packed)`(n)` numbers.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn start(&self, memory: W) -> Result<StateOf<R, A, G, W>, CalibrationError> {
        let fit = self.kernel.fresh(memory)?;
        Ok(GaussNewtonState { fit, damping: R::from_f64(1e-3), phase: Phase::Blank })
    }

    /// The state with a given signal, from which the gains follow.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Length`, `NonFiniteStart`.
    pub fn start_at(
        &self,
        x: A::Range,
        memory: W,
    ) -> Result<StateOf<R, A, G, W>, CalibrationError> {
        self.kernel.snapshots.check_start(&x, &self.kernel.snapshots.ones())?;
        let mut state = self.start(memory)?;
        *state.x_mut() = x;
        Ok(state)
    }

    /// Standard errors of gains and signal into the buffers given, and returns the standard deviation
    /// σ of the noise, from what the fit leaves and the degrees of freedom. An interval of ± 1.96
    /// errors (more where the degrees of freedom are few) holds the truth in 19 of 20 cases where
    /// noise is 20 dB below or less. `None` before the start, where no step can be found, and where
    /// no degree of freedom is left.
    pub fn errors(
        &self,
        state: &mut StateOf<R, A, G, W>,
        of_gains: &mut G,
        of_signal: &mut A::Range,
    ) -> Option<R> {
        if matches!(state.phase, Phase::Blank | Phase::Started) {
            return None;
        }
        state.phase = Phase::Given;
        self.propose(state);
        let freedom = u32::try_from(self.counts().freedom()).unwrap_or(u32::MAX);
        if state.phase != Phase::Proposed || freedom == 0 {
            return None;
        }
        let terms = self.terms();
        let square = self.kernel.residual_square(&state.fit, &terms) / R::from_u32(freedom);
        self.kernel.variances(&mut state.fit, &terms, of_gains, Some(of_signal));
        let (sigma, scale) = (square.sqrt(), self.kernel.snapshots.scale());
        of_gains.as_mut_slice().iter_mut().for_each(|v| *v = sigma * v.sqrt());
        of_signal.as_mut_slice().iter_mut().for_each(|v| *v = sigma / scale * v.sqrt());
        Some(sigma / scale)
    }

    /// The offset of each sensor; zero where none are sought.
    pub fn offsets(&self, state: &StateOf<R, A, G, W>, offsets: &mut G) {
        self.kernel.offsets(&state.fit, offsets);
    }

    fn terms(&self) -> Terms<'static, R> {
        Terms { takes_part: &|_| true, kappa: self.kappa, form: self.form }
    }

    fn propose(&self, state: &mut StateOf<R, A, G, W>) {
        let terms = self.terms();
        if state.phase == Phase::Kept {
            let found = self.kernel.propose_again(&mut state.fit, &terms);
            state.phase = if found.is_some() { Phase::Again } else { Phase::Moved };
        }
        let found = match state.phase {
            Phase::Started | Phase::Proposed | Phase::Again | Phase::Broken => return,
            Phase::Blank => {
                state.fit.change = R::ONE;
                let found = self.kernel.propose_start(&mut state.fit, &terms);
                state.phase = Phase::Started;
                found
            }
            Phase::Given | Phase::Moved | Phase::Kept => {
                if state.phase == Phase::Given {
                    self.kernel.look(&mut state.fit, &terms);
                }
                let damping = if self.kappa > R::ZERO { state.damping } else { R::ZERO };
                state.phase = Phase::Proposed;
                self.kernel.propose_step(&mut state.fit, &terms, damping)
            }
        };
        if found.is_none() {
            state.phase = Phase::Broken;
        }
    }
}

impl<R, A, G, W> Iteration for GaussNewton<'_, R, A, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    type Real = R;
    type State = StateOf<R, A, G, W>;
    const CERTIFICATE: Certificate = Certificate::RelativeChange;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        let terms = self.terms();
        match state.phase {
            Phase::Started => self.kernel.take_start(&mut state.fit, &terms),
            // No step is made from what is not finite.
            Phase::Proposed | Phase::Again if size(&state.fit.x, &state.fit.gains).is_finite() => {
                let drawn = self.kappa > R::ZERO;
                let own = state.phase == Phase::Proposed;
                state.phase = if own { Phase::Kept } else { Phase::Moved };
                let taken = self.kernel.take_step(&mut state.fit, &terms, !drawn);
                let five = R::from_f64(5.0);
                state.damping = if taken {
                    (state.damping / five).max(R::from_f64(1e-9))
                } else {
                    state.damping * five
                };
                return;
            }
            Phase::Proposed | Phase::Again => {
                state.phase = Phase::Given;
                return;
            }
            _ => return,
        }
        state.phase = Phase::Moved;
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        state.fit.change
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        match state.phase {
            Phase::Blank | Phase::Started => {}
            _ => state.phase = Phase::Given,
        }
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.phase == Phase::Broken
    }

    fn reference(&self) -> R {
        R::ONE
    }

    fn restore(&self, state: &mut Self::State) {
        restore(&mut state.fit.x, &mut state.fit.gains);
        state.phase = Phase::Given;
    }
}
