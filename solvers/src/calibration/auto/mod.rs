//! [`Auto`]: blind calibration without anything to choose.

mod learn;
mod stages;
mod state;
mod suspects;
mod verdict;

pub use state::{AutoState, AutoStateOf};
pub use verdict::{Answer, Verdict};

use super::kernel::Kernel;
use super::screen::search;
use super::{CalibrationError, Counts, Sensor, Snapshots};
use crate::{Buffer, ColumnOperator, LinearOperator, Real};
use core::marker::PhantomData;
use state::Stage;
use suspects::Hearing;

/// The gains and the signal of snapshots, with standard errors, or why there are none.
///
/// In order: sensors that look dead, stuck or clipped are left out, until a fit of the others clears
/// them; the linear start and two steps of [`GaussNewton`](super::GaussNewton); standard errors;
/// sensors that fit the others worse than chance allows are left out one by one, each time with a new
/// fit. Where the errors of the gains are small
/// that is the answer. Where they are not (above .1 on average, or near the counting bound), gains are
/// taken to be normal about 1 with a width that is learned from the data, together with the noise, and
/// the most probable ones are found, from two starts. Where the data say nothing of the gains, they
/// are 1. Identical snapshots, and whatever else leaves a signal that the data cannot tell, are
/// refused in the [`Verdict`].
///
/// Work is done in advances of at most one factorisation each, [`Auto::MOST`] at the most, so that a
/// loop with other duties goes on between them; `advance(1)` n times equals `advance(n)`.
///
/// Shapes: x is n, γ is m, y is m p. Storage: the snapshots here; in [`AutoState`] 11 n + 3 m + m p + n
/// (n + 1) / 2 numbers, m bytes, and [`search`]`(n, p)` numbers where erratic sensors are to be found
/// (none otherwise). Cost: three matrices of [`GaussNewton`](super::GaussNewton) (four where its first
/// step is long) and the errors; with learned widths some 25 more.
///
/// ```
/// use solvekit::calibration::{Answer, Auto, Order, Sensor, Snapshots, search};
/// use solvekit::{SMatrix, SVector, direct::packed, operator::zeros};
/// // Four snapshots of five sensors, two unknowns; the fourth sensor is unplugged.
/// let rows = SMatrix::<f32, 2, 20>::from_fn(|j, k| ((k * k + 5 * j * k + 3 * j) as f32).sin());
/// let (x, gains) = ([1.0, -0.5], [1.2, 0.7, 1.1, 0.0, 1.0]);
/// let y = SVector::<f32, 20>::from_fn(|k, _| {
///     gains[k % 5] * (rows[(0, k)] * x[0] + rows[(1, k)] * x[1])
/// });
/// let snapshots = Snapshots::new(&rows, &y, SVector::<f32, 5>::zeros(), Order::BySnapshot)?;
/// let auto = Auto::new(snapshots)?;
/// let room = zeros::<f32, { search(2, 4) }, 1>();
/// let mut state = auto.start(zeros::<f32, { packed(2) }, 1>(), room, [Sensor::Sound; 5])?;
/// let verdict = loop {
///     // other work between advances
///     if let Some(verdict) = auto.advance(&mut state, 1) {
///         break verdict;
///     }
/// };
/// assert_eq!(verdict.answer, Answer::Likelihood);
/// assert_eq!(state.sensors()[3], Sensor::Dead);
/// assert!((state.gains()[0] - 1.2).abs() < 1e-5 && (state.x()[1] + 0.5).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Auto<'a, R: Real, A: LinearOperator<R>, G, W> {
    kernel: Kernel<'a, R, A, G>,
    /// Of the noise, scaled; learned where it is not given.
    sigma: Option<R>,
    memory: PhantomData<W>,
}

impl<'a, R, A, G, W> Auto<'a, R, A, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// An end is reached in this many advances.
    pub const MOST: u32 = 64;

    /// Of these snapshots.
    ///
    /// # Errors
    /// [`Counts::check`].
    pub fn new(snapshots: Snapshots<'a, R, A, G>) -> Result<Self, CalibrationError> {
        snapshots.counts().check()?;
        let kernel = Kernel { snapshots, centred: false };
        Ok(Self { kernel, sigma: None, memory: PhantomData })
    }

    /// With an unknown offset of each sensor.
    ///
    /// # Errors
    /// [`Counts::check`].
    pub fn with_offsets(self) -> Result<Self, CalibrationError> {
        let kernel = Kernel { centred: true, ..self.kernel };
        kernel.counts().check()?;
        Ok(Self { kernel, ..self })
    }

    /// With noise of a known standard deviation, in the units of the measurements. Near the counting
    /// bound the data do not tell it.
    ///
    /// # Errors
    /// [`CalibrationError::Precision`] unless it is positive and finite.
    pub fn with_noise(self, sigma: R) -> Result<Self, CalibrationError> {
        let scaled = sigma * self.kernel.snapshots.scale();
        if scaled > R::ZERO && scaled.is_finite() {
            Ok(Self { sigma: Some(scaled), ..self })
        } else {
            Err(CalibrationError::Precision)
        }
    }

    /// n, m and p, and whether offsets are sought.
    pub fn counts(&self) -> Counts {
        self.kernel.counts()
    }

    /// The offset of each sensor; zero where none are sought.
    pub fn offsets<S, F>(&self, state: &AutoStateOf<R, A, G, W, S, F>, offsets: &mut G) {
        self.kernel.offsets(&state.fit, offsets);
    }

    /// The state to begin with. `memory` has [`packed`](crate::direct::packed)`(n)` numbers; `room`
    /// [`search`]`(n, p)`, or none, and then erratic sensors are not looked for; `sensors` has m
    /// entries. What they hold does not matter.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn start<S, F>(
        &self,
        memory: W,
        room: S,
        sensors: F,
    ) -> Result<AutoStateOf<R, A, G, W, S, F>, CalibrationError>
    where
        S: Buffer<R>,
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let counts = self.counts();
        let needed = search(counts.unknowns, counts.snapshots);
        let lengths = [(needed, room.as_slice().len()), (counts.sensors, sensors.as_ref().len())];
        for (k, (expected, found)) in lengths.into_iter().enumerate() {
            if expected != found && (k > 0 || found > 0) {
                return Err(CalibrationError::Length { expected, found });
            }
        }
        let fit = self.kernel.fresh(memory)?;
        Ok(AutoState {
            second: fit.x.clone(),
            signal_errors: fit.x.clone(),
            gain_errors: fit.gains.clone(),
            fit,
            room,
            sensors,
            stage: Stage::Screen,
            hearing: Hearing::Due,
            erratic: 0,
            sigma: R::ZERO,
            width: R::ZERO,
            kappa: R::ZERO,
            damping: R::ONE,
            rival: R::ZERO,
            verdict: None,
        })
    }

    /// At most `budget` more advances; the verdict once there is one, and nothing more happens then.
    pub fn advance<S, F>(
        &self,
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        budget: u32,
    ) -> Option<Verdict<R>>
    where
        S: Buffer<R>,
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        for _ in 0..budget {
            if state.verdict.is_some() {
                break;
            }
            self.next(state);
        }
        state.verdict
    }

    /// To the end.
    pub fn solve<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>) -> Verdict<R>
    where
        S: Buffer<R>,
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        self.advance(state, Self::MOST).unwrap_or(Verdict::none(Answer::Singular))
    }
}
