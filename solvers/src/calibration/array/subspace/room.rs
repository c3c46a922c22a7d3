//! [`Room`]: numbers to work in, and what they hold.

use crate::Real;
use crate::direct::{factor_in_place, forward_in_place, packed};
use crate::squares::add_square;
use crate::sum::dot;

/// Numbers that the fit of an array needs beside gains and factor: k (m + 2) + k (k + 1).
pub const fn room(sensors: usize, signals: usize) -> usize {
    signals * (sensors + 2) + 2 * packed(signals)
}

/// The parts of it. With B = diag(γ) U over the sensors that take part and L Lᵀ = BᵀB, the rows of L⁻¹Bᵀ
/// are orthonormal.
pub(in crate::calibration::array) struct Room<'s, R> {
    /// xᵢ = L⁻¹ uᵢ for each sensor, k numbers each.
    x: &'s mut [R],
    /// L.
    l: &'s mut [R],
    /// M = L⁻¹BᵀS B L⁻ᵀ, a lower triangle.
    pub(in crate::calibration::array) m: &'s mut [R],
    pub(in crate::calibration::array) row: &'s mut [R],
    pub(in crate::calibration::array) other: &'s mut [R],
}

impl<'s, R: Real> Room<'s, R> {
    pub(in crate::calibration::array) fn of(
        all: &'s mut [R],
        sensors: usize,
        signals: usize,
    ) -> Option<Self> {
        let (x, rest) = all.split_at_mut_checked(sensors.checked_mul(signals)?)?;
        let (l, rest) = rest.split_at_mut_checked(packed(signals))?;
        let (m, rest) = rest.split_at_mut_checked(packed(signals))?;
        let (row, rest) = rest.split_at_mut_checked(signals)?;
        let other = rest.get_mut(..signals)?;
        Some(Self { x, l, m, row, other })
    }

    /// k.
    pub(in crate::calibration::array) fn signals(&self) -> usize {
        self.row.len()
    }

    /// xᵢ.
    #[inline]
    pub(in crate::calibration::array) fn x(&self, sensor: usize) -> &[R] {
        part(self.x, sensor, self.row.len())
    }

    /// xᵢᵀxⱼ.
    #[inline]
    pub(in crate::calibration::array) fn pair(&self, i: usize, j: usize) -> R {
        dot(self.x(i), self.x(j))
    }

    /// Every xᵢ ← uᵢ.
    pub(in crate::calibration::array) fn fill(
        &mut self,
        mut basis: impl FnMut(&mut dyn FnMut(usize, usize, R)),
    ) {
        let signals = self.signals();
        self.x.iter_mut().for_each(|x| *x = R::ZERO);
        let x = &mut *self.x;
        basis(&mut |sensor, signal, u| {
            if let Some(slot) = x.get_mut(sensor * signals + signal) {
                *slot = u;
            }
        });
    }

    /// From uᵢ to xᵢ for gains, zero where a sensor takes no part. `None` where those that do cannot
    /// tell all signals.
    pub(in crate::calibration::array) fn orthogonalise(
        &mut self,
        gains: impl Fn(usize) -> R,
    ) -> Option<()> {
        let Self { x, l, row, .. } = self;
        let signals = row.len();
        l.iter_mut().for_each(|entry| *entry = R::ZERO);
        for (sensor, u) in x.chunks_exact(signals.max(1)).enumerate() {
            let gain = gains(sensor);
            if gain != R::ZERO {
                row.iter_mut().zip(u).for_each(|(row, u)| *row = gain * *u);
                add_square(l, row);
            }
        }
        let regular = (0..signals)
            .all(|k| l.get(packed(k) + k).is_some_and(|d| *d > R::ZERO && d.is_finite()));
        let added = factor_in_place(l, signals).ok()?;
        for x in x.chunks_exact_mut(signals.max(1)) {
            forward_in_place(l, x);
        }
        (regular && added == R::ZERO).then_some(())
    }

    /// v ← L⁻ᵀ v.
    pub(in crate::calibration::array) fn back(&self, v: &mut [R]) {
        crate::direct::backward_in_place(self.l, v);
    }

    /// M and, for each sensor, xᵢᵀyᵢ with yᵢ = Σ_r s_ir w_r x_r; returns tr M.
    pub(in crate::calibration::array) fn weigh(
        &mut self,
        weight: impl Fn(usize) -> R,
        entry: impl Fn(usize, usize) -> R,
        cross: &mut [R],
    ) -> R {
        self.m.iter_mut().for_each(|entry| *entry = R::ZERO);
        for (j, slot) in cross.iter_mut().enumerate() {
            self.gather(j, &weight, &entry);
            let Self { x, m, row, .. } = self;
            let own = part(x, j, row.len());
            *slot = dot(row, own);
            let factor = weight(j);
            if factor == R::ZERO {
                continue;
            }
            for (a, x) in own.iter().enumerate() {
                let Some(line) = m.get_mut(packed(a)..=packed(a) + a) else { break };
                for (slot, y) in line.iter_mut().zip(row.iter()) {
                    *slot += factor * *x * *y;
                }
            }
        }
        let mut sum = crate::sum::Accumulator::default();
        for k in 0..self.signals() {
            sum.add(k, self.m.get(packed(k) + k).copied().unwrap_or(R::ZERO));
        }
        sum.total()
    }

    /// row ← yⱼ = Σ_r s_jr w_r x_r.
    pub(in crate::calibration::array) fn gather(
        &mut self,
        j: usize,
        weight: &impl Fn(usize) -> R,
        entry: &impl Fn(usize, usize) -> R,
    ) {
        let Self { x, row, .. } = self;
        row.iter_mut().for_each(|row| *row = R::ZERO);
        let signals = row.len();
        for (r, x) in x.chunks_exact(signals.max(1)).enumerate() {
            let factor = weight(r);
            if factor != R::ZERO {
                let factor = entry(j, r) * factor;
                row.iter_mut().zip(x).for_each(|(row, x)| *row += factor * *x);
            }
        }
    }

    /// other ← M xᵢ; returns xᵢᵀM xᵢ.
    pub(in crate::calibration::array) fn image(&mut self, sensor: usize) -> R {
        let Self { x, m, other, .. } = self;
        let x = part(x, sensor, other.len());
        other.iter_mut().for_each(|other| *other = R::ZERO);
        for (a, own) in x.iter().enumerate() {
            let Some(line) = m.get(packed(a)..=packed(a) + a) else { break };
            let Some((diagonal, before)) = line.split_last() else { break };
            let sum = dot(before, x) + *diagonal * *own;
            for (other, entry) in other.iter_mut().zip(before) {
                *other += *entry * *own;
            }
            if let Some(slot) = other.get_mut(a) {
                *slot += sum;
            }
        }
        dot(other, x)
    }
}

/// k numbers of a sensor.
#[inline]
fn part<R>(x: &[R], sensor: usize, signals: usize) -> &[R] {
    x.get(sensor * signals..(sensor + 1) * signals).unwrap_or(&[])
}
