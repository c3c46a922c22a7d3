//! Weights from what was learned and the anchor.

use super::{Recalibration, RecalibrationState};
use crate::calibration::CalibrationError;
use crate::calibration::sink::{invert_diagonal, rotate};
use crate::calibration::snapshots::at;
use crate::direct::{backward_in_place, forward_in_place};
use crate::sum::dot;
use crate::system::first_non_finite;
use crate::{Buffer, Real};

impl<R: Real, V: Buffer<R>> Recalibration<R, V> {
    pub(super) fn check(&self, found: usize) -> Result<(), CalibrationError> {
        let expected = self.centre.as_slice().len();
        if expected == found { Ok(()) } else { Err(CalibrationError::Length { expected, found }) }
    }

    #[inline]
    pub(super) fn standard(&self, features: &[R], j: usize) -> R {
        (at(features, j) - at(self.centre.as_slice(), j)) / at(self.spread.as_slice(), j)
    }

    pub(super) fn standardise(&self, features: &[R], row: &mut impl Buffer<R>) {
        for (j, slot) in row.as_mut_slice().iter_mut().enumerate() {
            *slot = if j < features.len() { self.standard(features, j) } else { R::ONE };
        }
    }

    /// σ √(1 + f̃ᵀ H⁻¹ f̃) of the row in the room.
    pub(super) fn deviation_of<U: Buffer<R>, W: Buffer<R>>(
        &self,
        state: &mut RecalibrationState<R, U, W>,
    ) -> R {
        forward_in_place(state.factor.as_slice(), state.room.as_mut_slice());
        let row = state.room.as_slice();
        let known = (state.square / state.count * (R::ONE + dot(row, row))).sqrt();
        let deviation = if state.learned == 0 { R::INFINITY } else { known };
        // Of features beyond reason no number stays behind that would make the state unsound.
        state.room.as_mut_slice().iter_mut().for_each(|v| *v = R::ZERO);
        deviation
    }

    /// Weights from triangle and anchor; those before stay where there are none.
    pub(super) fn settle<U: Buffer<R>, W: Buffer<R>>(
        &self,
        state: &mut RecalibrationState<R, U, W>,
    ) {
        let RecalibrationState { anchor, weights, triangle, side, factor, room, .. } = state;
        for (slot, entry) in factor.as_mut_slice().iter_mut().zip(triangle.as_slice()) {
            *slot = *entry;
        }
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
