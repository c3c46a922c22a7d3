//! [`Kept`]: readings of three axes in different directions, in fixed memory.

/// Readings that are kept.
const CAPACITY: usize = 48;

/// Readings that are far from each other: those from which the norm is calibrated.
pub(crate) struct Kept {
    readings: [[f32; 3]; CAPACITY],
    count: usize,
    apart: f32,
}

impl Kept {
    /// Nothing yet; far is at least so far.
    pub(crate) const fn new(apart: f32) -> Self {
        Self { readings: [[0.0; 3]; CAPACITY], count: 0, apart }
    }

    /// Keeps a reading that is far from all others: no, if it is not, or if there is no room.
    pub(crate) fn offer(&mut self, reading: [f32; 3]) -> bool {
        let near = |kept: &[f32; 3]| {
            let squares = kept.iter().zip(reading).map(|(a, b)| (a - b) * (a - b));
            squares.sum::<f32>() < self.apart * self.apart
        };
        if self.readings().iter().any(near) {
            return false;
        }
        let Some(place) = self.readings.get_mut(self.count) else { return false };
        *place = reading;
        self.count += 1;
        true
    }

    /// All that are kept.
    pub(crate) fn readings(&self) -> &[[f32; 3]] {
        self.readings.get(..self.count).unwrap_or(&self.readings)
    }
}
