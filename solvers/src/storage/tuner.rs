//! The tuners as [`Memory`].

use super::{Memory, longest_integer, tag};
use crate::Real;
use crate::tuner::TsallisInf;
use serde::{Serialize, de::DeserializeOwned};

/// The arms are part of it: after an update that changed them, compare
/// [`arms`](TsallisInf::arms) before going on with what was restored.
impl<R: Real + Serialize + DeserializeOwned, const K: usize> Memory for TsallisInf<R, K> {
    const TAG: u32 = tag("TsallisInf 1", &[size_of::<R>(), K]);

    /// Arms, losses, root, mean and 1/p; rounds, memory and the arm in play; two flags.
    const LONGEST: usize = (2 * K + 3) * size_of::<R>() + 3 * longest_integer::<u32>() + 2;

    fn is_sound(&self) -> bool {
        self.check()
    }
}
