//! [`AutoState`]: how far a calibration is.

use super::Verdict;
use super::suspects::Hearing;
use crate::calibration::Sensor;
use crate::calibration::fit::Fit;
use crate::calibration::snapshots::at;
use crate::sum::{Accumulator, square};
use crate::{Buffer, LinearOperator, Real};

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(in crate::calibration) enum Stage {
    /// Sensors by their measurements alone.
    Screen,
    /// The linear start.
    Start,
    /// Least-squares steps.
    Likelihood { left: u8 },
    /// Errors, erratic sensors, and what to do about both.
    Judge,
    /// Damped steps with gains drawn to 1, from the first or the second start.
    Prior { second: bool, left: u8 },
    /// The second start.
    Uncalibrated,
    /// Noise and width of the gains.
    Learn { rounds: u8 },
    /// Damped steps with what was learned.
    Refine { rounds: u8, left: u8 },
    /// Errors of the posterior.
    Conclude,
    /// Gains of 1.
    Equal,
}

/// Signal, gains, errors and marks of a calibration, and how far it is: 11 n + 3 m + m p + n (n + 1) / 2
/// numbers, m marks, and the room in which erratic sensors are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AutoState<R, X, G, Y, W, S, F> {
    pub(in crate::calibration) fit: Fit<R, X, G, Y, W>,
    /// The start, then the end of the first descent.
    pub(super) second: X,
    pub(super) gain_errors: G,
    pub(super) signal_errors: X,
    pub(super) room: S,
    pub(super) sensors: F,
    pub(super) stage: Stage,
    pub(super) hearing: Hearing,
    /// Sensors left out as erratic so far.
    pub(super) erratic: u8,
    /// Of the noise, scaled.
    pub(super) sigma: R,
    /// Of the gains.
    pub(super) width: R,
    /// σ² / τ².
    pub(super) kappa: R,
    pub(super) damping: R,
    /// f at the end of the first descent.
    pub(super) rival: R,
    pub(super) verdict: Option<Verdict<R>>,
}

/// The state for an operator's vectors.
pub type AutoStateOf<R, A, G, W, S, F> =
    AutoState<R, <A as LinearOperator<R>>::Range, G, <A as LinearOperator<R>>::Domain, W, S, F>;

impl<R, X, G, Y, W, S, F> AutoState<R, X, G, Y, W, S, F>
where
    R: Real,
    G: Buffer<R>,
    F: AsRef<[Sensor]>,
{
    /// The signal; zero before the start and where there is none.
    pub const fn x(&self) -> &X {
        &self.fit.x
    }

    /// The gains; 1 before the start and where there are none. Those of sensors left out are what suits
    /// the signal of the others, and have no say in the mean.
    pub const fn gains(&self) -> &G {
        &self.fit.gains
    }

    /// Standard errors of the gains, once there is a verdict; infinite where nothing tells them.
    pub const fn gain_errors(&self) -> &G {
        &self.gain_errors
    }

    /// Standard errors of the signal, likewise.
    pub const fn signal_errors(&self) -> &X {
        &self.signal_errors
    }

    /// How each sensor fares.
    pub fn sensors(&self) -> &[Sensor] {
        self.sensors.as_ref()
    }

    /// The verdict, once there is one.
    pub const fn verdict(&self) -> Option<Verdict<R>> {
        self.verdict
    }

    /// Root mean square of the errors of the gains that take part.
    pub(super) fn mean_error(&self) -> R {
        let (mut sum, mut count) = (Accumulator::default(), R::ZERO);
        for (i, sensor) in self.sensors.as_ref().iter().enumerate() {
            if sensor.takes_part() {
                sum.add(i, square(at(self.gain_errors.as_slice(), i)));
                count += R::ONE;
            }
        }
        (sum.total() / count).sqrt()
    }
}
