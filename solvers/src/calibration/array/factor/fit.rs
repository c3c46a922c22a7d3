//! [`FactorFit`]: gains and noises of sensors that all see the same.

use super::super::{ArrayError, Moments};
use super::kernel::{Fit, Kernel};
use crate::calibration::fit::Gauge;
use crate::sum::max_abs;
use crate::{Buffer, Certificate, Iteration, Real};

/// What is known of the noises of sensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum SensorNoise {
    /// Each has its own, to be found: three sensors or more.
    Own,
    /// They are equal: two sensors are enough, and more are calibrated better where it is true.
    Equal,
}

/// Which offsets are zero: (o + c γ, z − c) explains the same frames for every c.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Origin {
    /// Σ γᵢ oᵢ.
    Balanced,
    /// That of one sensor, to which the others are referred.
    Sensor(usize),
}

/// The one-factor model of m sensors that all see one unknown signal, each with its own gain, offset and
/// noise: y_l = γ z_l + o + noise of variances ψᵢ.
///
/// Its covariance is s² γ γᵀ + Ψ. Of (α γ, z / α) the one with gains of mean 1 is meant
/// ([`Gauge::Square`] where signs differ). A step takes the largest eigenvalue λ and its vector v of
/// Ψ^(−½) S Ψ^(−½) by three power steps and makes s γ = √(λ − 1) Ψ^½ v, ψᵢ = s_ii − s² γᵢ² (not below
/// a thousandth of what others have): where it stays is the maximum-likelihood answer. For three sensors three covariances
/// give three loads at once. For noise that is known to be equal, v is that of S itself (principal
/// component). A regression of sensors on one another, or on their mean, is biased by the noise of what
/// they are referred to; this is not.
///
/// The certificate is the larger of ‖Δγ‖ / ‖γ‖ and max |Δψᵢ| / s_ii of the step to come (1 before the
/// start); [`Breakdown`](crate::Status::Breakdown) means that the sensors have no signal in common.
///
/// Shapes: γ, o and ψ are m, S is m × m about the mean. Storage: one borrow here, 5 m + 4 numbers in
/// [`FactorFitState`]. Cost of a step: 9 m² multiplications and m roots,
/// however many frames.
///
/// ```
/// use solvekit::calibration::array::{FactorFit, Moments, Origin, SensorNoise};
/// use solvekit::{SVector, Stop, direct::packed, operator::zeros, solve};
/// // Four thermometers in one room.
/// let (gains, offsets) = ([1.02_f64, 0.97, 1.05, 0.96], [0.1, -0.2, 0.3, 0.0]);
/// let mut moments =
///     Moments::new(SVector::<f64, 4>::zeros(), zeros::<f64, { packed(4) }, 1>())?.centred();
/// for l in 0..200 {
///     let z = 20.0 + 3.0 * (f64::from(l) * 0.1).sin();
///     let noise = |i: usize| 0.01 * (f64::from(l * l) * 0.7 + 2.0 * i as f64 * f64::from(l)).sin();
///     moments.add(&[0, 1, 2, 3].map(|i| gains[i] * z + offsets[i] + noise(i)))?;
/// }
/// let fit = FactorFit::new(&moments, SensorNoise::Own)?;
/// let mut state = fit.start();
/// let report = solve(&fit, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged(), "{report:?}");
/// assert!(state.gains().iter().zip(gains).all(|(found, gain)| (found - gain).abs() < 2e-3));
/// let mut found = SVector::<f64, 4>::zeros();
/// fit.offsets(&state, Origin::Sensor(3), &mut found)?;
/// assert!((fit.signal(&state, &[20.5, 19.2, 21.3, 19.2], &found)? - 20.0).abs() < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Lawley and Maxwell 1971, *Factor Analysis as a Statistical Method*, ch. 2–4.
#[derive(Debug)]
pub struct FactorFit<'a, R, G, W> {
    kernel: Kernel<'a, R, G, W>,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R: Copy, G, W> Clone for FactorFit<'_, R, G, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, G, W> Copy for FactorFit<'_, R, G, W> {}

/// Gains, variances, and both of the step to come: 5 m + 4 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FactorFitState<R, G> {
    fit: Fit<G, R>,
    phase: Phase,
}

/// What of a state is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// Nothing; the first gains come next.
    Blank,
    /// They are to come.
    Started,
    /// Gains and variances.
    Given,
    /// The step to come.
    Proposed,
    /// There is no step to come.
    Broken,
}

impl<R: Real, G: Buffer<R>> FactorFitState<R, G> {
    /// The gains; 1 before the first step.
    pub const fn gains(&self) -> &G {
        &self.fit.gains
    }

    /// The variances ψ of the noises, in units of the measurements squared; half of each sensor's
    /// variance before the first step.
    pub const fn variances(&self) -> &G {
        &self.fit.variances
    }

    /// The gains, to be changed. Whoever does starts a new [`Run`](crate::Run), which looks at them
    /// anew.
    pub const fn gains_mut(&mut self) -> &mut G {
        self.phase = Phase::Given;
        &mut self.fit.gains
    }

    /// The variances, to be changed likewise.
    pub const fn variances_mut(&mut self) -> &mut G {
        self.phase = Phase::Given;
        &mut self.fit.variances
    }

    /// s, the standard deviation of the signal, as the last step looked for had it.
    pub const fn spread(&self) -> R {
        self.fit.spread
    }

    /// Which of all equivalent answers this is.
    pub const fn gauge(&self) -> Gauge {
        self.fit.gauge
    }
}

