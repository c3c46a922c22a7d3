//! The tuners around another tuner as [`Memory`], where that one is.
//!
//! The inner tag comes first in a tag: a CRC is linear, and the width of the numbers, which is in
//! both, would cancel if it stood before the inner tag.

use super::{Memory, longest_integer, tag};
use crate::Real;
use crate::tuner::{CutOff, OmegaTuner, Safe};
use serde::{Serialize, de::DeserializeOwned};

/// Sound where the inner tuner is too.
impl<R: Real + Serialize + DeserializeOwned, T: OmegaTuner<R> + Memory> Memory for Safe<R, T> {
    const TAG: u32 = tag("Safe 1", &[T::TAG as usize, size_of::<R>()]);

    /// What is owed and pending, the latest and the largest cost; the pending rounds; whose round
    /// it is.
    const LONGEST: usize = T::LONGEST + 4 * size_of::<R>() + longest_integer::<u32>() + 1;

    fn is_sound(&self) -> bool {
        self.check() && self.inner().is_sound()
    }
}

/// Sound where the inner tuner is too.
impl<R: Real + Serialize + DeserializeOwned, T: OmegaTuner<R> + Memory, const K: usize> Memory
    for CutOff<R, T, K>
{
    const TAG: u32 = tag("CutOff 1", &[T::TAG as usize, size_of::<R>(), K]);

    /// The multiple and the means; the counts and the arm in play; a flag.
    const LONGEST: usize =
        T::LONGEST + (K + 1) * size_of::<R>() + (K + 1) * longest_integer::<u32>() + 1;

    fn is_sound(&self) -> bool {
        self.check() && self.inner().is_sound()
    }
}
