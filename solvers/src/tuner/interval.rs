//! [`Interval`]: where contexts lie.

use super::TunerError;
use crate::Real;

/// A bounded interval of contexts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval<R> {
    low: R,
    high: R,
}

impl<R: Real> Interval<R> {
    /// From `low` to `high`.
    ///
    /// # Errors
    /// [`TunerError::Interval`] unless both are finite, `low` < `high`, and so is high − low.
    pub fn new(low: R, high: R) -> Result<Self, TunerError> {
        let width = high - low;
        if low.is_finite() && high.is_finite() && width > R::ZERO && width.is_finite() {
            Ok(Self { low, high })
        } else {
            Err(TunerError::Interval)
        }
    }

    /// Its ends.
    pub const fn ends(&self) -> (R, R) {
        (self.low, self.high)
    }

    /// Whether the ends are such as [`new`](Self::new) takes.
    #[cfg(feature = "storage")]
    pub(super) fn check(&self) -> bool {
        Self::new(self.low, self.high).is_ok()
    }

    /// Where in the interval a context lies, 0 to 1, and whether it had to be moved there: to the
    /// nearer end, or to the middle if it is NaN.
    pub(super) fn place(&self, context: R) -> (R, bool) {
        if context < self.low {
            (R::ZERO, true)
        } else if context > self.high {
            (R::ONE, true)
        } else if context >= self.low {
            ((context - self.low) / (self.high - self.low), false)
        } else {
            (R::from_f64(0.5), true)
        }
    }
}
