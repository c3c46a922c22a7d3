//! The tuners as [`Memory`].

use super::{Memory, longest_integer, tag};
use crate::Real;
use crate::tuner::TsallisInf;
use serde::{Serialize, de::DeserializeOwned};

/// The arms are part of it: after an update that changed them, compare
/// [`arms`](TsallisInf::arms) before going on with what was restored.
impl<R: Real + Serialize + DeserializeOwned, const K: usize> Memory for TsallisInf<R, K> {
    const TAG: u32 = tag("TsallisInf 1", &[size_of::<R>(), K]);

    /// Arms, losses, root, mean and 1/p; the rounds; the arm in play, less than K.
    const LONGEST: usize =
        (2 * K + 3) * size_of::<R>() + longest_integer::<u32>() + 1 + longest_integer::<u32>();

    fn is_sound(&self) -> bool {
        self.check()
    }
}
