//! [`Curve`]: the times of one way to solve a batch.

use super::super::Backend;
use serde::{Deserialize, Serialize};

/// A way to solve a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Way {
    /// By what.
    pub backend: Backend,
    /// On how many threads.
    pub threads: usize,
}

/// Measured times of one way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Which.
    pub way: Way,
    /// Problems and seconds, more and more of them.
    pub points: Vec<(usize, f64)>,
    /// Not measured any further: another way is faster and falls less behind, or this one does not exist.
    pub is_out: bool,
}

impl Curve {
    pub(super) const fn new(way: Way) -> Self {
        Self { way, points: Vec::new(), is_out: false }
    }

    /// Seconds for so many problems: on a line between two that were measured, and beyond the last on
    /// that of the last two. Infinite where nothing was measured.
    #[must_use]
    pub fn at(&self, count: usize) -> f64 {
        let place = self.points.partition_point(|(known, _)| *known < count);
        let (before, after) = match (place.checked_sub(1), self.points.get(place)) {
            (None, Some((_, seconds))) => return *seconds,
            (None, None) => return f64::INFINITY,
            (Some(before), after) => (self.points[before], after),
        };
        let slope = match after {
            Some((known, seconds)) => (seconds - before.1) / (known - before.0) as f64,
            None => self.slope(),
        };
        before.1 + slope * (count - before.0) as f64
    }

    /// Seconds of another problem, by the last two measurements. Never less than a quarter of what one
    /// takes on average: a machine that was busy before and is not now makes nothing faster.
    fn slope(&self) -> f64 {
        match self.points.last() {
            Some((count, seconds)) => self.growth().max(0.25 * seconds / *count as f64),
            None => f64::INFINITY,
        }
    }

    /// Seconds of another problem between the last two measurements.
    pub(super) fn growth(&self) -> f64 {
        match self.points.as_slice() {
            [.., (less, before), (more, after)] => (after - before) / (more - less) as f64,
            [(count, seconds)] => seconds / *count as f64,
            [] => f64::INFINITY,
        }
    }
}
