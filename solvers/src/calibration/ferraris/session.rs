//! [`Session`]: the means of all parts.

use super::{Axis, FerrarisError, Part};
use crate::Real;

/// The running mean and deviation of six channels: acceleration x, y, z, then rate x, y, z.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Mean<R> {
    count: u32,
    mean: [R; 6],
    /// Σ (y − mean)².
    squares: [R; 6],
}

impl<R: Real> Mean<R> {
    const EMPTY: Self = Self { count: 0, mean: [R::ZERO; 6], squares: [R::ZERO; 6] };

    /// Welford's recurrence: a sum of squares would lose a small deviation beside a large mean.
    fn add(&mut self, reading: &[R; 6]) {
        self.count = self.count.saturating_add(1);
        let count = R::from_u32(self.count);
        for ((mean, square), y) in self.mean.iter_mut().zip(&mut self.squares).zip(reading) {
            let before = *y - *mean;
            *mean += before / count;
            *square += before * (*y - *mean);
        }
    }

    /// Readings.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Of the accelerometer.
    #[must_use]
    pub const fn acceleration(&self) -> [R; 3] {
        let [x, y, z, ..] = self.mean;
        [x, y, z]
    }

    /// Of the gyroscope.
    #[must_use]
    pub const fn rate(&self) -> [R; 3] {
        let [.., x, y, z] = self.mean;
        [x, y, z]
    }

    /// The standard deviation of every channel; zero of fewer than two readings.
    #[must_use]
    pub fn deviation(&self) -> [R; 6] {
        let degrees = R::from_u32(self.count.saturating_sub(1).max(1));
        self.squares.map(|square| (square / degrees).sqrt())
    }
}

/// All readings of a six-pose session, kept as means: as long as wanted, in the same memory.
///
/// Storage: 117 numbers (9 parts of 13). Cost of a reading: 6 divisions.
///
/// ```
/// use solvekit::calibration::ferraris::{Axis, Part, Session};
/// let mut session = Session::new();
/// session.add(Part::Up(Axis::X), [9.8_f32, 0.1, 0.0], [0.01, 0.0, 0.0])?;
/// session.add(Part::Up(Axis::X), [9.6, 0.1, 0.0], [0.03, 0.0, 0.0])?;
/// let mean = session.mean(Part::Up(Axis::X));
/// assert_eq!(mean.count(), 2);
/// assert!((mean.acceleration()[0] - 9.7).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Session<R> {
    up: [Mean<R>; 3],
    down: [Mean<R>; 3],
    turns: [Mean<R>; 3],
}

impl<R: Real> Default for Session<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Real> Session<R> {
    /// Nothing read yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { up: [Mean::EMPTY; 3], down: [Mean::EMPTY; 3], turns: [Mean::EMPTY; 3] }
    }

    /// Adds a reading of accelerometer and gyroscope. A device without a gyroscope gives zeros.
    ///
    /// # Errors
    /// [`FerrarisError::NonFinite`]; the session is as it was then, and the next reading may be added.
    pub fn add(
        &mut self,
        part: Part,
        acceleration: [R; 3],
        rate: [R; 3],
    ) -> Result<(), FerrarisError<R>> {
        let ([a, b, c], [d, e, f]) = (acceleration, rate);
        let reading = [a, b, c, d, e, f];
        let mean = self.of_mut(part);
        if let Some(channel) = reading.iter().position(|y| !y.is_finite()) {
            return Err(FerrarisError::NonFinite { part, sample: mean.count, channel });
        }
        mean.add(&reading);
        Ok(())
    }

    /// What a part read.
    #[must_use]
    pub const fn mean(&self, part: Part) -> &Mean<R> {
        match part {
            Part::Up(axis) => among(&self.up, axis),
            Part::Down(axis) => among(&self.down, axis),
            Part::Turn(axis) => among(&self.turns, axis),
        }
    }

    const fn of_mut(&mut self, part: Part) -> &mut Mean<R> {
        let (among, axis) = match part {
            Part::Up(axis) => (&mut self.up, axis),
            Part::Down(axis) => (&mut self.down, axis),
            Part::Turn(axis) => (&mut self.turns, axis),
        };
        let [x, y, z] = among;
        match axis {
            Axis::X => x,
            Axis::Y => y,
            Axis::Z => z,
        }
    }
}

const fn among<R>([x, y, z]: &[Mean<R>; 3], axis: Axis) -> &Mean<R> {
    match axis {
        Axis::X => x,
        Axis::Y => y,
        Axis::Z => z,
    }
}
