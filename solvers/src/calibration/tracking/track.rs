//! [`Track`]: what is known from frame to frame.

use super::known::Known;
use crate::calibration::snapshots::at;
use crate::calibration::{CalibrationError, Gauge};
use crate::operator::zeros;
use crate::sum::{square, sum_of};
use crate::system::first_non_finite;
use crate::{Buffer, Real, SVector};

/// The least K that steering comes to, and the largest of gains and of offsets.
pub(super) const LEAST: f64 = 0.01;
pub(super) const MOST: [f64; 2] = [0.95, 0.999];

/// Gains, how well each is known, and how they move: 3 m + 7 numbers, 4 counts; 7 m + 7 numbers with
/// offsets ([`with_offsets`](Self::with_offsets)), of which `O` has m, and none without.
///
/// Nothing else lasts from frame to frame: a copy goes on to the same bits. With the feature `storage`
/// it is a `storage::Memory` where m is fixed when compiling.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Track<R, G, O = SVector<R, 0>> {
    pub(super) gains: G,
    /// σ² / variance of each gain, in the squares of scaled measurements.
    pub(super) information: G,
    /// Innovations of the frame before; zero for what was missing or suspicious.
    pub(super) previous: G,
    /// In the units of the measurements.
    pub(super) offsets: O,
    /// Information on each offset, and what gain and offset share.
    pub(super) offset_information: O,
    pub(super) cross: O,
    /// Innovations of the offsets, scaled.
    pub(super) previous_offsets: O,
    /// Σ of the squares of innovations, weighted.
    pub(super) previous_square: R,
    pub(super) previous_offset_square: R,
    /// A power of two that brought the first frame to about 1; zero before.
    pub(super) scale: R,
    /// K.
    pub(super) keep: R,
    /// That of the offsets.
    pub(super) offset_keep: R,
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
    /// Nothing is known.
    pub(super) fn new(gains: G) -> Self {
        let mut none = gains;
        none.as_mut_slice().iter_mut().for_each(|zero| *zero = R::ZERO);
        let mut gains = none.clone();
        gains.as_mut_slice().iter_mut().for_each(|gain| *gain = R::ONE);
        Self {
            gains,
            information: none.clone(),
            previous: none,
            offsets: zeros(),
            offset_information: zeros(),
            cross: zeros(),
            previous_offsets: zeros(),
            previous_square: R::ZERO,
            previous_offset_square: R::ZERO,
            scale: R::ZERO,
            keep: R::from_f64(0.05),
            offset_keep: R::from_f64(0.05),
            noise: R::ZERO,
            predicted: R::ZERO,
            freedom: 0,
            age: 0,
            frames: 0,
            locks: 0,
            gauge: Gauge::Mean,
        }
    }

    /// y = γ ∘ A x + o: an offset of each sensor is found and followed too. Nothing is known of them;
    /// `room` has m numbers, whatever they are.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    ///
    /// ```
    /// use solvekit::calibration::tracking::{Frame, FrameRoom, GainTracker};
    /// use solvekit::calibration::Order;
    /// use solvekit::{LinearOperator, SVector, Transposed, dictionary::Signs, direct::packed, operator::zeros};
    /// // Four snapshots of four sensors a frame, two unknowns; the offset of sensor 2 creeps.
    /// let tracker = GainTracker::steered();
    /// let mut track = tracker.start(SVector::<f32, 4>::zeros()).with_offsets(SVector::<f32, 4>::zeros())?;
    /// let first = Signs::<f32, 16, 2>::new(0);
    /// let memory = zeros::<f32, { packed(2) }, 1>();
    /// let mut room = FrameRoom::new(&Transposed(&first), SVector::<f32, 4>::zeros(), memory)?;
    /// let (gains, mut offset) = ([1.1_f32, 0.9, 0.8, 1.2], 0.3);
    /// for t in 0..50_u32 {
    ///     let rows = Signs::<f32, 16, 2>::new(u64::from(t));
    ///     let (x, mut y) = (SVector::from([1.0, (t as f32).sin()]), SVector::zeros());
    ///     rows.apply(&x, &mut y);
    ///     offset += 0.01;
    ///     (0..16).for_each(|k| y[k] = gains[k % 4] * y[k] + if k % 4 == 2 { offset } else { 0.1 });
    ///     let seen = Transposed(&rows);
    ///     let frame = Frame::new(&seen, &y, 4, Order::BySnapshot)?;
    ///     let _ = tracker.advance(&mut track, &frame, &mut room)?;
    /// }
    /// assert!((track.offsets()[2] - offset).abs() < 0.02 && (track.gains()[3] - 1.2).abs() < 0.02);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_offsets<O: Buffer<R>>(self, room: O) -> Result<Track<R, G, O>, CalibrationError> {
        let (expected, found) = (self.gains.as_slice().len(), room.as_slice().len());
        if expected != found {
            return Err(CalibrationError::Length { expected, found });
        }
        let mut none = room;
        none.as_mut_slice().iter_mut().for_each(|zero| *zero = R::ZERO);
        Ok(Track {
            gains: self.gains,
            information: self.information,
            previous: self.previous,
            offsets: none.clone(),
            offset_information: none.clone(),
            cross: none.clone(),
            previous_offsets: none,
            previous_square: self.previous_square,
            previous_offset_square: self.previous_offset_square,
            scale: self.scale,
            keep: self.keep,
            offset_keep: self.offset_keep,
            noise: self.noise,
            predicted: self.predicted,
            freedom: self.freedom,
            age: self.age,
            frames: self.frames,
            locks: self.locks,
            gauge: self.gauge,
        })
    }

    /// As [`with_offsets`](Self::with_offsets), where they are known, all with the same standard error, in
    /// the units of the measurements. For tracks that begin with given gains: where gains are found, these
    /// offsets are too.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Length`; `NonFiniteStart` with the sensor; `Precision` for an error that is
    /// not positive and finite.
    pub fn with_offsets_at<O: Buffer<R>>(
        self,
        offsets: O,
        error: R,
    ) -> Result<Track<R, G, O>, CalibrationError> {
        if let Some(place) = first_non_finite(offsets.as_slice()) {
            return Err(CalibrationError::NonFiniteStart { place });
        }
        let information = R::ONE / square(error);
        if !(error > R::ZERO && information > R::ZERO && information.is_finite()) {
            return Err(CalibrationError::Precision);
        }
        let mut track = self.with_offsets(offsets.clone())?;
        track.offsets = offsets;
        let known = track.offset_information.as_mut_slice().iter_mut();
        known.for_each(|v| *v = information);
        Ok(track)
    }
}

