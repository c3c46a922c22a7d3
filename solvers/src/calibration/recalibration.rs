//! [`Recalibration`]: a linear model kept right by an occasional reference.

use super::CalibrationError;
use super::sink::{invert_diagonal, rotate};
use super::snapshots::at;
use crate::direct::{backward_in_place, forward_in_place, packed};
use crate::sum::{dot, square, sum_of};
use crate::system::first_non_finite;
use crate::{Buffer, Real};

/// Recursive least squares with forgetting and an anchor: y ≈ wᵀ f + b, w and b drifting, corrected
/// whenever a reference instrument shows y.
///
/// With features standardised, f̃ = (f − centre) / spread and a last one of 1, the weights after t
/// references are those of least
///
/// Σ λ^{t − k} (yₖ − w̃ᵀ f̃ₖ)² + δ ‖w̃ − w̃₀‖².
///
/// What was learned is forgotten, a λth part of it with each reference; the anchor w̃₀, a calibration made
/// once, is not. It counts as δ samples in which every feature varies by its spread. Without it, weights
/// that references do not tell (those of an hour at night say little of noon) would run away; with it they
/// come back.
///
/// The triangle of the forgotten sum is kept and rotated, never the sum itself or its inverse, so that
/// nothing loses symmetry or sign, and `f32` will do. References are to be seen as they come: samples
/// with something missing are passed over.
///
/// Shapes: f has n numbers (`V`), weights n + 1 (`U`), the triangles (n + 1) (n + 2) / 2 (`W`). Storage: 2
/// n + 2 numbers here, (n + 1) (n + 2) + 4 (n + 1) + 2 numbers and a count in [`RecalibrationState`]. Cost:
/// a prediction 2 n multiplications; a reference about 2 n³ / 3 + 6 n² and (n + 1)² / 2 + n square roots
/// and as many divisions.
///
/// ```
/// use solvekit::SVector;
/// use solvekit::calibration::{Recalibration, Sample};
/// // One electrode around 200 mV ± 50, whose offset creeps.
/// let (centre, spread) = (SVector::from([200.0_f32]), SVector::from([50.0]));
/// let model = Recalibration::new(centre, spread, Recalibration::half_life(60.0), 10.0)?;
/// let mut state = model.start(&[0.4], -10.0, SVector::<f32, 2>::zeros(), SVector::<f32, 3>::zeros())?;
/// let truth = |f: f32| 0.45 * f - 25.0;
/// for t in 0..600 {
///     let f = 200.0 + 50.0 * (t as f32).sin();
///     assert!(matches!(model.learn(&mut state, &[f], truth(f))?, Sample::Learned { .. }));
/// }
/// assert!((model.predict(&state, &[230.0])? - truth(230.0)).abs() < 0.5);
/// let mut weights = [0.0];
/// let offset = model.weights(&state, &mut weights)?;
/// assert!((weights[0] - 0.45).abs() < 0.01 && (offset + 25.0).abs() < 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Golub and Van Loan, *Matrix Computations*, §6.5 (appending a row); Haykin, *Adaptive Filter
/// Theory*, square-root adaptive filters.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Recalibration<R, V> {
    centre: V,
    spread: V,
    forgetting: R,
    worth: R,
}

/// What was learned from references: (n + 1) (n + 2) + 4 (n + 1) + 2 numbers and a count. A copy goes on
/// to the same bits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RecalibrationState<R, U, W> {
    /// w̃₀, w̃.
    anchor: U,
    weights: U,
    /// The triangle of what was learned and what stands beside it.
    triangle: W,
    side: U,
    /// That with the anchor, its diagonal inverted.
    factor: W,
    room: U,
    /// Σ λᵏ e² and Σ λᵏ of the innovations e.
    square: R,
    count: R,
    learned: u32,
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

