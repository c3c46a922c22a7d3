//! [`Sensor`]: what is wrong with one.

/// How a sensor fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Sensor {
    /// Nothing is wrong.
    #[default]
    Sound,
    /// It hardly measures anything: less than a hundredth of the middle one. Left out.
    Dead,
    /// It measures the same whatever is to be seen. Left out.
    Stuck,
    /// It measures one size with either sign: both ends of its range. Left out.
    Clipped,
    /// It fits the others so badly that chance cannot be why. Left out.
    Erratic,
    /// Its gain is less than three standard errors from zero.
    Weak,
    /// Its gain is negative.
    Flipped,
}

impl Sensor {
    /// Do its measurements count?
    pub const fn takes_part(self) -> bool {
        matches!(self, Self::Sound | Self::Weak | Self::Flipped)
    }

    /// The name in snake case, as in the program's JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Dead => "dead",
            Self::Stuck => "stuck",
            Self::Clipped => "clipped",
            Self::Erratic => "erratic",
            Self::Weak => "weak",
            Self::Flipped => "flipped",
        }
    }
}
