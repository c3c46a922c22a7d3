//! [`Part`]: what the device does while readings are taken.

use core::fmt;

/// An axis of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Axis {
    /// The first.
    X,
    /// The second.
    Y,
    /// The third.
    Z,
}

/// A part of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Part {
    /// At rest with this axis upwards: it reads +g.
    Up(Axis),
    /// At rest with this axis downwards: it reads −g.
    Down(Axis),
    /// Turned about this axis.
    Turn(Axis),
}

impl Axis {
    /// All three.
    pub const ALL: [Self; 3] = [Self::X, Self::Y, Self::Z];
}

impl Part {
    /// All nine, in the order in which sessions are kept: x, y, z upwards, x, y, z downwards, the turns.
    pub const ALL: [Self; 9] = [
        Self::Up(Axis::X),
        Self::Up(Axis::Y),
        Self::Up(Axis::Z),
        Self::Down(Axis::X),
        Self::Down(Axis::Y),
        Self::Down(Axis::Z),
        Self::Turn(Axis::X),
        Self::Turn(Axis::Y),
        Self::Turn(Axis::Z),
    ];

    /// Its usual name in logs: `x_p`, `x_a`, `x_rot` (parallel, antiparallel, rotation).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up(Axis::X) => "x_p",
            Self::Up(Axis::Y) => "y_p",
            Self::Up(Axis::Z) => "z_p",
            Self::Down(Axis::X) => "x_a",
            Self::Down(Axis::Y) => "y_a",
            Self::Down(Axis::Z) => "z_a",
            Self::Turn(Axis::X) => "x_rot",
            Self::Turn(Axis::Y) => "y_rot",
            Self::Turn(Axis::Z) => "z_rot",
        }
    }

    /// The part of that [`name`](Self::name).
    ///
    /// ```
    /// use solvekit::calibration::ferraris::{Axis, Part};
    /// assert_eq!(Part::named("y_a"), Some(Part::Down(Axis::Y)));
    /// assert_eq!(Part::named("walking"), None);
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Is the device at rest?
    #[must_use]
    pub const fn is_rest(self) -> bool {
        !matches!(self, Self::Turn(_))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
