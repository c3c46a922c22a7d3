//! [`SubspaceCalibration`]: gains with their errors and without faulty sensors, or why there are none.

use super::super::marks::{self, part_of};
use super::super::{ArrayCounts, ArrayError, Moments};
use super::kernel::Kernel;
use super::state::{Stage, SubspaceCalibrationState};
use crate::calibration::kernel::fill;
use crate::calibration::{Answer, Sensor, Verdict};
use crate::{Buffer, ColumnOperator, Real};
use core::marker::PhantomData;

/// Gauss–Newton steps after a start.
const STEPS: u8 = 3;

/// The gains of an array whose signals lie in a known subspace, with nothing to choose.
///
/// In order: sensors that are dead or stuck by their moments are left out; the start and three steps
/// of [`SubspaceFit`](super::SubspaceFit); sensors that fit the others worse than chance allows (at one
/// in a hundred among all, by an F test of what Σ r² loses without each) are left out one by one, six at
/// the most, each time with a new fit; standard errors; sensors in which there is no signal are left out.
/// Those that are weak or flipped are named. Gains are refused where an error above .3 is to be expected;
/// the [`Verdict`] says why. Its `width` is zero here, its `conditioning` that of
/// [`SubspaceFitState`](super::SubspaceFitState).
///
/// The test takes the noise of all sensors to be alike and the subspace to be true: in a long record a
/// sensor twice as noisy as the others is erratic.
///
/// Work is done in advances of one factorisation of m × m each, [`most`](Self::most) at the most;
/// `advance(1)` n times equals `advance(n)`.
///
/// Storage: as [`SubspaceFit`](super::SubspaceFit); 2 m numbers and m marks more.
///
/// ```
/// use solvekit::calibration::array::{Moments, SubspaceCalibration, room};
/// use solvekit::calibration::{Answer, Sensor};
/// use solvekit::{SMatrix, SVector, direct::packed, operator::zeros};
/// // Six sensors in a row see a field that is even or changes once; the third hangs.
/// let u = SMatrix::<f64, 6, 2>::from_fn(|i, j| match j {
///     0 => (1.0_f64 / 6.0).sqrt(),
///     _ => (1.0_f64 / 3.0).sqrt() * (std::f64::consts::PI * (i as f64 + 0.5) / 6.0).cos(),
/// });
/// let gains = [1.2, 0.8, 1.0, 0.9, 1.0, 1.1];
/// let mut moments = Moments::new(SVector::<f64, 6>::zeros(), zeros::<f64, { packed(6) }, 1>())?;
/// for l in 0..10 {
///     let field = u * SVector::from([(f64::from(l) * 0.9).sin(), (f64::from(l) * 1.7).cos()]);
///     let mut y = [0, 1, 2, 3, 4, 5].map(|i| gains[i] * field[i]);
///     y[2] = 0.7;
///     moments.add(&y)?;
/// }
/// let calibration = SubspaceCalibration::new(&moments, &u)?;
/// let room = zeros::<f64, { room(6, 2) }, 1>();
/// let mut state = calibration.start(zeros::<f64, { packed(6) }, 1>(), room, [Sensor::Sound; 6])?;
/// let verdict = calibration.solve(&mut state);
/// assert_eq!((verdict.answer, verdict.kept), (Answer::Likelihood, 5));
/// assert_eq!(state.sensors()[2], Sensor::Stuck);
/// assert!((state.gains()[0] / state.gains()[1] - 1.5).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SubspaceCalibration<'a, R, Z, G, W, S> {
    kernel: Kernel<'a, R, Z, G, W>,
    room: PhantomData<S>,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R: Copy, Z, G, W, S> Clone for SubspaceCalibration<'_, R, Z, G, W, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, Z, G, W, S> Copy for SubspaceCalibration<'_, R, Z, G, W, S> {}

