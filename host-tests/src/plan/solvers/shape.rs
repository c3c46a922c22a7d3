//! [`Shape`]: what a problem's size is made of.

use serde::{Deserialize, Serialize};

/// What the size of a solver's problem is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Shape {
    /// R × C points
    Grid,
    /// A dense system of N unknowns
    Square,
    /// M measurements of N unknowns
    Design,
    /// K arms
    Arms,
    /// M sensors of N unknowns in P snapshots
    Sensors,
    /// M readings
    Readings,
    /// One size alone
    Fixed,
}

/// Numbers of a size; those that a shape has no use for are not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// R, M, or readings.
    pub rows: Option<u64>,
    /// C, N, or arms.
    pub columns: Option<u64>,
    /// P.
    pub snapshots: Option<u64>,
}

impl Shape {
    /// The options of a size that it has use for: rows, columns, snapshots.
    #[must_use]
    pub const fn uses(self) -> [bool; 3] {
        match self {
            Self::Grid | Self::Design => [true, true, false],
            Self::Square | Self::Arms => [false, true, false],
            Self::Sensors => [true, true, true],
            Self::Readings => [true, false, false],
            Self::Fixed => [false, false, false],
        }
    }
}

impl Size {
    /// Absent ones are 1, so that they change no product.
    pub(super) fn numbers(self) -> [f64; 3] {
        [self.rows, self.columns, self.snapshots].map(|number| number.map_or(1.0, |n| n as f64))
    }
}

/// `12 x 8`, `16`, `16 x 8 x 4`, or nothing.
impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers = [self.rows, self.columns, self.snapshots].into_iter().flatten();
        for (place, number) in numbers.enumerate() {
            let between = if place > 0 { " x " } else { "" };
            write!(f, "{between}{number}")?;
        }
        Ok(())
    }
}
