//! [`Saturations`]: how many numbers did not fit.

/// Counts the numbers that were cut off at the ends of their format. It stops at the largest count
/// that it can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Saturations(u32);

impl Saturations {
    /// None so far.
    pub const NONE: Self = Self(0);

    /// How many there were.
    pub const fn count(self) -> u32 {
        self.0
    }

    /// One more.
    pub(super) const fn note(&mut self) {
        self.0 = self.0.saturating_add(1);
    }

    /// Adds those of another.
    pub(super) const fn add(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }

    /// `value` where it fits, the nearest end of the format where not, which is counted.
    #[inline]
    pub(super) const fn cut(&mut self, value: i64) -> i32 {
        let narrow = value as i32;
        if narrow as i64 == value {
            return narrow;
        }
        self.note();
        if value < 0 { i32::MIN } else { i32::MAX }
    }
}
