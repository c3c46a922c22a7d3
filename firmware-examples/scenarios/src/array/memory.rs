//! [`Gains`]: what a calibration leaves in flash.

use super::M;
use serde::{Deserialize, Serialize};
use solvekit::storage::{Memory, tag};

/// The gains of all sensors, with their standard errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gains {
    /// Of mean 1 over the sensors that take part.
    pub gains: [f32; M],
    /// One standard deviation each.
    pub errors: [f32; M],
}

impl Memory for Gains {
    const TAG: u32 = tag("scenarios::array::Gains 1", &[M]);
    const LONGEST: usize = 8 * M;

    fn is_sound(&self) -> bool {
        // An error may be infinite: of a sensor that was left out.
        self.gains.iter().all(|gain| gain.is_finite()) && self.errors.iter().all(|e| *e >= 0.0)
    }
}
