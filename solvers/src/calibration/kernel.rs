//! [`Kernel`]: the one n × n matrix behind start, steps and errors.
//!
//! K = Σᵢ wᵢ Aᵢᵀ (I − qᵢ qᵢᵀ / (‖qᵢ‖² + κ)) Aᵢ, Aᵢ being the p × n rows of sensor i. A reflection that
//! turns qᵢ to the first axis leaves p − 1 rows, whose squares are that sum without a difference of
//! large numbers, and for κ > 0 a first one that counts for κ / (‖qᵢ‖² + κ).

use super::Snapshots;
use super::sink::Sink;
use super::snapshots::at;
use crate::sum::{Accumulator, square, sum_of};
use crate::{Buffer, ColumnOperator, Real, Scalar};

/// What is known of one sensor once x is: gain, ‖u‖², and what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile<R> {
    /// Mean prediction and mean measurement where offsets are sought; zero otherwise.
    pub(super) means: [R; 2],
    /// ‖u‖².
    pub(super) square: R,
    pub(super) gain: R,
}

/// Three vectors of n numbers to work in.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Room<X> {
    pub(super) row: X,
    pub(super) along: X,
    pub(super) mean: X,
}

/// The snapshots as every part of a fit sees them.
#[derive(Clone, Debug)]
pub(super) struct Kernel<'a, R: Real, A: crate::LinearOperator<R>, G> {
    pub(super) snapshots: Snapshots<'a, R, A, G>,
    /// Are offsets sought? Then the mean over its snapshots is taken from all of a sensor.
    pub(super) centred: bool,
}

