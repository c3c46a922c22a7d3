//! [`Track`]: what is known from frame to frame.

use crate::calibration::Gauge;
use crate::calibration::snapshots::at;
use crate::sum::{square, sum_of};
use crate::{Buffer, Real};

/// The least and the largest K that steering comes to.
pub(super) const STEERED: [f64; 2] = [0.01, 0.95];

/// Gains, how well each is known, and how they move: 3 m + 5 numbers, 4 counts.
///
/// Nothing else lasts from frame to frame: a copy goes on to the same bits. With the feature `storage`
/// it is a `storage::Memory` where m is fixed when compiling.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Track<R, G> {
    pub(super) gains: G,
    /// σ² / variance of each gain, in the squares of scaled measurements.
    pub(super) information: G,
    /// Innovations of the frame before; zero for what was missing or suspicious.
    pub(super) previous: G,
    /// Σ of their squares, weighted.
    pub(super) previous_square: R,
    /// A power of two that brought the first frame to about 1; zero before.
    pub(super) scale: R,
    /// K.
    pub(super) keep: R,
    /// σ² of scaled measurements.
    pub(super) noise: R,
    /// Running mean of the square that predictions leave, over its degrees of freedom.
    pub(super) predicted: R,
    /// Degrees of freedom behind the noise so far.
    pub(super) freedom: u32,
    /// Frames since gains were found; zero before.
    pub(super) age: u32,
    /// Frames that were not skipped.
    pub(super) frames: u32,
    /// How often gains were found anew.
    pub(super) locks: u32,
    pub(super) gauge: Gauge,
}

impl<R: Real, G: Buffer<R>> Track<R, G> {
    pub(super) fn new(gains: G) -> Self {
        let mut zeros = gains;
        zeros.as_mut_slice().iter_mut().for_each(|zero| *zero = R::ZERO);
        let mut gains = zeros.clone();
        gains.as_mut_slice().iter_mut().for_each(|gain| *gain = R::ONE);
        Self {
            gains,
            information: zeros.clone(),
            previous: zeros,
            previous_square: R::ZERO,
            scale: R::ZERO,
            keep: R::from_f64(0.05),
            noise: R::ZERO,
            predicted: R::ZERO,
            freedom: 0,
            age: 0,
            frames: 0,
            locks: 0,
            gauge: Gauge::Mean,
        }
    }

    /// The gains, of mean 1 ([`Gauge::Square`] where signs differ much); 1 before the first lock.
    pub const fn gains(&self) -> &G {
        &self.gains
    }

    /// Which of all equivalent gains these are.
    pub const fn gauge(&self) -> Gauge {
        self.gauge
    }

    /// The standard error of a gain; infinite before the first lock and where nothing has told it.
    ///
    /// σ / √(Σ λᵏ ‖u‖² (1 − n / N)) over the frames, the latest having k = 0 and N measurements: in the
    /// long run √(v K), which for the right K counts what the gains have moved since.
    pub fn error(&self, sensor: usize) -> R {
        let information = at(self.information.as_slice(), sensor);
        let variance = self.noise / information;
        if self.age > 0 && information > R::ZERO { variance.sqrt() } else { R::INFINITY }
    }

    /// [`error`](Self::error) of all sensors.
    pub fn errors(&self, errors: &mut G) {
        for (sensor, slot) in errors.as_mut_slice().iter_mut().enumerate() {
            *slot = self.error(sensor);
        }
    }

    /// Root mean square of the standard errors.
    pub fn mean_error(&self) -> R {
        let sensors = self.gains.as_slice().len();
        let count = R::from_u32(u32::try_from(sensors).unwrap_or(u32::MAX));
        (sum_of(sensors, |i| square(self.error(i))) / count).sqrt()
    }

    /// K, the part that a frame has in a gain in the long run.
    pub const fn gain(&self) -> R {
        self.keep
    }

    /// Are there gains?
    pub const fn is_locked(&self) -> bool {
        self.age > 0
    }

    /// Frames that were not skipped.
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// How often gains were found from one frame, the first time included.
    pub const fn locks(&self) -> u32 {
        self.locks
    }

    /// Standard deviation of the noise in the units of the measurements; zero before the first lock.
    pub fn noise(&self) -> R {
        if self.scale > R::ZERO { self.noise.sqrt() / self.scale } else { R::ZERO }
    }

    /// Is every number one that frames can have left?
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let not_negative = |v: R| v >= R::ZERO && v.is_finite();
        let fresh = self.age == 0;
        let bounds = self.keep >= R::ZERO && self.keep <= R::ONE;
        let scalars = [self.previous_square, self.scale, self.noise, self.predicted];
        bounds
            && scalars.into_iter().all(not_negative)
            && (fresh || self.scale > R::ZERO)
            && (!fresh || self.frames == 0)
            && self.locks <= self.frames
            && self.gains.as_slice().iter().all(|gain| gain.is_finite())
            && self.previous.as_slice().iter().all(|v| v.is_finite())
            && self.information.as_slice().iter().all(|v| not_negative(*v))
    }
}
