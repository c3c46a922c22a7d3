//! [`Counts`]: are there enough equations?

use super::CalibrationError;

/// What is to be found and what is given: n unknowns and the gains of m sensors (their offsets too,
/// where asked for) from p snapshots, that is m p equations. One gain is free, since (α γ, x / α)
/// explains the same data for every α.
///
/// ```
/// use solvekit::calibration::{CalibrationError, Counts};
/// let counts = Counts { unknowns: 64, sensors: 64, snapshots: 1, offsets: false };
/// let refused = counts.check().unwrap_err();
/// # #[cfg(not(doc))] extern crate std;
/// assert_eq!(
///     std::format!("{refused}"),
///     "1 snapshot of 64 sensors cannot fix 64 gains and 64 unknowns: \
///      127 equations are needed, 64 given",
/// );
/// let twice = Counts { snapshots: 2, ..counts };
/// assert!(twice.check().is_ok() && twice.is_scarce());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counts {
    /// n.
    pub unknowns: usize,
    /// m.
    pub sensors: usize,
    /// p.
    pub snapshots: usize,
    /// Are offsets to be found too?
    pub offsets: bool,
}

impl Counts {
    /// m p.
    pub const fn equations(&self) -> usize {
        self.sensors.saturating_mul(self.snapshots)
    }

    /// n + m − 1; n + 2 m − 1 with offsets.
    pub const fn needed(&self) -> usize {
        let sensors = self.sensors.saturating_sub(1);
        let offsets = if self.offsets { self.sensors } else { 0 };
        self.unknowns.saturating_add(sensors).saturating_add(offsets)
    }

    /// Equations beyond those needed: the degrees of freedom that are left to the noise.
    pub const fn freedom(&self) -> usize {
        self.equations().saturating_sub(self.needed())
    }

    /// Fewer than 1.5 (n + m) equations (and as many more for offsets): the answer may be poor, and
    /// the errors tell how poor.
    pub const fn is_scarce(&self) -> bool {
        self.equations().saturating_mul(2) < self.needed().saturating_add(1).saturating_mul(3)
    }

    /// Are there as many equations as needed?
    ///
    /// # Errors
    /// [`CalibrationError`]: `Unidentifiable`; `Snapshots` below 2 of them, or 3 with offsets.
    pub const fn check(&self) -> Result<(), CalibrationError> {
        let needed = if self.offsets { 3 } else { 2 };
        if self.equations() < self.needed() {
            Err(CalibrationError::Unidentifiable(*self))
        } else if self.snapshots < needed {
            Err(CalibrationError::Snapshots { needed, given: self.snapshots })
        } else {
            Ok(())
        }
    }
}
