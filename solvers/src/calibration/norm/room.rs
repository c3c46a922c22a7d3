//! [`NormRoom`]: what a norm calibration works in.

use super::{NormCalibration, NormFitState};
use crate::Real;

/// Memory for [`NormCalibration::of_in`]: the state of a fit, and what the best one so far has found.
///
/// Storage: 185 numbers and a calibration, 880 bytes in `f32`.
///
/// ```
/// use solvekit::calibration::norm::{NormCalibration, NormOptions, NormRoom, Samples};
/// let poses = [
///     [10.2_f32, 0.1, 0.0], [-9.8, 0.1, 0.0], [0.2, 9.9, 0.0], [0.2, -9.7, 0.0], [0.2, 0.1, 10.0],
///     [0.2, 0.1, -10.0], [5.9735, 5.7580, 5.7735],
/// ];
/// let mut room = NormRoom::new(); // in firmware a `static`
/// let options = NormOptions::new(Some(9.81));
/// let found = NormCalibration::of_in(&Samples::new(&poses)?, &options, &mut room)?;
/// assert!(found.spread < 0.1 * found.spread_before);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct NormRoom<R> {
    pub(super) state: NormFitState<R>,
    pub(super) best: Option<NormCalibration<R>>,
}

impl<R: Real> NormRoom<R> {
    /// Blank; `const`, so that it can be a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: NormFitState::blank(), best: None }
    }
}

impl<R: Real> Default for NormRoom<R> {
    fn default() -> Self {
        Self::new()
    }
}
