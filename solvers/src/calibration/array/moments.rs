//! [`Moments`]: all that is kept of the frames of an array.

use super::ArrayError;
use crate::direct::packed;
use crate::squares::add_square;
use crate::sum::{Accumulator, square};
use crate::system::first_non_finite;
use crate::{Buffer, Real};

/// The sums of frames y_l of m sensors that calibrations need, however many frames there are:
///
/// S = Σ w_l y_l y_lᵀ, or S = Σ w_l (y_l − ȳ)(y_l − ȳ)ᵀ about the mean where sensors have offsets,
///
/// w_l = λ^(frames since l) with a forgetting factor λ (1 unless given). The sums are those of
/// Welford: no difference of large numbers is taken.
///
/// Shapes: a frame is m. Storage: m (m + 1) / 2 + 2 m + 3 numbers. Cost of a frame: m (m + 1) / 2 + 3 m
/// multiplications; as many again with λ < 1. In `f32` the squares of a noise 70 dB below the signals
/// are lost in S, as are those of frames beyond some 10⁷ without forgetting.
///
/// ```
/// use solvekit::calibration::array::{ArrayError, Moments};
/// use solvekit::{direct::packed, operator::zeros};
/// let mut moments = Moments::new(zeros::<f32, 3, 1>(), zeros::<f32, { packed(3) }, 1>())?;
/// moments.add(&[1.0, 2.0, 3.0])?;
/// // A torn frame is refused and changes nothing: whoever goes on skips it.
/// let torn = moments.add(&[1.0, f32::NAN, 3.0]);
/// assert_eq!(torn, Err(ArrayError::NonFiniteMeasurement { sensor: 1 }));
/// moments.add(&[3.0, 2.0, 1.0])?;
/// assert_eq!((moments.frames(), moments.mean()[0]), (2, 2.0));
/// # Ok::<(), ArrayError>(())
/// ```
///
/// Source: Welford 1962, *Note on a method for calculating corrected sums of squares and products*.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Moments<R, G, W> {
    mean: G,
    /// Room.
    deviation: G,
    squares: W,
    centred: bool,
    forgetting: R,
    /// Σ w.
    weight: R,
    /// Σ w².
    weight_square: R,
    frames: u32,
}

impl<R: Real, G: Buffer<R>, W: Buffer<R>> Moments<R, G, W> {
    /// Of no frames yet; as many sensors as `mean` has numbers, m (m + 1) / 2 numbers of `memory`. What
    /// both hold does not matter.
    ///
    /// # Errors
    /// [`ArrayError`]: `Empty`, `Length`.
    pub fn new(mean: G, memory: W) -> Result<Self, ArrayError> {
        let (sensors, found) = (mean.as_slice().len(), memory.as_slice().len());
        if sensors == 0 {
            return Err(ArrayError::Empty);
        }
        let expected = packed(sensors);
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        let mut moments = Self {
            deviation: mean.clone(),
            mean,
            squares: memory,
            centred: false,
            forgetting: R::ONE,
            weight: R::ZERO,
            weight_square: R::ZERO,
            frames: 0,
        };
        moments.clear();
        Ok(moments)
    }

    /// About the mean of the frames, for sensors with offsets. What was added before is forgotten.
    #[must_use]
    pub fn centred(mut self) -> Self {
        self.clear();
        Self { centred: true, ..self }
    }

    /// With w_l = λ^(frames since l): gains that drift are those of the last 1 / (1 − λ) frames or so.
    ///
    /// # Errors
    /// [`ArrayError::Forgetting`] unless 0 < λ ≤ 1.
    pub fn with_forgetting(self, lambda: R) -> Result<Self, ArrayError> {
        if lambda > R::ZERO && lambda <= R::ONE {
            Ok(Self { forgetting: lambda, ..self })
        } else {
            Err(ArrayError::Forgetting)
        }
    }

    /// Forgets all frames.
    pub fn clear(&mut self) {
        let vectors = self.mean.as_mut_slice().iter_mut().chain(self.deviation.as_mut_slice());
        vectors.chain(self.squares.as_mut_slice()).for_each(|number| *number = R::ZERO);
        (self.weight, self.weight_square, self.frames) = (R::ZERO, R::ZERO, 0);
    }

