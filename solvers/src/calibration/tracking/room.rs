//! [`FrameRoom`]: memory to work in.

use super::report::SeenSensor;
use crate::calibration::CalibrationError;
use crate::calibration::fit::Fit;
use crate::calibration::snapshots::at;
use crate::direct::packed;
use crate::{Buffer, ColumnOperator, LinearOperator, Real};

/// |z| from which a sensor is suspicious.
pub(super) const SUSPICIOUS: f64 = 6.0;

/// Memory for one frame, which may serve many trackers in turn: 9 n + 4 m + 2 m p + n (n + 1) / 2 + 3
/// numbers. Nothing of it lasts from frame to frame; after a frame it holds the frame's signal and what
/// was seen of each sensor.
#[derive(Clone, Copy, Debug)]
pub struct FrameRoom<R, X, G, Y, W> {
    /// In between, gains are uᵀy and squares ‖u‖² of each sensor.
    pub(super) fit: Fit<R, X, G, Y, W>,
    /// Measurements, zero for what is missing; then what one frame alone tells: see
    /// [`found`](Self::found).
    pub(super) clean: Y,
    /// Normalised; zero where they were not judged.
    pub(super) innovations: G,
    /// Innovations before suspicious sensors were left out; or variances of gains that were found.
    pub(super) before: G,
}

/// The room for an operator's vectors.
pub type FrameRoomOf<R, A, G, W> =
    FrameRoom<R, <A as LinearOperator<R>>::Range, G, <A as LinearOperator<R>>::Domain, W>;

impl<R: Real, X: Buffer<R>, G: Buffer<R>, Y: Buffer<R>, W: Buffer<R>> FrameRoom<R, X, G, Y, W> {
    /// Room for frames with such rows; `gains` has m numbers and `memory`
    /// [`packed`](crate::direct::packed)`(n)`. What they hold does not matter.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn new<A>(rows: &A, gains: G, memory: W) -> Result<Self, CalibrationError>
    where
        A: ColumnOperator<R, Range = X, Domain = Y>,
    {
        let (expected, found) = (packed(rows.rows()), memory.as_slice().len());
        if expected != found {
            return Err(CalibrationError::Length { expected, found });
        }
        let mut zeros = gains;
        zeros.as_mut_slice().iter_mut().for_each(|zero| *zero = R::ZERO);
        let fit = Fit::fresh(rows, zeros.clone(), memory);
        let clean = rows.zero_domain();
        Ok(Self { fit, clean, innovations: zeros.clone(), before: zeros })
    }

    /// The signal of the last frame that was not skipped; in the scale that gains of mean 1 fix.
    pub const fn x(&self) -> &X {
        &self.fit.x
    }

    /// What the last frame showed of a sensor.
    pub fn seen(&self, sensor: usize) -> SeenSensor {
        if at(self.fit.squares.as_slice(), sensor) == R::ZERO {
            SeenSensor::Missing
        } else if self.is_suspicious(sensor) {
            SeenSensor::Suspicious
        } else {
            SeenSensor::Sound
        }
    }

    /// The innovation of a sensor in the last frame, in standard deviations.
    pub fn innovation(&self, sensor: usize) -> R {
        at(self.innovations.as_slice(), sensor)
    }

    /// Gains and offsets that one frame alone has told, in the place of its measurements: there are three
    /// snapshots where offsets are found, and one at least where they are not.
    pub(super) fn found(&self) -> (&[R], &[R]) {
        let sensors = self.before.as_slice().len();
        let (gains, rest) = self.clean.as_slice().split_at_checked(sensors).unwrap_or_default();
        (gains, rest.get(..sensors).unwrap_or_default())
    }

    pub(super) fn is_suspicious(&self, sensor: usize) -> bool {
        self.innovation(sensor).abs() > R::from_f64(SUSPICIOUS)
    }

    /// # Errors
    /// `Length`: frames of another size.
    pub(super) fn check<A>(&self, rows: &A, sensors: usize) -> Result<(), CalibrationError>
    where
        A: LinearOperator<R, Range = X, Domain = Y>,
    {
        let lengths = [
            (rows.rows(), self.fit.x.as_slice().len()),
            (rows.columns(), self.clean.as_slice().len()),
            (sensors, self.innovations.as_slice().len()),
        ];
        for (expected, found) in lengths {
            if expected != found {
                return Err(CalibrationError::Length { expected, found });
            }
        }
        Ok(())
    }
}
