//! What calibration learns from frame to frame and from reference to reference as [`Memory`].

use super::{Memory, longest_integer, tag};
use crate::calibration::RecalibrationState;
use crate::calibration::tracking::Track;
use crate::{Real, SVector};
use serde::{Serialize, de::DeserializeOwned};

/// For numbers of sensors that are fixed when compiling; `L` is M with offsets and 0 without, and neither
/// reads a record of the other. How frames are forgotten is the tracker's.
impl<R, const M: usize, const L: usize> Memory for Track<R, SVector<R, M>, SVector<R, L>>
where
    R: Real + Serialize + DeserializeOwned,
    SVector<R, M>: Serialize + DeserializeOwned,
    SVector<R, L>: Serialize + DeserializeOwned,
{
    const TAG: u32 = tag("Track 2", &[size_of::<R>(), M, L]);

    /// Gains, information and innovations; the same of offsets, and what both share; 7 numbers; 4 counts;
    /// the gauge.
    const LONGEST: usize = (3 * M + 4 * L + 7) * size_of::<R>() + 4 * longest_integer::<u32>() + 1;

    fn is_sound(&self) -> bool {
        self.check()
    }
}

/// For `P` = n + 1 and `Q` = (n + 1) (n + 2) / 2 that are fixed when compiling. Centre, spread, λ and δ are
/// the model's: after an update that changed them, start anew.
impl<R, const P: usize, const Q: usize> Memory
    for RecalibrationState<R, SVector<R, P>, SVector<R, Q>>
where
    R: Real + Serialize + DeserializeOwned,
    SVector<R, P>: Serialize + DeserializeOwned,
    SVector<R, Q>: Serialize + DeserializeOwned,
{
    const TAG: u32 = tag("Recalibration 1", &[size_of::<R>(), P, Q]);

    /// Anchor, weights, side and room; two triangles; 2 numbers; a count.
    const LONGEST: usize = (4 * P + 2 * Q + 2) * size_of::<R>() + longest_integer::<u32>();

    fn is_sound(&self) -> bool {
        self.check()
    }
}