impl<R: Real, A: ColumnOperator<R>, G: Buffer<R>> Kernel<'_, R, A, G> {
    /// p.
    pub(super) fn snapshots(&self) -> usize {
        self.snapshots.counts().snapshots
    }

    /// Σ over the snapshots of a sensor.
    #[inline]
    pub(super) fn over(&self, sensor: usize, mut term: impl FnMut(usize) -> R) -> R {
        sum_of(self.snapshots(), |l| term(self.snapshots.place(sensor, l)))
    }

    /// The mean of a sensor's numbers where offsets are sought, zero otherwise.
    pub(super) fn mean(&self, sensor: usize, term: impl FnMut(usize) -> R) -> R {
        if self.centred {
            let count = u32::try_from(self.snapshots()).unwrap_or(u32::MAX);
            self.over(sensor, term) / R::from_u32(count)
        } else {
            R::ZERO
        }
    }

    /// ‖yᵢ‖², and the mean that was taken from it.
    pub(super) fn measured(&self, sensor: usize) -> (R, R) {
        let mean = self.mean(sensor, |k| self.snapshots.y(k));
        (self.over(sensor, |k| square(self.snapshots.y(k) - mean)), mean)
    }

    /// The gain that suits a prediction best, drawn to 1 by `kappa`: (uᵀy + κ) / (‖u‖² + κ).
    pub(super) fn profile(&self, sensor: usize, u: &[R], kappa: R) -> Profile<R> {
        let of_u = self.mean(sensor, |k| at(u, k));
        let of_y = self.mean(sensor, |k| self.snapshots.y(k));
        let square_of = self.over(sensor, |k| square(at(u, k) - of_u));
        let cross = self.over(sensor, |k| (at(u, k) - of_u) * (self.snapshots.y(k) - of_y));
        let whole = square_of + kappa;
        let gain = if whole == R::ZERO { whole } else { (cross + kappa) / whole };
        Profile { means: [of_u, of_y], square: square_of, gain }
    }

    /// γ u − y of one measurement.
    #[inline]
    pub(super) fn residual(&self, profile: &Profile<R>, u: &[R], k: usize) -> R {
        let [of_u, of_y] = profile.means;
        profile.gain * (at(u, k) - of_u) - (self.snapshots.y(k) - of_y)
    }

    /// v ← v + `factor` (Aᵢᵀ q), q given snapshot by snapshot; of mean zero where offsets are sought.
    pub(super) fn add_adjoint(
        &self,
        sensor: usize,
        factor: R,
        mut q: impl FnMut(usize) -> R,
        v: &mut A::Range,
    ) {
        let (snapshots, rows) = (&self.snapshots, self.snapshots.rows());
        let whole = self.snapshots() & !3;
        for l in (0..whole).step_by(4) {
            let places = [l, l + 1, l + 2, l + 3].map(|l| snapshots.place(sensor, l));
            rows.add_columns(places, places.map(|k| factor * q(k)), v);
        }
        for l in whole..self.snapshots() {
            let k = snapshots.place(sensor, l);
            rows.add_column(k, factor * q(k), v);
        }
    }

    /// The rows of w (H A) d = −H r, H being the reflection that turns q to the first axis; the first
    /// of them times `part`, and left out where that is zero: K ← K + w² Aᵢᵀ (I − (1 − part²) q qᵀ /
    /// ‖q‖²) Aᵢ, and −w Aᵢᵀ r (where r is orthogonal to q if `part` is zero) on the side of K.
    pub(super) fn add_sensor(
        &self,
        sensor: usize,
        weights: (R, R),
        q: (impl Fn(usize) -> R, R),
        r: impl Fn(usize) -> R,
        room: &mut Room<A::Range>,
        sink: &mut Sink<'_, R, A::Range>,
    ) {
        self.visit_sensor(sensor, weights, q, r, room, |row, b| sink.add(row, b));
    }

    /// Visits these rows and what stands beside them; `visit` may use up the row.
    pub(super) fn visit_sensor(
        &self,
        sensor: usize,
        (weight, part): (R, R),
        (q, q_square): (impl Fn(usize) -> R, R),
        r: impl Fn(usize) -> R,
        room: &mut Room<A::Range>,
        mut visit: impl FnMut(&mut [R], R),
    ) {
        let (snapshots, rows) = (&self.snapshots, self.snapshots.rows());
        let length = q_square.sqrt();
        let first = snapshots.place(sensor, 0);
        let head = q(first);
        // v = q ± ‖q‖ e₀, away from cancellation; H = I − β v vᵀ.
        let v = |k: usize| {
            let turned = if head < R::ZERO { -length } else { length };
            if k == first { head + turned } else { q(k) }
        };
        let whole = length * (length + Scalar::abs(head));
        let beta = if whole > R::ZERO { R::ONE / whole } else { R::ZERO };
        if self.centred {
            fill(&mut room.mean);
            let count = u32::try_from(self.snapshots()).unwrap_or(u32::MAX);
            let share = R::ONE / R::from_u32(count);
            self.add_adjoint(sensor, share, |_| R::ONE, &mut room.mean);
        }
        let Room { row, along, mean } = room;
        fill(along);
        if beta > R::ZERO {
            self.add_adjoint(sensor, R::ONE, v, along);
            if self.centred {
                add(along, -self.over(sensor, v), mean);
            }
        }
        let turned = beta * self.over(sensor, |k| v(k) * r(k));
        for l in 0..self.snapshots() {
            let k = snapshots.place(sensor, l);
            let (mut weight, mut b) = (weight, turned * v(k) - r(k));
            if l == 0 {
                weight *= part;
                b = b / part;
            }
            if weight == R::ZERO {
                continue;
            }
            let back = -(weight * beta * v(k));
            if self.centred {
                fill(row);
                rows.add_column(k, weight, row);
                add(row, -weight, mean);
                add(row, back, along);
            } else {
                // The same sum the other way round, in one pass.
                rows.combine_column(k, weight, (back, along), row);
            }
            visit(row.as_mut_slice(), b);
        }
    }
}

/// v ← 0.
pub(super) fn fill<R: Real>(v: &mut impl Buffer<R>) {
    v.as_mut_slice().iter_mut().for_each(|v| *v = R::ZERO);
}

/// v ← v + `factor` w.
pub(super) fn add<R: Real>(v: &mut impl Buffer<R>, factor: R, w: &impl Buffer<R>) {
    if factor != R::ZERO {
        v.as_mut_slice().iter_mut().zip(w.as_slice()).for_each(|(v, w)| *v += factor * *w);
    }
}

/// Σ term(i) over those of m sensors that take part.
pub(super) fn total<R: Real>(
    sensors: usize,
    takes_part: &impl Fn(usize) -> bool,
    mut term: impl FnMut(usize) -> R,
) -> R {
    let mut sum = Accumulator::default();
    for sensor in (0..sensors).filter(|sensor| takes_part(*sensor)) {
        sum.add(sensor, term(sensor));
    }
    sum.total()
}