impl<'a, R, Z, G, W, S> SubspaceCalibration<'a, R, Z, G, W, S>
where
    R: Real,
    Z: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
    S: Buffer<R>,
{
    /// From these moments, with offsets where they are about the mean.
    ///
    /// # Errors
    /// As [`SubspaceFit::new`](super::SubspaceFit::new).
    pub fn new(moments: &'a Moments<R, G, W>, basis: &'a Z) -> Result<Self, ArrayError> {
        Ok(Self { kernel: Kernel::new(moments, basis)?, room: PhantomData })
    }

    /// m, k and p, and whether there are offsets.
    pub fn counts(&self) -> ArrayCounts {
        self.kernel.counts(&|_| true)
    }

    /// An end is reached in this many advances: 7 (m + 6) + 1.
    pub fn most(&self) -> u32 {
        let sensors = u32::try_from(self.kernel.sensors()).unwrap_or(u32::MAX);
        sensors.saturating_add(u32::from(STEPS) + 3).saturating_mul(7).saturating_add(1)
    }

    /// The state to begin with; `memory` has [`packed`](crate::direct::packed)`(m)` numbers, `room`
    /// [`room`](super::room)`(m, k)`, `sensors` m entries. What they hold does not matter.
    ///
    /// # Errors
    /// [`ArrayError::Length`].
    pub fn start<F>(
        &self,
        memory: W,
        room: S,
        sensors: F,
    ) -> Result<SubspaceCalibrationState<R, G, W, S, F>, ArrayError>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        self.kernel.check_room(&memory, &room)?;
        let (expected, found) = (self.kernel.sensors(), sensors.as_ref().len());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        let fit = self.kernel.fresh(memory, room);
        Ok(SubspaceCalibrationState {
            errors: fit.gains.clone(),
            fit,
            sensors,
            stage: Stage::Screen,
            left_out: 0,
            worst: 0,
            least: R::ONE,
            verdict: None,
        })
    }

    /// At most `budget` more advances; the verdict once there is one, and nothing more happens then.
    pub fn advance<F>(
        &self,
        state: &mut SubspaceCalibrationState<R, G, W, S, F>,
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
    pub fn solve<F>(&self, state: &mut SubspaceCalibrationState<R, G, W, S, F>) -> Verdict<R>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        self.advance(state, self.most()).unwrap_or(Verdict::none(Answer::Singular))
    }

    /// The signal of a frame from the sensors that take part: the least-squares z of γ ∘ U z = y.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `NonFiniteMeasurement`.
    pub fn signal<F: AsRef<[Sensor]>>(
        &self,
        state: &mut SubspaceCalibrationState<R, G, W, S, F>,
        y: &[R],
        z: &mut Z::Domain,
    ) -> Result<(), ArrayError> {
        let sensors = state.sensors.as_ref();
        self.kernel.signal(&mut state.fit, y, z, &|i| part_of(sensors, i))
    }

    /// The offset of each sensor, as [`SubspaceFit::offsets`](super::SubspaceFit::offsets).
    pub fn offsets<F: AsRef<[Sensor]>>(
        &self,
        state: &mut SubspaceCalibrationState<R, G, W, S, F>,
        offsets: &mut G,
    ) {
        let sensors = state.sensors.as_ref();
        self.kernel.offsets(&mut state.fit, offsets, &|i| part_of(sensors, i));
    }

    /// Whatever comes next; `None` where the frames cannot tell the gains.
    fn next<F>(&self, state: &mut SubspaceCalibrationState<R, G, W, S, F>) -> Option<()>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let SubspaceCalibrationState { fit, errors, sensors, .. } = state;
        let sensors = sensors.as_mut();
        if state.stage == Stage::Screen {
            let share = |i: usize| self.kernel.share(i);
            marks::screen(self.kernel.moments, share, errors.as_mut_slice(), sensors);
            state.stage = Stage::Start;
            return Some(());
        }
        let kept = |i: usize| part_of(sensors, i);
        if self.kernel.counts(&kept).check().is_err() {
            self.refuse(state, Answer::TooFew);
            return Some(());
        }
        state.stage = match state.stage {
            Stage::Screen => Stage::Start,
            Stage::Start => {
                self.kernel.propose_start(fit, &kept)?;
                self.kernel.take_start(fit, &kept);
                Stage::Steps { left: STEPS }
            }
            Stage::Steps { left } => {
                self.kernel.propose_step(fit, &kept)?;
                self.kernel.take_step(fit, &kept);
                (state.worst, state.least) = (0, R::ONE);
                match left.saturating_sub(1) {
                    0 => Stage::Search { sensor: 0 },
                    left => Stage::Steps { left },
                }
            }
            Stage::Search { sensor } => {
                let searched = state.left_out < marks::MOST && self.kernel.tells(fit, &kept);
                if searched && sensor < self.kernel.sensors() {
                    let chance =
                        if kept(sensor) { self.kernel.chance(fit, sensor, &kept) } else { None };
                    if let Some(chance) = chance.filter(|chance| *chance < state.least) {
                        (state.worst, state.least) = (sensor, chance);
                    }
                    Stage::Search { sensor: sensor + 1 }
                } else {
                    let level = R::from_f64(0.01) / self.kernel.count(&kept);
                    match sensors.get_mut(state.worst).filter(|_| state.least < level) {
                        Some(mark) => {
                            *mark = Sensor::Erratic;
                            state.left_out += 1;
                            Stage::Start
                        }
                        None => Stage::Judge,
                    }
                }
            }
            Stage::Judge => {
                self.kernel.propose_step(fit, &kept)?;
                self.judge(state);
                return Some(());
            }
        };
        Some(())
    }

    /// Errors, and what follows from them.
    fn judge<F>(&self, state: &mut SubspaceCalibrationState<R, G, W, S, F>)
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let SubspaceCalibrationState { fit, errors, sensors, .. } = state;
        let sensors = sensors.as_mut();
        let kept = |i: usize| part_of(sensors, i);
        let counts = self.kernel.counts(&kept);
        self.kernel.variances(fit, &kept, errors);
        let noise = self.kernel.noise(fit.objective, &kept);
        let factor = noise.map_or(R::INFINITY, |[per_frame, _]| per_frame).sqrt();
        for (i, error) in errors.as_mut_slice().iter_mut().enumerate() {
            *error = if noise.is_some() && kept(i) { factor * error.sqrt() } else { R::INFINITY };
        }
        let both = (fit.gains.as_slice(), errors.as_slice());
        if noise.is_some() && state.left_out < marks::MOST {
            let room = fit.direction.as_mut_slice();
            if marks::silence(self.kernel.moments, both, room, sensors) {
                state.left_out += 1;
                state.stage = Stage::Start;
                return;
            }
        }
        let sigma = noise.map_or(R::INFINITY, |[_, square]| (square / self.kernel.scale).sqrt());
        let told = (sigma, fit.conditioning);
        let scarce = counts.is_scarce();
        let mut verdict = marks::verdict(told, both.1, sensors, counts.freedom(), scarce);
        if noise.is_none() {
            verdict.answer = Answer::Unchecked;
        }
        if verdict.answer == Answer::Likelihood {
            marks::name(both.0, both.1, sensors);
        }
        if verdict.answer.is_given() {
            let kept = |i: usize| part_of(sensors, i);
            self.kernel.complete(fit, &kept);
            state.verdict = Some(verdict);
        } else {
            self.refuse(state, verdict.answer);
            state.verdict = Some(verdict);
        }
    }

    /// Nothing is known: γ = 1, and no end to the errors.
    fn refuse<F: AsRef<[Sensor]>>(
        &self,
        state: &mut SubspaceCalibrationState<R, G, W, S, F>,
        answer: Answer,
    ) {
        let SubspaceCalibrationState { fit, errors, sensors, .. } = state;
        let kept = |i: usize| part_of(sensors.as_ref(), i);
        let counts = self.kernel.counts(&kept);
        fit.gains.as_mut_slice().iter_mut().for_each(|gain| *gain = R::ONE);
        fill(&mut fit.room);
        errors.as_mut_slice().iter_mut().for_each(|error| *error = R::INFINITY);
        state.verdict = Some(Verdict {
            freedom: counts.freedom(),
            conditioning: fit.conditioning,
            kept: counts.sensors,
            scarce: counts.is_scarce(),
            ..Verdict::none(answer)
        });
    }
}
