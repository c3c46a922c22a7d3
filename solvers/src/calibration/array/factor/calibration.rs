//! [`FactorCalibration`]: gains and noises with their errors and without faulty sensors, or why there
//! are none.

use super::super::marks::{self, part_of};
use super::super::{ArrayError, Moments, Origin, SensorNoise};
use super::fit::check_origin;
use super::kernel::{Kernel, enough};
use super::state::{FactorCalibrationState, Stage};
use crate::calibration::{Answer, Sensor, Verdict};
use crate::sum::Accumulator;
use crate::{Buffer, Real};

/// Rounds after which a fit is taken as it is.
const ROUNDS: u16 = 200;

/// The gains, noises and offsets of sensors that all see the same, with nothing to choose.
///
/// In order: sensors that are dead or stuck by their moments are left out; the rounds of
/// [`FactorFit`](super::FactorFit), up to 200 of them, until they move nothing by more than 1e-5; standard
/// errors; sensors in which the signal does not show are left out, and so are erratic ones, each time
/// with a new fit. Erratic is a sensor whose noise has more than ten times the deviation of the middle one,
/// or, where noises are equal, one that is noisier than chance allows (at one in a hundred among all, by an F
/// test). Those that are weak or flipped are named. Gains are refused where an error above .3 is to be
/// expected; the [`Verdict`] says why. Its σ is the root mean square of the noises, its `freedom` p − 2,
/// its `conditioning` θ / (1 + θ), what of the sum of all sensors is signal; it is scarce below 3 m frames, which
/// tell single noises badly.
///
/// Work is done in advances of one round each, [`FactorCalibration::MOST`] at the most; `advance(1)` n
/// times equals `advance(n)`.
///
/// Storage: one borrow and a number here; 6 m + 4 numbers and m marks in [`FactorCalibrationState`].
///
/// ```
/// use solvekit::calibration::array::{FactorCalibration, Moments, SensorNoise};
/// use solvekit::calibration::{Answer, Sensor};
/// use solvekit::{SVector, direct::packed, operator::zeros};
/// // Five pressure sensors; the last one is mounted upside down, the second one hangs.
/// let gains = [1.1_f64, 0.0, 0.9, 1.0, -1.0];
/// let mut moments =
///     Moments::new(SVector::<f64, 5>::zeros(), zeros::<f64, { packed(5) }, 1>())?.centred();
/// for l in 0..100 {
///     let z = (f64::from(l) * 0.1).sin();
///     let noise = |i: usize| 0.01 * (f64::from(l * l) * 0.7 + 2.0 * i as f64 * f64::from(l)).sin();
///     moments.add(&[0, 1, 2, 3, 4].map(|i| gains[i] * z + if i == 1 { 4.0 } else { noise(i) }))?;
/// }
/// let calibration = FactorCalibration::new(&moments, SensorNoise::Own)?;
/// let mut state = calibration.start([Sensor::Sound; 5])?;
/// let verdict = calibration.solve(&mut state);
/// assert_eq!((verdict.answer, verdict.kept), (Answer::Likelihood, 4));
/// assert_eq!((state.sensors()[1], state.sensors()[4]), (Sensor::Stuck, Sensor::Flipped));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FactorCalibration<'a, R, G, W> {
    kernel: Kernel<'a, R, G, W>,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R: Copy, G, W> Clone for FactorCalibration<'_, R, G, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, G, W> Copy for FactorCalibration<'_, R, G, W> {}

impl<'a, R: Real, G: Buffer<R>, W: Buffer<R>> FactorCalibration<'a, R, G, W> {
    /// An end is reached in this many advances.
    pub const MOST: u32 = 7 * (ROUNDS as u32 + 2) + 1;

    /// From these moments, which must be about the mean.
    ///
    /// # Errors
    /// [`ArrayError`]: `OneSensor`, `TwoSensors` unless their noise is equal, `NotCentred`, `Frames`
    /// below four, `Silent`, `Size`.
    pub fn new(moments: &'a Moments<R, G, W>, noise: SensorNoise) -> Result<Self, ArrayError> {
        Ok(Self { kernel: Kernel::new(moments, noise)? })
    }