impl<R: Real, V: Buffer<R>> Recalibration<R, V> {
    /// A model of features that are about `centre` ± `spread`; `forgetting` is λ in (0, 1] for each
    /// reference, `worth` is δ.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Empty`; `Length`; `NonFiniteStart` with the feature of a bad centre or of a
    /// spread that is not positive; `Step` for a λ outside (0, 1]; `Precision` for a δ that is not
    /// positive and finite.
    pub fn new(centre: V, spread: V, forgetting: R, worth: R) -> Result<Self, CalibrationError> {
        let (expected, found) = (centre.as_slice().len(), spread.as_slice().len());
        if expected == 0 {
            return Err(CalibrationError::Empty);
        }
        if expected != found {
            return Err(CalibrationError::Length { expected, found });
        }
        for (place, (c, s)) in centre.as_slice().iter().zip(spread.as_slice()).enumerate() {
            if !(c.is_finite() && *s > R::ZERO && s.is_finite() && (R::ONE / *s).is_finite()) {
                return Err(CalibrationError::NonFiniteStart { place });
            }
        }
        if !(forgetting > R::ZERO && forgetting <= R::ONE) {
            return Err(CalibrationError::Step);
        }
        if !(worth > R::ZERO && worth.is_finite()) {
            return Err(CalibrationError::Precision);
        }
        Ok(Self { centre, spread, forgetting, worth })
    }

    /// λ for which half of what was learned is forgotten after so many references: 2^(−1 / n).
    #[must_use]
    pub fn half_life(references: R) -> R {
        (R::from_f64(-core::f64::consts::LN_2) / references).exp()
    }

    /// λ.
    pub const fn forgetting(&self) -> R {
        self.forgetting
    }

    /// δ.
    pub const fn worth(&self) -> R {
        self.worth
    }

    /// The state in which the anchor is all that is known: w₀ and b₀ of the features as they are measured.
    /// `room` has n + 1 numbers and `memory` [`packed`](crate::direct::packed)`(n + 1)`; what they hold does
    /// not matter.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Length`; `NonFiniteStart` with the feature, n for the offset.
    pub fn start<U: Buffer<R>, W: Buffer<R>>(
        &self,
        weights: &[R],
        offset: R,
        room: U,
        memory: W,
    ) -> Result<RecalibrationState<R, U, W>, CalibrationError> {
        let features = self.centre.as_slice().len();
        let lengths = [
            (features, weights.len()),
            (features + 1, room.as_slice().len()),
            (packed(features + 1), memory.as_slice().len()),
        ];
        for (expected, found) in lengths {
            if expected != found {
                return Err(CalibrationError::Length { expected, found });
            }
        }
        let (mut zeros, mut triangle) = (room, memory);
        zeros.as_mut_slice().iter_mut().for_each(|zero| *zero = R::ZERO);
        triangle.as_mut_slice().iter_mut().for_each(|zero| *zero = R::ZERO);
        let mut anchor = zeros.clone();
        let all = weights.iter().copied().chain([offset]);
        for (j, (slot, w)) in anchor.as_mut_slice().iter_mut().zip(all).enumerate() {
            let moved = dot(weights, self.centre.as_slice());
            *slot = if j < features { w * at(self.spread.as_slice(), j) } else { w + moved };
        }
        if let Some(place) = first_non_finite(anchor.as_slice()) {
            return Err(CalibrationError::NonFiniteStart { place });
        }
        let mut state = RecalibrationState {
            weights: anchor.clone(),
            anchor,
            factor: triangle.clone(),
            triangle,
            side: zeros.clone(),
            room: zeros,
            square: R::ZERO,
            count: R::ZERO,
            learned: 0,
        };
        self.settle(&mut state);
        Ok(state)
    }