impl<R: Real, G: Buffer<R>, O: Buffer<R>> Track<R, G, O> {
    /// Are offsets followed?
    pub fn has_offsets(&self) -> bool {
        !self.offsets.as_slice().is_empty()
    }

    /// The offsets, in the units of the measurements; 0 before the first lock, none where none are
    /// sought.
    pub const fn offsets(&self) -> &O {
        &self.offsets
    }

    /// The standard error of an offset; infinite before the first lock, where nothing has told it, and
    /// where none are sought.
    pub fn offset_error(&self, sensor: usize) -> R {
        let [_, variance] = self.known(sensor).variances();
        let error = (self.noise * variance).sqrt() / self.scale;
        if self.age > 0 && self.has_offsets() { error.finite_or(R::INFINITY) } else { R::INFINITY }
    }

    /// Root mean square of the standard errors of the offsets; zero where none are sought.
    pub fn mean_offset_error(&self) -> R {
        let sensors = self.offsets.as_slice().len();
        let count = R::from_u32(u32::try_from(sensors).unwrap_or(u32::MAX));
        let mean = (sum_of(sensors, |i| square(self.offset_error(i))) / count).sqrt();
        if sensors == 0 { R::ZERO } else { mean }
    }

    /// K of the offsets.
    pub const fn offset_gain(&self) -> R {
        self.offset_keep
    }

    /// Gains and offsets.
    pub(super) fn told(&self) -> (&[R], &[R]) {
        (self.gains.as_slice(), self.offsets.as_slice())
    }

    /// What is known of gain and offset of a sensor.
    pub(super) fn known(&self, sensor: usize) -> Known<R> {
        Known {
            gain: at(self.information.as_slice(), sensor),
            cross: at(self.cross.as_slice(), sensor),
            offset: at(self.offset_information.as_slice(), sensor),
        }
    }

    pub(super) fn set_known(&mut self, sensor: usize, known: Known<R>) {
        if let Some(slot) = self.information.as_mut_slice().get_mut(sensor) {
            *slot = known.gain;
        }
        let both = (
            self.cross.as_mut_slice().get_mut(sensor),
            self.offset_information.as_mut_slice().get_mut(sensor),
        );
        if let (Some(cross), Some(offset)) = both {
            (*cross, *offset) = (known.cross, known.offset);
        }
    }

    /// What is known, less by a frame of which nothing was learned.
    pub(super) fn fade(&mut self) {
        let keep = [self.keep, self.offset_keep];
        for sensor in 0..self.gains.as_slice().len() {
            self.set_known(sensor, self.known(sensor).faded(keep));
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
        let [information, _] = self.known(sensor).alone();
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
        let sensors = self.gains.as_slice().len();
        let part = |keep: R| keep >= R::ZERO && keep <= R::ONE;
        let scalars = [
            self.previous_square,
            self.previous_offset_square,
            self.scale,
            self.noise,
            self.predicted,
        ];
        let offsets = [&self.offsets, &self.cross, &self.previous_offsets];
        part(self.keep)
            && part(self.offset_keep)
            && [0, sensors].contains(&self.offsets.as_slice().len())
            && offsets.into_iter().all(|v| v.as_slice().iter().all(|v| v.is_finite()))
            && self.offset_information.as_slice().iter().all(|v| not_negative(*v))
            && (0..sensors).all(|i| self.known(i).is_semidefinite())
            && scalars.into_iter().all(not_negative)
            && (fresh || self.scale > R::ZERO)
            && (!fresh || self.frames == 0)
            && self.locks <= self.frames
            && self.gains.as_slice().iter().all(|gain| gain.is_finite())
            && self.previous.as_slice().iter().all(|v| v.is_finite())
            && self.information.as_slice().iter().all(|v| not_negative(*v))
    }
}
