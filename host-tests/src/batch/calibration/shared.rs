//! [`Shared`]: what is the same for all devices of a batch.

use super::fit::number;
use super::{CalibrationBatch, Sensing};
use crate::batch::lanes::{Laned, dot};
use solvekit::Real;
use solvekit::calibration::{Counts, tail_of_f};
use solvekit::sum::sum_of;

/// The sensing matrices as lanes want them, and what follows from the sizes alone.
#[derive(Clone, Debug)]
pub(super) struct Shared<R> {
    /// n, m and p.
    pub(super) counts: Counts,
    /// The rows of all A_l, sensor after sensor.
    pub(super) rows: Vec<R>,
    /// Σ of the squares of all entries.
    pub(super) square: R,
    /// The noise's standard deviation, where it is known.
    pub(super) noise: Option<R>,
    /// How much a sensor has to fit worse than the others to be looked at, as a ratio of F; none where
    /// nobody looks.
    pub(super) suspicious: Option<R>,
}

impl<R: Laned> Shared<R> {
    /// None where devices are not worked on side by side: with matrices of their own, of counts or matrices
    /// that are refused, of sizes that fill the cache, where no degree of freedom is left, and near the
    /// counting bound, where precision is another matter.
    pub(super) fn new(batch: &CalibrationBatch<'_, R>) -> Option<Self> {
        let Sensing::Shared(sensing) = batch.sensing else { return None };
        let counts = batch.counts;
        let Counts { unknowns: n, sensors: m, snapshots: p, .. } = counts;
        let near = counts.equations().saturating_mul(5) < counts.needed().saturating_mul(7);
        if counts.check().is_err() || counts.freedom() == 0 || near || !is_small(counts) {
            return None;
        }
        let square = sum_of(m * p, |k| dot(sensing.column(k), sensing.column(k)));
        let normal = square > R::ONE / R::MAX && square.is_finite();
        if !(normal && (R::ONE / square).is_finite()) {
            return None;
        }
        let mut rows = Vec::with_capacity(n * m * p);
        for sensor in 0..m {
            (0..p).for_each(|l| rows.extend_from_slice(sensing.column(l * m + sensor)));
        }
        Some(Self { counts, rows, square, noise: batch.noise, suspicious: suspicious(counts) })
    }

    /// The rows of a sensor.
    #[inline(always)]
    pub(super) fn of(&self, sensor: usize) -> &[R] {
        let size = self.counts.snapshots * self.counts.unknowns;
        &self.rows[sensor * size..(sensor + 1) * size]
    }
}

/// Do several devices fit beside each other, and take so little that a part of them is soon done? Multiplications
/// of a matrix, and the numbers that the look at a sensor needs.
pub(super) const fn is_small(counts: Counts) -> bool {
    let square = counts.unknowns.saturating_mul(counts.unknowns);
    counts.equations().saturating_mul(square) <= 1 << 19 && counts.snapshots <= 64
}

/// Below this ratio chance explains what a sensor leaves, in one of a hundred devices: [`Auto`] does not call
/// it erratic. A little less than where that begins, so that rounding decides nothing.
///
/// [`Auto`]: solvekit::calibration::Auto
fn suspicious<R: Real>(counts: Counts) -> Option<R> {
    let own = counts.snapshots - 1;
    let rest = counts.freedom().checked_sub(own).filter(|rest| *rest > 0)?;
    if counts.snapshots < 3 {
        return None;
    }
    let level = R::from_f64(0.01) / number::<R>(counts.sensors);
    let (mut low, mut high) = (R::ZERO, R::ONE);
    while high.is_finite() && tail_of_f(high, own, rest) > level {
        high *= R::from_f64(2.0);
    }
    for _ in 0..60 {
        let middle = R::from_f64(0.5) * (low + high);
        let below = tail_of_f(middle, own, rest) > level;
        (low, high) = if below { (middle, high) } else { (low, middle) };
    }
    Some(R::from_f64(0.99) * low)
}
