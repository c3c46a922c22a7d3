//! [`RecalibrationState`] and [`Sample`]: what was learned, and what became of a sample.

use crate::{Buffer, Real};

/// What was learned from references: (n + 1) (n + 2) + 4 (n + 1) + 2 numbers and a count. A copy goes on
/// to the same bits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RecalibrationState<R, U, W> {
    /// w̃₀, w̃.
    pub(super) anchor: U,
    pub(super) weights: U,
    /// The triangle of what was learned and what stands beside it.
    pub(super) triangle: W,
    pub(super) side: U,
    /// That with the anchor, its diagonal inverted.
    pub(super) factor: W,
    pub(super) room: U,
    /// Σ λᵏ e² and Σ λᵏ of the innovations e.
    pub(super) square: R,
    pub(super) count: R,
    pub(super) learned: u32,
}

/// What became of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use = "a sample may have been passed over"]
pub enum Sample<R> {
    /// The weights were corrected.
    Learned {
        /// Reference less prediction, before the correction.
        innovation: R,
        /// The same in standard deviations of a prediction; zero for the first reference.
        surprise: R,
    },
    /// The reference is NaN or infinite.
    NoReference,
    /// A feature is NaN or infinite.
    NoFeature {
        /// Which.
        place: usize,
    },
    /// The sample, or a square of it, is beyond what this precision can hold.
    Implausible,
}

impl<R: Real, U: Buffer<R>, W: Buffer<R>> RecalibrationState<R, U, W> {
    /// References that were learned from.
    pub const fn learned(&self) -> u32 {
        self.learned
    }

    /// Root mean square of the innovations, the older counting the less; zero before the first.
    pub fn noise(&self) -> R {
        (self.square / self.count).sqrt().finite_or(R::ZERO)
    }

    /// Is every number one that samples can have left?
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let vectors = [&self.anchor, &self.weights, &self.side, &self.room];
        let numbers = vectors.into_iter().flat_map(|v| v.as_slice());
        let triangles = [&self.triangle, &self.factor];
        let finite = numbers.chain(triangles.into_iter().flat_map(|v| v.as_slice()));
        let sums = [self.square, self.count].into_iter().all(|v| v >= R::ZERO && v.is_finite());
        let begun = (self.count > R::ZERO) == (self.learned > 0);
        finite.copied().all(R::is_finite) && sums && begun
    }
}
