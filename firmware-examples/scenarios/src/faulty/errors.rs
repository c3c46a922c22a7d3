//! [`Errors`]: what went wrong, by kind.

use crate::Line;
use drivers::SensorError;

/// Errors of a sensor, counted by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// The bus said that it failed.
    pub bus: u32,
    /// It did not answer in time.
    pub late: u32,
    /// All bits were 0.
    pub low: u32,
    /// All bits were 1.
    pub high: u32,
    /// The same bits came again and again.
    pub frozen: u32,
    /// Any other.
    pub other: u32,
}

impl Errors {
    /// None yet.
    pub const fn none() -> Self {
        Self { bus: 0, late: 0, low: 0, high: 0, frozen: 0, other: 0 }
    }

    /// Counts one.
    pub const fn note<E: Copy>(&mut self, error: &SensorError<E>) {
        let count = match error {
            SensorError::Bus(_) => &mut self.bus,
            SensorError::TimedOut => &mut self.late,
            SensorError::StuckLow => &mut self.low,
            SensorError::StuckHigh => &mut self.high,
            SensorError::Frozen { .. } => &mut self.frozen,
            _ => &mut self.other,
        };
        *count += 1;
    }

    /// All kinds, as a story tells them.
    pub fn tell(&self, say: &mut impl FnMut(Line)) {
        say(Line::Count("  the bus failed", self.bus));
        say(Line::Count("  it did not answer in time", self.late));
        say(Line::Count("  its bits were all 0", self.low));
        say(Line::Count("  its bits were all 1", self.high));
        say(Line::Count("  the device was frozen", self.frozen));
        say(Line::Count("  anything else", self.other));
    }
}