    /// The state to begin with; `sensors` has m entries, which may hold anything.
    ///
    /// # Errors
    /// [`ArrayError::Length`].
    pub fn start<F>(&self, sensors: F) -> Result<FactorCalibrationState<R, G, F>, ArrayError>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let (expected, found) = (self.kernel.sensors(), sensors.as_ref().len());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        let fit = self.kernel.fresh();
        Ok(FactorCalibrationState {
            errors: fit.gains.clone(),
            fit,
            sensors,
            stage: Stage::Screen,
            left_out: 0,
            verdict: None,
        })
    }

    /// At most `budget` more advances; the verdict once there is one, and nothing more happens then.
    pub fn advance<F>(
        &self,
        state: &mut FactorCalibrationState<R, G, F>,
        budget: u32,
    ) -> Option<Verdict<R>>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        for _ in 0..budget {
            if state.verdict.is_some() {
                break;
            }
            if self.next(state).is_none() {
                self.refuse(state, Answer::Singular);
            }
        }
        state.verdict
    }

    /// To the end.
    pub fn solve<F>(&self, state: &mut FactorCalibrationState<R, G, F>) -> Verdict<R>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        self.advance(state, Self::MOST).unwrap_or(Verdict::none(Answer::Singular))
    }

    /// The offset of each sensor and its standard error.
    ///
    /// # Errors
    /// [`ArrayError::Reference`], also for a sensor that was left out.
    pub fn offsets<F: AsRef<[Sensor]>>(
        &self,
        state: &FactorCalibrationState<R, G, F>,
        origin: Origin,
        offsets: &mut G,
        errors: &mut G,
    ) -> Result<(), ArrayError> {
        let kept = |i: usize| part_of(state.sensors.as_ref(), i);
        check_origin(origin, self.kernel.sensors(), &kept)?;
        let gains = state.fit.gains.as_slice();
        self.kernel.offsets(gains, origin, offsets.as_mut_slice(), &kept);
        self.kernel.offset_errors(&state.fit, origin, errors.as_mut_slice(), &kept);
        Ok(())
    }

    /// The signal of a frame from the sensors that take part, by the best linear weights.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `NonFiniteMeasurement`.
    pub fn signal<F: AsRef<[Sensor]>>(
        &self,
        state: &FactorCalibrationState<R, G, F>,
        y: &[R],
        offsets: &G,
    ) -> Result<R, ArrayError> {
        let kept = |i: usize| part_of(state.sensors.as_ref(), i);
        self.kernel.signal(&state.fit, y, offsets.as_slice(), &kept)
    }

    /// Whatever comes next; `None` where there is no signal in common.
    fn next<F>(&self, state: &mut FactorCalibrationState<R, G, F>) -> Option<()>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let FactorCalibrationState { fit, errors, sensors, .. } = state;
        let sensors = sensors.as_mut();
        if state.stage == Stage::Screen {
            let room = errors.as_mut_slice();
            marks::screen(self.kernel.moments, |_| R::ONE, room, sensors);
            state.stage = Stage::Start;
            return Some(());
        }
        let kept = |i: usize| part_of(sensors, i);
        if enough(marks::kept(sensors), self.kernel.noise).is_err() {
            self.refuse(state, Answer::TooFew);
            return Some(());
        }
        state.stage = match state.stage {
            Stage::Screen => Stage::Start,
            Stage::Start => {
                self.kernel.halve(fit.variances.as_mut_slice());
                self.kernel.propose(fit, true, &kept)?;
                self.kernel.take(fit);
                Stage::Rounds { left: ROUNDS }
            }
            Stage::Rounds { left } => {
                self.kernel.propose(fit, false, &kept)?;
                let settled = fit.change <= R::from_f64(1e-5);
                self.kernel.take(fit);
                match left.saturating_sub(1) {
                    left if left > 0 && !settled => Stage::Rounds { left },
                    _ => Stage::Judge,
                }
            }
            Stage::Judge => {
                self.judge(state);
                return Some(());
            }
        };
        Some(())
    }

    /// Errors, and what follows from them.
    fn judge<F>(&self, state: &mut FactorCalibrationState<R, G, F>)
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let FactorCalibrationState { fit, errors, sensors, .. } = state;
        let sensors = sensors.as_mut();
        {
            let kept = |i: usize| part_of(sensors, i);
            self.kernel.errors(fit, errors.as_mut_slice(), &kept);
        }
        if state.left_out < marks::MOST {
            let both = (fit.gains.as_slice(), errors.as_slice());
            let room = fit.room.as_mut_slice();
            let found = marks::silence(self.kernel.moments, both, room, sensors)
                || self.kernel.find_erratic(fit, errors.as_slice(), sensors);
            if found {
                state.left_out += 1;
                state.stage = Stage::Start;
                return;
            }
        }
        let (mut sum, mut count) = (Accumulator::default(), R::ZERO);
        for (i, variance) in fit.variances.as_slice().iter().enumerate() {
            if part_of(sensors, i) {
                sum.add(i, *variance);
                count += R::ONE;
            }
        }
        let told = ((sum.total() / count).sqrt(), fit.theta / (R::ONE + fit.theta));
        let freedom = self.kernel.moments.whole_freedom().saturating_sub(1);
        let scarce = freedom.saturating_add(2) < marks::kept(sensors).saturating_mul(3);
        let verdict = marks::verdict(told, errors.as_slice(), sensors, freedom, scarce);
        if verdict.answer.is_given() {
            marks::name(fit.gains.as_slice(), errors.as_slice(), sensors);
            let kept = |i: usize| part_of(sensors, i);
            self.kernel.complete(fit, &kept);
        } else {
            self.refuse(state, verdict.answer);
        }
        state.verdict = Some(verdict);
    }

    /// Nothing is known: γ = 1, and no end to the errors.
    fn refuse<F: AsRef<[Sensor]>>(
        &self,
        state: &mut FactorCalibrationState<R, G, F>,
        answer: Answer,
    ) {
        let FactorCalibrationState { fit, errors, sensors, .. } = state;
        fit.gains.as_mut_slice().iter_mut().for_each(|gain| *gain = R::ONE);
        errors.as_mut_slice().iter_mut().for_each(|error| *error = R::INFINITY);
        state.verdict = Some(Verdict {
            freedom: self.kernel.moments.whole_freedom().saturating_sub(1),
            kept: marks::kept(sensors.as_ref()),
            ..Verdict::none(answer)
        });
    }
}