    /// Adds a frame. One that is refused changes nothing.
    ///
    /// # Errors
    /// [`ArrayError`]: `Length`, `NonFiniteMeasurement`, `Size` where a sum of squares is beyond the
    /// largest number of this precision.
    pub fn add(&mut self, y: &[R]) -> Result<(), ArrayError> {
        let (expected, found) = (self.sensors(), y.len());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        if let Some(sensor) = first_non_finite(y) {
            return Err(ArrayError::NonFiniteMeasurement { sensor });
        }
        let Self { mean, deviation, squares, .. } = self;
        let (squares, deviation) = (squares.as_mut_slice(), deviation.as_mut_slice());
        let lambda = self.forgetting;
        let before = lambda * self.weight;
        let weight = before + R::ONE;
        let part = if self.centred { (before / weight).sqrt() } else { R::ONE };
        let row = |y: R, mean: R| part * if self.centred { y - mean } else { y };
        for (i, (y, mean)) in y.iter().zip(mean.as_slice()).enumerate() {
            let own = squares.get(packed(i) + i).copied().unwrap_or(R::ZERO);
            if !(own + square(row(*y, *mean))).is_finite() {
                return Err(ArrayError::Size);
            }
        }
        for ((slot, y), mean) in deviation.iter_mut().zip(y).zip(mean.as_mut_slice()) {
            *slot = row(*y, *mean);
            *mean += (*y - *mean) / weight;
        }
        if lambda < R::ONE {
            squares.iter_mut().for_each(|entry| *entry *= lambda);
        }
        add_square(squares, deviation);
        self.weight = weight;
        self.weight_square = lambda * lambda * self.weight_square + R::ONE;
        self.frames = self.frames.saturating_add(1);
        Ok(())
    }

    /// m.
    pub fn sensors(&self) -> usize {
        self.mean.as_slice().len()
    }

    /// Frames that were added.
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// (Σ w)² / Σ w²: as many frames of equal weight tell as much.
    pub fn effective_frames(&self) -> R {
        if self.frames == 0 { R::ZERO } else { square(self.weight) / self.weight_square }
    }

    /// ȳ; zero before the first frame.
    pub const fn mean(&self) -> &G {
        &self.mean
    }

    /// S: the lower triangle, row by row.
    pub const fn squares(&self) -> &W {
        &self.squares
    }

    /// Is S about the mean?
    pub const fn is_centred(&self) -> bool {
        self.centred
    }

    /// Frames that count for the noise: one fewer about the mean.
    pub(super) fn freedom(&self) -> R {
        let taken = if self.centred { R::ONE } else { R::ZERO };
        (self.effective_frames() - taken).max(R::ZERO)
    }

    /// The whole of [`freedom`](Self::freedom), rounding aside.
    pub(super) fn whole_freedom(&self) -> usize {
        whole(self.freedom())
    }

    /// Σ w, less what the mean has taken: S over this is a mean square without bias.
    pub(super) fn divisor(&self) -> R {
        let taken = if self.centred { self.weight_square / self.weight } else { R::ZERO };
        self.weight - taken
    }

    /// s_ij.
    #[inline]
    pub(super) fn entry(&self, i: usize, j: usize) -> R {
        let (row, column) = if i < j { (j, i) } else { (i, j) };
        self.squares.as_slice().get(packed(row) + column).copied().unwrap_or(R::ZERO)
    }

    /// tr S.
    pub(super) fn trace(&self) -> R {
        let mut sum = Accumulator::default();
        (0..self.sensors()).for_each(|i| sum.add(i, self.entry(i, i)));
        sum.total()
    }

    /// A power of two that brings S to about 1.
    ///
    /// # Errors
    /// [`ArrayError`]: `Silent`, `Size`.
    pub(super) fn scale(&self) -> Result<R, ArrayError> {
        let trace = self.trace();
        let scale = trace.unit_scale();
        if trace == R::ZERO {
            Err(ArrayError::Silent)
        } else if trace > R::ONE / R::MAX && trace.is_finite() && scale.is_finite() {
            Ok(scale)
        } else {
            Err(ArrayError::Size)
        }
    }

    /// Does a sensor measure the same whatever is to be seen, its deviation being less than `share` of its
    /// mean?
    pub(super) fn is_constant(&self, sensor: usize, share: f64) -> bool {
        let mean = self.mean.as_slice().get(sensor).copied().unwrap_or(R::ZERO);
        let taken = if self.centred { R::ZERO } else { square(mean) };
        let spread = self.entry(sensor, sensor) / self.weight - taken;
        self.frames >= 3 && spread < square(R::from_f64(share) * mean)
    }
}

/// The whole numbers in x ≥ 0, an error of rounding aside; at most a million, where nothing depends on
/// it any more.
pub(super) fn whole<R: Real>(x: R) -> usize {
    let x = x + R::from_f64(1e-3);
    let (mut low, mut high) = (0_u32, 1_000_000_u32);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if R::from_u32(middle) <= x {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low as usize
}