impl<'a, R: Real, G: Buffer<R>, W: Buffer<R>> FactorFit<'a, R, G, W> {
    /// The model of these moments, which must be about the mean.
    ///
    /// # Errors
    /// [`ArrayError`]: `OneSensor`, `TwoSensors` unless their noise is equal, `NotCentred`, `Frames`
    /// below four, `Constant`, `Silent`, `Size`.
    pub fn new(moments: &'a Moments<R, G, W>, noise: SensorNoise) -> Result<Self, ArrayError> {
        let kernel = Kernel::new(moments, noise)?;
        let constant = |i: &usize| kernel.c(*i, *i) <= R::ZERO;
        match (0..moments.sensors()).find(constant) {
            Some(sensor) => Err(ArrayError::Constant { sensor }),
            None => Ok(Self { kernel }),
        }
    }

    /// The state to begin with.
    pub fn start(&self) -> FactorFitState<R, G> {
        FactorFitState { fit: self.kernel.fresh(), phase: Phase::Blank }
    }

    /// Standard errors of the gains into the buffer given: √(J Ψ Jᵀ (1 + 1 / θ) / ((p − 1) s²)) with θ =
    /// s² γᵀΨ⁻¹γ and J the derivative of the gauge. False before the start and where no step can be
    /// found; nothing is written then.
    pub fn errors(&self, state: &mut FactorFitState<R, G>, of_gains: &mut G) -> bool {
        let known = self.is_known(state);
        if known {
            self.kernel.errors(&state.fit, of_gains.as_mut_slice(), &|_| true);
        }
        known
    }

    /// The offset of each sensor.
    ///
    /// # Errors
    /// [`ArrayError::Reference`].
    pub fn offsets(
        &self,
        state: &FactorFitState<R, G>,
        origin: Origin,
        offsets: &mut G,
    ) -> Result<(), ArrayError> {
        check_origin(origin, self.kernel.sensors(), &|_| true)?;
        let gains = state.fit.gains.as_slice();
        self.kernel.offsets(gains, origin, offsets.as_mut_slice(), &|_| true);
        Ok(())
    }

    /// Their standard errors; false, and nothing written, as in [`errors`](Self::errors).
    ///
    /// # Errors
    /// [`ArrayError::Reference`].
    pub fn offset_errors(
        &self,
        state: &mut FactorFitState<R, G>,
        origin: Origin,
        errors: &mut G,
    ) -> Result<bool, ArrayError> {
        check_origin(origin, self.kernel.sensors(), &|_| true)?;
        let known = self.is_known(state);
        if known {
            self.kernel.offset_errors(&state.fit, origin, errors.as_mut_slice(), &|_| true);
        }
        Ok(known)
    }

    /// The signal of a frame, by the best linear weights: Σ (γᵢ / ψᵢ) (yᵢ − oᵢ) / Σ γᵢ² / ψᵢ.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `NonFiniteMeasurement`.
    pub fn signal(
        &self,
        state: &FactorFitState<R, G>,
        y: &[R],
        offsets: &G,
    ) -> Result<R, ArrayError> {
        self.kernel.signal(&state.fit, y, offsets.as_slice(), &|_| true)
    }

    fn is_known(&self, state: &mut FactorFitState<R, G>) -> bool {
        if matches!(state.phase, Phase::Blank | Phase::Started) {
            return false;
        }
        self.propose(state);
        state.phase == Phase::Proposed
    }

    fn propose(&self, state: &mut FactorFitState<R, G>) {
        let blank = match state.phase {
            Phase::Started | Phase::Proposed | Phase::Broken => return,
            Phase::Blank => true,
            Phase::Given => false,
        };
        let FactorFitState { fit, phase } = state;
        let size = max_abs(fit.gains.as_slice()).max(max_abs(fit.variances.as_slice()));
        if !size.is_finite() {
            fit.change = size;
            return;
        }
        // A variance that was written may be none.
        for (i, variance) in fit.variances.as_mut_slice().iter_mut().enumerate() {
            if *variance <= R::ZERO {
                *variance = self.kernel.c(i, i);
            }
        }
        let found = self.kernel.propose(fit, blank, &|_| true).is_some();
        *phase = match (found, blank) {
            (true, true) => Phase::Started,
            (true, false) => Phase::Proposed,
            (false, _) => Phase::Broken,
        };
        if !found {
            fit.change = R::ONE;
        }
    }
}

/// # Errors
/// `Reference`.
pub(super) fn check_origin(
    origin: Origin,
    sensors: usize,
    takes_part: &dyn Fn(usize) -> bool,
) -> Result<(), ArrayError> {
    match origin {
        Origin::Sensor(sensor) if sensor >= sensors || !takes_part(sensor) => {
            Err(ArrayError::Reference { sensor, sensors })
        }
        _ => Ok(()),
    }
}

impl<R: Real, G: Buffer<R>, W: Buffer<R>> Iteration for FactorFit<'_, R, G, W> {
    type Real = R;
    type State = FactorFitState<R, G>;
    const CERTIFICATE: Certificate = Certificate::RelativeChange;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        if matches!(state.phase, Phase::Started | Phase::Proposed) {
            self.kernel.take(&mut state.fit);
            state.phase = Phase::Given;
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        state.fit.change
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.phase == Phase::Broken
    }

    fn reference(&self) -> R {
        R::ONE
    }

    fn restore(&self, state: &mut Self::State) {
        let gains = state.fit.gains.as_mut_slice();
        gains.iter_mut().for_each(|gain| *gain = gain.finite_or(R::ONE));
        let half = R::from_f64(0.5);
        for (i, variance) in state.fit.variances.as_mut_slice().iter_mut().enumerate() {
            *variance = variance.finite_or(half * self.kernel.c(i, i));
        }
        state.phase = Phase::Given;
    }
}
