//! [`Lies`]: readings that a working device does not give.

use crate::SensorError;

/// Looks for stuck bits in what was read, raw: before any conversion could hide them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lies<const BYTES: usize> {
    last: [u8; BYTES],
    same: u16,
    frozen_after: u16,
}

impl<const BYTES: usize> Lies<BYTES> {
    /// Frozen after so many equal readings; 0: never.
    pub(crate) const fn new(frozen_after: u16) -> Self {
        Self { last: [0; BYTES], same: 0, frozen_after }
    }

    /// Hands an honest reading on.
    pub(crate) fn check<E>(&mut self, raw: &[u8; BYTES]) -> Result<(), SensorError<E>> {
        if raw.iter().all(|byte| *byte == 0x00) {
            return Err(SensorError::StuckLow);
        }
        if raw.iter().all(|byte| *byte == 0xFF) {
            return Err(SensorError::StuckHigh);
        }
        self.same =
            if self.same > 0 && *raw == self.last { self.same.saturating_add(1) } else { 1 };
        self.last = *raw;
        if self.frozen_after > 0 && self.same >= self.frozen_after {
            return Err(SensorError::Frozen { samples: self.same });
        }
        Ok(())
    }
}
