//! [`Recalibration`]: a linear model kept right by an occasional reference.

mod settle;
mod state;

pub use state::{RecalibrationState, Sample};

use super::CalibrationError;
use super::sink::rotate;
use super::snapshots::at;
use crate::direct::packed;
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
/// use solvekit::calibration::{Recalibration, Sample, half_life};
/// // One electrode around 200 mV ± 50, whose offset creeps.
/// let (centre, spread) = (SVector::from([200.0_f32]), SVector::from([50.0]));
/// let model = Recalibration::new(centre, spread, half_life(60.0), 1.0)?;
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

/// λ for which half of what was learned is forgotten after so many references: 2^(−1 / n).
#[must_use]
pub fn half_life<R: Real>(references: R) -> R {
    (R::from_f64(-core::f64::consts::LN_2) / references).exp()
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
        let whole = self.forgetting * state.square + square(innovation);
        state.square = whole.finite_or(R::MAX);
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
}
