//! [`SensorError`]: why there is no sample.

use core::fmt;

/// Why there is no sample. The driver is as before, and may be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SensorError<E> {
    /// The bus said that it failed: what the HAL calls it (no acknowledge, a time limit, …).
    Bus(E),
    /// Another device answers, or none: its identity is not the one that was expected.
    Identity {
        /// Of this kind of device.
        expected: u8,
        /// What was read.
        found: u8,
    },
    /// All bits are 0: a data line that is shorted to ground, or a device without power.
    StuckLow,
    /// All bits are 1: a data line that nobody drives.
    StuckHigh,
    /// The very same bits again and again, where noise would change them: the device hangs.
    Frozen {
        /// Samples with the same bits, this one among them.
        samples: u16,
    },
    /// The bus did not answer within the time that the caller gave it.
    TimedOut,
}

impl<E> From<E> for SensorError<E> {
    fn from(error: E) -> Self {
        Self::Bus(error)
    }
}

impl<E: fmt::Debug> fmt::Display for SensorError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(f, "the bus failed: {error:?}"),
            Self::Identity { expected, found } => {
                write!(f, "another device answers: identity {found:#04x}, not {expected:#04x}")
            }
            Self::StuckLow => f.write_str("all bits are 0: a shorted line, or no power"),
            Self::StuckHigh => f.write_str("all bits are 1: nobody drives the line"),
            Self::Frozen { samples } => write!(f, "{samples} samples with the very same bits"),
            Self::TimedOut => f.write_str("the bus did not answer in time"),
        }
    }
}

impl<E: fmt::Debug> core::error::Error for SensorError<E> {}
