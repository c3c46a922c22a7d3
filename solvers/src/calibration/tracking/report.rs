//! [`FrameReport`]: what a frame came to.

/// How a frame was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FrameStatus {
    /// The gains were followed.
    Tracked,
    /// The gains were found anew, from this frame alone.
    Locked(Relock),
    /// Nothing was learned; the gains are as they were, and less certain.
    Skipped(Skipped),
}

/// Why gains were found anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Relock {
    /// There were none before.
    First,
    /// What the gains of the frame before leave of this one has sixteen times the usual square.
    Residual,
    /// A gain fell below .05.
    Vanished {
        /// Whose.
        sensor: usize,
    },
}

/// Why nothing was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Skipped {
    /// No more measurements than unknowns are there, or too few for a first lock.
    TooFew,
    /// All measurements are zero.
    Silent,
    /// The rows leave a signal that these measurements cannot tell.
    Singular,
    /// Squares of these measurements are no numbers of this precision.
    Implausible,
}

impl FrameStatus {
    /// The name in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tracked => "tracked",
            Self::Locked(_) => "locked",
            Self::Skipped(_) => "skipped",
        }
    }
}

/// How a sensor fared in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SeenSensor {
    /// Its gain was followed.
    Sound,
    /// None of its measurements are there, or it saw nothing.
    Missing,
    /// What it measured is more than six standard deviations from what its gain makes of the signal.
    Suspicious,
}

/// What a frame came to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use = "a frame may have been skipped"]
#[non_exhaustive]
pub struct FrameReport<R> {
    /// How it was used.
    pub status: FrameStatus,
    /// K = 1 − λ: the part that a frame has in a gain in the long run.
    pub gain: R,
    /// That of the offsets; zero where none are sought.
    pub offset_gain: R,
    /// Root mean square of the innovations in standard deviations; about 1 where all is as expected (1.3
    /// with offsets, where the larger one of two counts). Zero where gains were found anew.
    pub innovation: R,
    /// Lag-1 correlation of the innovations, in [−1, 1]: positive where gains lag behind.
    pub correlation: R,
    /// Standard deviation of the noise, in the units of the measurements.
    pub noise: R,
    /// Root mean square of the standard errors of the gains; infinite where one is unknown.
    pub error: R,
    /// That of the offsets, in the units of the measurements; zero where none are sought.
    pub offset_error: R,
    /// Sensors of which nothing was seen.
    pub missing: usize,
    /// Sensors that are suspicious.
    pub suspicious: usize,
}
