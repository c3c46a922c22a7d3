//! [`Device`]: frames, exposure by exposure.

use super::{Drifting, M, MP, P, Readings, SEEDS};
use crate::array::Array;

/// What a sensor reads that is not connected: no other reading is that low.
pub const MISSING: f32 = -1.0;

/// The array on its bus, and the frame that is being read.
#[derive(Clone, Debug)]
pub struct Device {
    /// The array.
    pub array: Array<Drifting>,
    readings: Readings,
    next: u8,
}

impl Device {
    /// Nothing is read yet.
    pub fn new() -> Self {
        let array = Array::new(Drifting::new());
        Self { array, readings: Readings::zeros(), next: 0 }
    }

    /// Begins with a new frame, as after a reset.
    pub const fn reset(&mut self) {
        self.next = 0;
    }

    /// Another exposure; the seed and the readings of a frame that it completes. What was not measured is NaN.
    ///
    /// # Panics
    /// If the bus failed three times in a row; it fails once in seven transfers.
    pub fn tick(&mut self) -> Option<(u8, Readings)> {
        let (seed, exposure) = (self.next / P as u8, usize::from(self.next) % P);
        let mut y = [0.0; M];
        self.array.sample(self.next, &mut y).expect("the bus answers");
        let slots = self.readings.as_mut_slice().iter_mut().skip(exposure * M);
        for (slot, y) in slots.zip(y) {
            *slot = if y == MISSING { f32::NAN } else { y };
        }
        // After the last mask of the last seed the first one comes again.
        self.next = self.next.wrapping_add(1);
        (exposure + 1 == P).then_some((seed, self.readings))
    }

    /// Exposures until a frame is whole.
    ///
    /// # Panics
    /// As [`tick`](Self::tick).
    pub fn frame(&mut self) -> (u8, Readings) {
        loop {
            if let Some(frame) = self.tick() {
                return frame;
            }
        }
    }

    /// Gains of mean 1, and offsets, as they are now.
    pub fn truth(&mut self) -> ([f32; M], [f32; M]) {
        let fake = self.array.bus();
        let mean = fake.gains.iter().sum::<f32>() / M as f32;
        (fake.gains.map(|gain| gain / mean), fake.offsets)
    }
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}

const _: () = assert!(MP == M * P && SEEDS as usize * P == 256);
