//! [`ArrayCounts`]: are there enough equations?

use super::ArrayError;

/// What an array has: m sensors, signals of k numbers and p frames, each with a signal of its own. Of
/// its m equations a frame spends k on its signal; one gain is free.
///
/// ```
/// use solvekit::calibration::array::ArrayCounts;
/// let counts = ArrayCounts { sensors: 32, signals: 28, frames: 7, offsets: false };
/// let refused = counts.check().unwrap_err();
/// # #[cfg(not(doc))] extern crate std;
/// assert_eq!(
///     std::format!("{refused}"),
///     "7 frames of 32 sensors cannot fix their gains: 31 equations are needed, 28 given",
/// );
/// assert!(ArrayCounts { frames: 8, ..counts }.check().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ArrayCounts {
    /// m.
    pub sensors: usize,
    /// k.
    pub signals: usize,
    /// p; with forgetting as many as count.
    pub frames: usize,
    /// Are there offsets? Then one frame's worth goes into them.
    pub offsets: bool,
}

impl ArrayCounts {
    /// p (m − k), or (p − 1) (m − k) with offsets.
    pub const fn equations(&self) -> usize {
        let frames = if self.offsets { self.frames.saturating_sub(1) } else { self.frames };
        frames.saturating_mul(self.sensors.saturating_sub(self.signals))
    }

    /// m − 1.
    pub const fn needed(&self) -> usize {
        self.sensors.saturating_sub(1)
    }

    /// Equations beyond those needed: the degrees of freedom that are left to the noise.
    pub const fn freedom(&self) -> usize {
        self.equations().saturating_sub(self.needed())
    }

    /// Fewer than 1.5 times the equations needed: the answer may be poor, and the errors tell how poor.
    pub const fn is_scarce(&self) -> bool {
        self.equations().saturating_mul(2) < self.needed().saturating_mul(3)
    }

    /// Are there as many equations as needed, and more sensors than signals?
    ///
    /// # Errors
    /// [`ArrayError`]: `Signals`, `Unidentifiable`.
    pub const fn check(&self) -> Result<(), ArrayError> {
        if self.signals >= self.sensors {
            Err(ArrayError::Signals { sensors: self.sensors, signals: self.signals })
        } else if self.equations() < self.needed() {
            Err(ArrayError::Unidentifiable(*self))
        } else {
            Ok(())
        }
    }
}
