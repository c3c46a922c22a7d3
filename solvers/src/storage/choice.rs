//! [`MethodChoice`] as [`Memory`].

use super::{Memory, longest_integer, tag};
use crate::Real;
use crate::choice::MethodChoice;
use serde::{Serialize, de::DeserializeOwned};

/// The methods themselves are the caller's: after an update that changed or reordered them, start
/// anew.
impl<R: Real + Serialize + DeserializeOwned, const K: usize> Memory for MethodChoice<R, K> {
    const TAG: u32 = tag("MethodChoice 1", &[size_of::<R>(), K]);

    /// For each method the mean steps or none, the next trial and the wait; rounds.
    const LONGEST: usize =
        K * (1 + size_of::<R>() + 2 * longest_integer::<u32>()) + longest_integer::<u32>();

    fn is_sound(&self) -> bool {
        self.check()
    }
}
