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

/// Measurements from which times beyond them are told.
const LAST: usize = 4;

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
    /// the line that is nearest to the last of them. Infinite where nothing was measured.
    #[must_use]
    pub fn at(&self, count: usize) -> f64 {
        let place = self.points.partition_point(|(known, _)| *known < count);
        match (place.checked_sub(1), self.points.get(place)) {
            (None, Some((_, seconds))) => *seconds,
            (None, None) => f64::INFINITY,
            (Some(before), Some((known, seconds))) => {
                let (less, before) = self.points[before];
                let share = (count - less) as f64 / (known - less) as f64;
                before + share * (seconds - before)
            }
            (Some(_), None) => self.beyond(count),
        }
    }

    /// More than were measured. Another problem never takes less than a quarter of what one took on
    /// average: a machine that was busy before and is not now makes nothing faster.
    fn beyond(&self, count: usize) -> f64 {
        let Some((last, seconds)) = self.points.last() else { return f64::INFINITY };
        let (start, growth) = self.line();
        let least = 0.25 * seconds / *last as f64;
        if growth >= least {
            start + growth * count as f64
        } else {
            seconds + least * (count - last) as f64
        }
    }

    /// Seconds of another problem, once there are many.
    pub(super) fn growth(&self) -> f64 {
        self.line().1
    }

    /// Seconds for no problem, and for each: the line from which the last measurements are least far, each for
    /// its own length.
    fn line(&self) -> (f64, f64) {
        let last = &self.points[self.points.len().saturating_sub(LAST)..];
        if last.is_empty() {
            return (0.0, f64::INFINITY);
        }
        // Seconds of one problem are a line over 1 / count.
        let all =
            last.iter().map(|(count, seconds)| (1.0 / *count as f64, seconds / *count as f64));
        let mean = |of: fn((f64, f64)) -> f64| all.clone().map(of).sum::<f64>() / last.len() as f64;
        let (shares, each) = (mean(|point| point.0), mean(|point| point.1));
        let (mut product, mut square) = (0.0, 0.0);
        for (share, one) in all.clone() {
            product += (share - shares) * (one - each);
            square += (share - shares) * (share - shares);
        }
        let start = if square > 0.0 { product / square } else { 0.0 };
        (start, each - start * shares)
    }
}
