//! [`SubspaceCalibrationState`]: how far a calibration is.

use super::kernel::Fit;
use crate::calibration::{Sensor, Verdict};
use crate::{Buffer, Real};

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Stage {
    Screen,
    Start,
    Steps { left: u8 },
    Search { sensor: usize },
    Judge,
}

/// Gains, errors and marks of a calibration, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SubspaceCalibrationState<R, G, W, S, F> {
    pub(super) fit: Fit<G, W, S, R>,
    pub(super) errors: G,
    pub(super) sensors: F,
    pub(super) stage: Stage,
    /// Sensors left out for what a fit says of them.
    pub(super) left_out: u8,
    /// The least likely sensor of the search, and how likely.
    pub(super) worst: usize,
    pub(super) least: R,
    pub(super) verdict: Option<Verdict<R>>,
}

impl<R: Real, G: Buffer<R>, W, S, F: AsRef<[Sensor]>> SubspaceCalibrationState<R, G, W, S, F> {
    /// The gains; 1 before the start and where there are none. Those of sensors left out are what suits
    /// the signals of the others, and have no say in the mean.
    pub const fn gains(&self) -> &G {
        &self.fit.gains
    }

    /// Standard errors of the gains, once there is a verdict; infinite where nothing tells them and for
    /// sensors left out.
    pub const fn gain_errors(&self) -> &G {
        &self.errors
    }

    /// How each sensor fares.
    pub fn sensors(&self) -> &[Sensor] {
        self.sensors.as_ref()
    }

    /// The verdict, once there is one.
    pub const fn verdict(&self) -> Option<Verdict<R>> {
        self.verdict
    }
}
