//! Sensors that are not what they should be, found in the measurements and in what a fit leaves.

use super::Sensor;
use super::fit::{FitOf, Terms};
use super::kernel::{Kernel, add, fill};
use super::snapshots::at;
use super::student::tail_of_f;
use crate::direct::{factor_in_place, forward_in_place, packed};
use crate::sum::{dot, square};
use crate::{Buffer, ColumnOperator, Real};

/// Numbers that the search for erratic sensors needs: (p − 1) (n + 1) + p (p − 1) / 2.
pub const fn search(unknowns: usize, snapshots: usize) -> usize {
    let rows = snapshots.saturating_sub(1);
    rows * (unknowns + 1) + packed(rows)
}

impl<R: Real, A: ColumnOperator<R>, G: Buffer<R>> Kernel<'_, R, A, G> {
    /// Marks what is dead, stuck or clipped by its measurements alone; all others are sound. `squares`
    /// is room. Cost: m² comparisons and 3 m p operations.
    pub(super) fn screen(&self, squares: &mut G, sensors: &mut [Sensor]) {
        for (sensor, slot) in squares.as_mut_slice().iter_mut().enumerate() {
            *slot = self.measured(sensor).0;
        }
        let middle = middle(squares.as_slice());
        for (sensor, mark) in sensors.iter_mut().enumerate() {
            let own = at(squares.as_slice(), sensor);
            *mark = if own <= R::from_f64(1e-4) * middle {
                Sensor::Dead
            } else if !self.centred && self.is_constant(sensor, |y| y) {
                Sensor::Stuck
            } else if self.is_constant(sensor, |y: R| y.abs()) {
                Sensor::Clipped
            } else {
                Sensor::Sound
            };
        }
    }

    /// What Σ r² is where nothing but rounding is left, scaled.
    pub(super) fn rounding(&self) -> R {
        let y_norm = self.snapshots.y_norm() * self.snapshots.scale();
        square(R::from_f64(64.0) * R::EPSILON * y_norm)
    }

    /// Do three measurements or more spread by less than a hundredth of their mean?
    fn is_constant(&self, sensor: usize, of: impl Fn(R) -> R) -> bool {
        let count = R::from_u32(u32::try_from(self.snapshots()).unwrap_or(u32::MAX));
        let y = |k: usize| of(self.snapshots.y(k));
        let mean = self.over(sensor, y) / count;
        let spread = self.over(sensor, |k| square(y(k) - mean)) / count;
        self.snapshots() >= 3 && spread < square(R::from_f64(1e-2) * mean)
    }

    /// The sensor whose leaving would lower Σ r² most beyond chance, if any would at one in a hundred
    /// among all m: dᵢ = rᵢᵀ Vᵢ⁻¹ rᵢ is what Σ r² loses without it (in the linearised model), Vᵢ = I −
    /// uᵢuᵢᵀ / ‖uᵢ‖² − ZᵢZᵢᵀ, Zᵢ = γᵢ (I − uᵢuᵢᵀ / ‖uᵢ‖²) Aᵢ L⁻ᵀ, and ((dᵢ / (p − 1)) / ((Σ r² − dᵢ) /
    /// rest)) is distributed as F.
    ///
    /// The factor must be that of the step to come. `room` has [`search`]`(n, p)` numbers. Cost: m p
    /// n² / 2 + m p² n / 2 multiplications.
    #[inline(never)]
    pub(super) fn erratic<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
        freedom: usize,
        room: &mut [R],
    ) -> Option<usize> {
        let counts = self.counts();
        let rows = counts.snapshots.saturating_sub(1);
        let own_freedom = rows - usize::from(self.centred && rows > 0);
        let rest = freedom.checked_sub(own_freedom).filter(|rest| *rest > 0)?;
        let whole = self.residual_square(fit, terms);
        // Where rounding is all that is left, everything fits.
        let telling = whole > self.rounding();
        if !telling {
            return None;
        }
        let kept = (0..counts.sensors).filter(|i| (terms.takes_part)(*i)).count();
        let level = R::from_f64(0.01) / R::from_u32(u32::try_from(kept).ok()?);
        let mut worst = None;
        let mut least = level;
        let number = |count: usize| R::from_u32(u32::try_from(count).unwrap_or(u32::MAX));
        for sensor in (0..counts.sensors).filter(|i| (terms.takes_part)(*i)) {
            let loss = self.loss(fit, sensor, rows, room)?.min(whole);
            let left = (whole - loss) / number(rest);
            let ratio = loss / number(own_freedom) / left;
            let chance = if left > R::ZERO { tail_of_f(ratio, own_freedom, rest) } else { R::ZERO };
            if chance < least {
                (worst, least) = (Some(sensor), chance);
            }
        }
        worst
    }

    /// What Σ r² would lose without a sensor.
    fn loss<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        sensor: usize,
        rows: usize,
        room: &mut [R],
    ) -> Option<R> {
        let n = self.counts().unknowns;
        let (z, rest) = room.split_at_mut_checked(rows.checked_mul(n)?)?;
        let (v, rest) = rest.split_at_mut_checked(packed(rows))?;
        let r = rest.get_mut(..rows)?;
        let factor = fit.factor.as_slice();
        let u = fit.u.as_slice();
        let profile = self.profile(sensor, u, R::ZERO);
        let q = |k: usize| at(u, k) - profile.means[0];
        let residual = |k: usize| self.residual(&profile, u, k);
        let mut slots = z.chunks_exact_mut(n.max(1)).zip(r.iter_mut());
        let weights = (profile.gain, R::ZERO);
        let of = (q, profile.square);
        self.visit_sensor(sensor, weights, of, residual, &mut fit.room, |row, b| {
            if let Some((z, r)) = slots.next() {
                z.iter_mut().zip(row.iter()).for_each(|(z, row)| *z = *row);
                forward_in_place(factor, z);
                *r = b;
            }
        });
        for i in 0..rows {
            let own = z.get(i * n..(i + 1) * n)?;
            for j in 0..=i {
                let other = z.get(j * n..(j + 1) * n)?;
                let unit = if i == j { R::ONE } else { R::ZERO };
                *v.get_mut(packed(i) + j)? = unit - dot(own, other);
            }
        }
        // A sensor that alone tells something of the signal has a singular V; its loss is unbounded by
        // rounding only.
        factor_in_place(v, rows).ok()?;
        forward_in_place(v, r);
        Some(dot(r, r))
    }

    /// o ← mean y − γ mean u where offsets are sought, zero otherwise.
    pub(super) fn offsets<W>(&self, fit: &FitOf<R, A, G, W>, offsets: &mut impl Buffer<R>) {
        self.offsets_of(fit.u.as_slice(), fit.gains.as_slice(), offsets.as_mut_slice());
    }

    /// Those of a prediction and gains.
    pub(super) fn offsets_of(&self, u: &[R], gains: &[R], offsets: &mut [R]) {
        let scale = self.snapshots.scale();
        for (sensor, slot) in offsets.iter_mut().enumerate() {
            let of_u = self.mean(sensor, |k| at(u, k));
            let of_y = self.mean(sensor, |k| self.snapshots.y(k));
            *slot = (of_y - at(gains, sensor) * of_u) / scale;
        }
    }

    /// fit.x ← fit.direction, from scaled to the measurements' units.
    pub(super) fn take_direction<W>(&self, fit: &mut FitOf<R, A, G, W>) {
        let unit = R::ONE / self.snapshots.scale();
        fill(&mut fit.x);
        add(&mut fit.x, unit, &fit.direction);
    }
}

/// The middle one of some numbers, the upper of two; found by counting, without an order.
pub(super) fn middle<R: Real>(v: &[R]) -> R {
    let half = v.len() / 2;
    let is_middle = |candidate: &R| {
        let below = v.iter().filter(|v| *v < candidate).count();
        let up_to = v.iter().filter(|v| *v <= candidate).count();
        below <= half && half < up_to
    };
    v.iter().copied().find(|v| is_middle(v)).unwrap_or(R::ZERO)
}