    /// Corrects the weights by one sample whose y a reference shows.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn learn<U: Buffer<R>, W: Buffer<R>>(
        &self,
        state: &mut RecalibrationState<R, U, W>,
        features: &[R],
        reference: R,
    ) -> Result<Sample<R>, CalibrationError> {
        self.check(features.len())?;
        if let Some(place) = first_non_finite(features) {
            return Ok(Sample::NoFeature { place });
        }
        if !reference.is_finite() {
            return Ok(Sample::NoReference);
        }
        self.standardise(features, &mut state.room);
        let innovation = reference - self.predict(state, features)?;
        let size = dot(state.room.as_slice(), state.room.as_slice()) + square(reference);
        if !(size + square(innovation)).is_finite() {
            return Ok(Sample::Implausible);
        }
        let deviation = self.deviation_of(state);
        let surprise = (innovation / deviation).finite_or(R::ZERO);
        // It has used the room.
        self.standardise(features, &mut state.room);
        let root = self.forgetting.sqrt();
        state.triangle.as_mut_slice().iter_mut().for_each(|v| *v *= root);
        state.side.as_mut_slice().iter_mut().for_each(|v| *v *= root);
        let (triangle, side) = (state.triangle.as_mut_slice(), state.side.as_mut_slice());
        rotate(triangle, side, state.room.as_mut_slice(), reference);
        state.square = self.forgetting * state.square + square(innovation);
        state.count = self.forgetting * state.count + R::ONE;
        state.learned = state.learned.saturating_add(1);
        self.settle(state);
        Ok(Sample::Learned { innovation, surprise })
    }

    /// wᵀ f + b.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn predict<U: Buffer<R>, W>(
        &self,
        state: &RecalibrationState<R, U, W>,
        features: &[R],
    ) -> Result<R, CalibrationError> {
        self.check(features.len())?;
        let weights = state.weights.as_slice();
        let sum = sum_of(features.len(), |j| at(weights, j) * self.standard(features, j));
        Ok(sum + at(weights, features.len()))
    }

    /// The standard deviation of a prediction at these features, that of the innovations and of the
    /// weights taken together; infinite before the second reference.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn deviation<U: Buffer<R>, W: Buffer<R>>(
        &self,
        state: &mut RecalibrationState<R, U, W>,
        features: &[R],
    ) -> Result<R, CalibrationError> {
        self.check(features.len())?;
        self.standardise(features, &mut state.room);
        Ok(self.deviation_of(state))
    }

    /// The weights of the features as they are measured; returns the offset.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn weights<U: Buffer<R>, W>(
        &self,
        state: &RecalibrationState<R, U, W>,
        weights: &mut [R],
    ) -> Result<R, CalibrationError> {
        self.check(weights.len())?;
        for (j, slot) in weights.iter_mut().enumerate() {
            *slot = at(state.weights.as_slice(), j) / at(self.spread.as_slice(), j);
        }
        Ok(at(state.weights.as_slice(), weights.len()) - dot(weights, self.centre.as_slice()))
    }

    fn check(&self, found: usize) -> Result<(), CalibrationError> {
        let expected = self.centre.as_slice().len();
        if expected == found { Ok(()) } else { Err(CalibrationError::Length { expected, found }) }
    }

    #[inline]
    fn standard(&self, features: &[R], j: usize) -> R {
        (at(features, j) - at(self.centre.as_slice(), j)) / at(self.spread.as_slice(), j)
    }

    fn standardise(&self, features: &[R], row: &mut impl Buffer<R>) {
        for (j, slot) in row.as_mut_slice().iter_mut().enumerate() {
            *slot = if j < features.len() { self.standard(features, j) } else { R::ONE };
        }
    }

    /// σ √(1 + f̃ᵀ H⁻¹ f̃) of the row in the room.
    fn deviation_of<U: Buffer<R>, W: Buffer<R>>(
        &self,
        state: &mut RecalibrationState<R, U, W>,
    ) -> R {
        if state.learned == 0 {
            return R::INFINITY;
        }
        forward_in_place(state.factor.as_slice(), state.room.as_mut_slice());
        let row = state.room.as_slice();
        (state.square / state.count * (R::ONE + dot(row, row))).sqrt()
    }

    /// Weights from triangle and anchor; those before stay where there are none.
    fn settle<U: Buffer<R>, W: Buffer<R>>(&self, state: &mut RecalibrationState<R, U, W>) {
        let RecalibrationState { anchor, weights, triangle, side, factor, room, .. } = state;
        factor.as_mut_slice().copy_from_slice(triangle.as_slice());
        let (factor, row) = (factor.as_mut_slice(), room.as_mut_slice());
        let order = row.len();
        let before = weights.clone();
        for (w, side) in weights.as_mut_slice().iter_mut().zip(side.as_slice()) {
            *w = *side;
        }
        let root = self.worth.sqrt();
        for j in 0..order {
            row.iter_mut().for_each(|v| *v = R::ZERO);
            if let Some(slot) = row.get_mut(j) {
                *slot = root;
            }
            let b = root * at(anchor.as_slice(), j);
            rotate(factor, weights.as_mut_slice(), row, b);
        }
        let found = invert_diagonal(factor, order).is_some();
        if found {
            backward_in_place(factor, weights.as_mut_slice());
        }
        if !found || first_non_finite(weights.as_slice()).is_some() {
            *weights = before;
        }
    }
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
