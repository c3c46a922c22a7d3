//! [`Kernel`]: the fit of gains to the moments of an array, and all that is needed for it.
//!
//! With the signals eliminated, f(γ) = ½ tr(R S), R = I − B (BᵀB)⁻¹Bᵀ, B = diag(γ) U. In the notation
//! of [`Room`], R_ij = δ_ij − γᵢγⱼ xᵢᵀxⱼ and C_ij = xᵢᵀM xⱼ is what frames have of Σ (U z)ᵢ (U z)ⱼ, so
//! that H = R ∘ C and ∂f/∂γᵢ = γᵢ C_ii − xᵢᵀyᵢ.

use super::super::super::fit::Gauge;
use super::super::super::kernel::total;
use super::super::super::prior::{length, squares};
use super::super::super::sink::{Form, is_rounding, least_eigenvalue};
use super::super::super::snapshots::at;
use super::super::moments::whole;
use super::super::{ArrayCounts, ArrayError, Moments};
use super::room::Room;
use crate::direct::{factor_in_place, forward_in_place, packed, solve_in_place};
use crate::sum::{max_abs, square};
use crate::{Buffer, ColumnOperator, Real};

/// Halvings of a step that would raise f.
const HALVINGS: u32 = 12;

/// Rounds of inverse iteration for the other start.
const ROUNDS: u32 = 3;

/// Gains, and room: 5 m numbers, the factor, and [`room`](super::room).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Fit<G, W, S, R> {
    pub(super) gains: G,
    /// The step to come, or the start.
    pub(super) direction: G,
    trial: G,
    /// xᵢᵀyᵢ.
    pub(super) cross: G,
    /// Room for a row of R.
    pub(super) shares: G,
    pub(super) factor: W,
    pub(super) room: S,
    /// f, scaled.
    pub(super) objective: R,
    /// ‖d‖ / ‖γ‖ of the step to come.
    pub(super) change: R,
    pub(super) conditioning: R,
    pub(super) gauge: Gauge,
}

/// Which sensors take part.
pub(in super::super) type Mask<'t> = &'t dyn Fn(usize) -> bool;

#[derive(Debug)]
pub(super) struct Kernel<'a, R, Z, G, W> {
    pub(super) moments: &'a Moments<R, G, W>,
    pub(super) basis: &'a Z,
    pub(super) scale: R,
    pub(super) signals: usize,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R: Copy, Z, G, W> Clone for Kernel<'_, R, Z, G, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, Z, G, W> Copy for Kernel<'_, R, Z, G, W> {}

impl<R: Real, Z: ColumnOperator<R>, G: Buffer<R>, W: Buffer<R>> Kernel<'_, R, Z, G, W> {
    pub(super) fn sensors(&self) -> usize {
        self.moments.sensors()
    }

    /// s_ij, scaled.
    #[inline]
    pub(super) fn s(&self, i: usize, j: usize) -> R {
        self.scale * self.moments.entry(i, j)
    }

    /// tr S of those that take part, scaled.
    pub(super) fn trace(&self, takes_part: Mask<'_>) -> R {
        total(self.sensors(), &|i| takes_part(i), |i| self.s(i, i))
    }

    pub(super) fn count(&self, takes_part: Mask<'_>) -> R {
        total(self.sensors(), &|i| takes_part(i), |_| R::ONE)
    }

    /// ‖uᵢ‖².
    pub(super) fn share(&self, sensor: usize) -> R {
        let mut sum = R::ZERO;
        for signal in 0..self.signals {
            self.basis.visit_column(signal, |i, u| {
                if i == sensor {
                    sum += u * u;
                }
            });
        }
        sum
    }

    fn place_basis(&self, room: &mut Room<'_, R>) {
        room.fill(|place| {
            for signal in 0..self.signals {
                self.basis.visit_column(signal, |sensor, u| place(sensor, signal, u));
            }
        });
    }

    pub(super) fn fresh<S: Buffer<R>>(&self, memory: W, room: S) -> Fit<G, W, S, R> {
        let mut gains = self.moments.mean().clone();
        gains.as_mut_slice().iter_mut().for_each(|gain| *gain = R::ONE);
        Fit {
            direction: gains.clone(),
            trial: gains.clone(),
            cross: gains.clone(),
            shares: gains.clone(),
            gains,
            factor: memory,
            room,
            objective: R::ZERO,
            change: R::ONE,
            conditioning: R::ONE,
            gauge: Gauge::Mean,
        }
    }

    /// Everything that follows from γ; false where f is not known.
    pub(super) fn look<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        takes_part: Mask<'_>,
    ) -> bool {
        let Fit { gains, cross, room, .. } = fit;
        let found =
            self.judge(gains.as_slice(), cross.as_mut_slice(), room.as_mut_slice(), takes_part);
        fit.objective = found.unwrap_or(R::INFINITY);
        found.is_some()
    }

    /// f of gains.
    fn judge(
        &self,
        gains: &[R],
        cross: &mut [R],
        room: &mut [R],
        takes_part: Mask<'_>,
    ) -> Option<R> {
        let mut room = Room::of(room, self.sensors(), self.signals)?;
        self.place_basis(&mut room);
        let own = |i: usize| if takes_part(i) { at(gains, i) } else { R::ZERO };
        room.orthogonalise(own)?;
        let explained = room.weigh(own, |i, j| self.s(i, j), cross);
        let left = R::from_f64(0.5) * (self.trace(takes_part) - explained);
        // Rounding of either sign.
        let left = left.max(R::ZERO);
        left.is_finite().then_some(left)
    }

    /// direction ← the better of two linear starts, from Q = (I − U Uᵀ) ∘ S, whose null vector 1 / γ
    /// is without noise: Q⁻¹1, and some rounds of inverse iteration in the metric of the noise, which
    /// need no positive gains. Gains are what then suits the signals.
    pub(super) fn propose_start<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        takes_part: Mask<'_>,
    ) -> Option<()> {
        let sensors = self.sensors();
        let kept = |i: usize| if takes_part(i) { R::ONE } else { R::ZERO };
        let Fit { gains, direction, trial, cross, factor, room, .. } = fit;
        let (gains, factor) = (gains.as_mut_slice(), factor.as_mut_slice());
        let (direction, trial) = (direction.as_mut_slice(), trial.as_mut_slice());
        let (cross, memory) = (cross.as_mut_slice(), room.as_mut_slice());
        let room = &mut Room::of(memory, sensors, self.signals)?;
        self.place_basis(room);
        room.orthogonalise(kept)?;
        // trial ← diag P.
        for (i, slot) in trial.iter_mut().enumerate() {
            *slot = kept(i) * (R::ONE - room.pair(i, i));
        }
        let mut ridge = R::from_f64(4.0) * R::EPSILON;
        let mut found = false;
        for _ in 0..2 {
            let mean = total(sensors, &|i| takes_part(i), |i| at(trial, i) * self.s(i, i))
                / self.count(takes_part);
            for i in 0..sensors {
                for j in 0..=i {
                    let Some(slot) = factor.get_mut(packed(i) + j) else { break };
                    *slot = match (takes_part(i) && takes_part(j), i == j) {
                        (true, true) => at(trial, i) * self.s(i, i) + ridge * mean,
                        (true, false) => -room.pair(i, j) * self.s(i, j),
                        (false, true) => mean,
                        (false, false) => R::ZERO,
                    };
                }
            }
            if factor_in_place(factor, sensors).is_ok() {
                found = true;
                break;
            }
            ridge *= R::from_f64(1e3);
        }
        if !found {
            return None;
        }
        for (i, slot) in direction.iter_mut().enumerate() {
            *slot = kept(i);
        }
        solve_in_place(factor, direction);
        // Fractions of multiples of the golden ratio repeat nothing, signs of gains either.
        let mut fraction = R::from_f64(0.5);
        for (i, gain) in gains.iter_mut().enumerate() {
            fraction += R::from_f64(0.618_033_988_749_894_9);
            fraction = if fraction >= R::ONE { fraction - R::ONE } else { fraction };
            *gain = kept(i) * (fraction + R::from_f64(0.25));
        }
        for round in 0..=ROUNDS {
            if round > 0 {
                gains.iter_mut().zip(trial.iter()).for_each(|(gain, p)| *gain *= *p);
            }
            solve_in_place(factor, gains);
            let size = max_abs(gains).unit_scale();
            gains.iter_mut().for_each(|gain| *gain *= size);
        }
        self.invert(direction, trial, room)?;
        trial.iter().zip(direction.iter_mut()).for_each(|(from, to)| *to = *from);
        self.invert(gains, trial, room)?;
        gains.iter_mut().zip(trial.iter()).for_each(|(to, from)| *to = *from);
        let first = self.judge(direction, cross, memory, takes_part);
        let second = self.judge(gains, cross, memory, takes_part);
        let better = match (first, second) {
            (Some(first), Some(second)) => second < first,
            (first, second) => {
                first.or(second)?;
                first.is_none()
            }
        };
        if better {
            direction.iter_mut().zip(gains.iter()).for_each(|(to, from)| *to = *from);
        }
        gains.iter_mut().for_each(|gain| *gain = R::ONE);
        Some(())
    }

    /// gains ← what suits the signals U Uᵀ(s ∘ y), which errs less than 1 / s.
    fn invert(&self, s: &[R], gains: &mut [R], room: &mut Room<'_, R>) -> Option<()> {
        let size = max_abs(s).unit_scale();
        let weight = |i: usize| size * at(s, i);
        room.weigh(weight, |i, j| self.s(i, j), gains);
        for (i, gain) in gains.iter_mut().enumerate() {
            *gain = (*gain / room.image(i)).finite_or(R::ZERO);
        }
        (max_abs(gains) > R::ZERO).then_some(())
    }

    /// γ ← the start, in the gauge that suits its signs.
    pub(super) fn take_start<S: Buffer<R>>(&self, fit: &mut Fit<G, W, S, R>, takes_part: Mask<'_>) {
        fit.gains.clone_from(&fit.direction);
        let gains = fit.gains.as_slice();
        let size = max_abs(gains).unit_scale();
        let sum = total(self.sensors(), &|i| takes_part(i), |i| size * at(gains, i));
        let sizes = total(self.sensors(), &|i| takes_part(i), |i| (size * at(gains, i)).abs());
        let even = sum.abs() < R::from_f64(0.5) * sizes;
        fit.gauge = if even { Gauge::Square } else { Gauge::Mean };
        fit.gains.as_mut_slice().iter_mut().for_each(|gain| *gain *= size);
        self.normalise(fit.gauge, fit.gains.as_mut_slice(), takes_part);
        self.look(fit, takes_part);
    }

    /// Brings gains to the gauge.
    fn normalise(&self, gauge: Gauge, gains: &mut [R], takes_part: Mask<'_>) {
        normalise(gauge, gains, takes_part);
    }

    /// direction ← the Gauss–Newton step; the factor of its matrix, in which the direction of γ itself
    /// is closed, stays.
    pub(super) fn propose_step<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        takes_part: Mask<'_>,
    ) -> Option<()> {
        let sensors = self.sensors();
        let Fit { gains, direction, cross, factor, room, .. } = fit;
        let (gains, factor) = (gains.as_slice(), factor.as_mut_slice());
        let direction = direction.as_mut_slice();
        let room = &mut Room::of(room.as_mut_slice(), sensors, self.signals)?;
        for (i, slot) in direction.iter_mut().enumerate() {
            let own = room.image(i);
            *slot = R::ZERO;
            if takes_part(i) {
                *slot = at(cross.as_slice(), i) - at(gains, i) * own;
            }
            for j in 0..=i {
                let pair = at(gains, i) * at(gains, j) * room.pair(i, j);
                let rest = if i == j { R::ONE - pair } else { -pair };
                if let Some(slot) = factor.get_mut(packed(i) + j) {
                    *slot = rest * crate::sum::dot(room.other, room.x(j));
                }
            }
        }
        let mean = self.close(gains, factor, takes_part);
        let found = factor_in_place(factor, sensors).is_ok();
        solve_in_place(factor, direction);
        let found = found && direction.iter().all(|d| d.is_finite());
        let moved = length(direction);
        fit.change = if moved == R::ZERO {
            moved
        } else {
            moved / total(sensors, &|i| takes_part(i), |i| square(at(gains, i))).sqrt().max(moved)
        };
        let z = fit.trial.as_mut_slice();
        fit.conditioning = least_eigenvalue(factor, z) / mean;
        if found && !is_rounding(Form::Cholesky, fit.conditioning, sensors) {
            return Some(());
        }
        // Nothing was found: that is no small step. NaN stays.
        fit.change = fit.change.max(R::ONE);
        None
    }

    /// A lower triangle of H ← H + tr(H) / (m ‖γ‖²) γ γᵀ and a little on the diagonal; what takes no
    /// part is set apart. Returns tr(H) / m.
    pub(super) fn close(&self, gains: &[R], matrix: &mut [R], takes_part: Mask<'_>) -> R {
        let sensors = self.sensors();
        let part = |i: usize| takes_part(i);
        let mean = total(sensors, &part, |i| at(matrix, packed(i) + i)) / self.count(takes_part);
        let weight = mean / total(sensors, &part, |i| square(at(gains, i)));
        let floor = R::from_f64(4.0) * R::EPSILON * mean;
        for i in 0..sensors {
            for j in 0..=i {
                let Some(slot) = matrix.get_mut(packed(i) + j) else { break };
                if part(i) && part(j) {
                    *slot += weight * at(gains, i) * at(gains, j);
                    if i == j {
                        *slot += floor;
                    }
                } else {
                    *slot = if i == j { mean } else { R::ZERO };
                }
            }
        }
        mean
    }

    /// γ ← γ + d where that does not raise f; otherwise half of it, and so on.
    pub(super) fn take_step<S: Buffer<R>>(&self, fit: &mut Fit<G, W, S, R>, takes_part: Mask<'_>) {
        // f is a difference of numbers of tr S, each a sum with a few roundings.
        let rounding = R::from_f64(8.0) * R::EPSILON * self.trace(takes_part);
        let allowed = fit.objective + rounding;
        let mut part = R::ONE;
        for _ in 0..=HALVINGS {
            let moved = fit.gains.as_slice().iter().zip(fit.direction.as_slice());
            for (trial, (gain, d)) in fit.trial.as_mut_slice().iter_mut().zip(moved) {
                *trial = *gain + part * *d;
            }
            let Fit { trial, cross, room, .. } = fit;
            self.normalise(fit.gauge, trial.as_mut_slice(), takes_part);
            let (trial, cross) = (trial.as_slice(), cross.as_mut_slice());
            let tried = self.judge(trial, cross, room.as_mut_slice(), takes_part);
            if let Some(tried) = tried.filter(|tried| *tried <= allowed) {
                core::mem::swap(&mut fit.gains, &mut fit.trial);
                fit.objective = tried;
                return;
            }
            part *= R::from_f64(0.5);
        }
        self.look(fit, takes_part);
    }

    /// Gains of those left out: what suits the signals of the others.
    pub(super) fn complete<S: Buffer<R>>(&self, fit: &mut Fit<G, W, S, R>, takes_part: Mask<'_>) {
        let Fit { gains, cross, room, .. } = fit;
        let Some(mut room) = Room::of(room.as_mut_slice(), self.sensors(), self.signals) else {
            return;
        };
        for (i, gain) in gains.as_mut_slice().iter_mut().enumerate() {
            if !takes_part(i) {
                *gain = (at(cross.as_slice(), i) / room.image(i)).finite_or(R::ZERO);
            }
        }
    }

    /// m, k and p of those that take part.
    pub(super) fn counts(&self, takes_part: Mask<'_>) -> ArrayCounts {
        ArrayCounts {
            sensors: (0..self.sensors()).filter(|i| takes_part(*i)).count(),
            signals: self.signals,
            frames: whole(self.moments.effective_frames()),
            offsets: self.moments.is_centred(),
        }
    }

    /// z ← B⁺ y.
    pub(super) fn signal<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        y: &[R],
        z: &mut Z::Domain,
        takes_part: Mask<'_>,
    ) -> Result<(), ArrayError> {
        let (expected, found) = (self.sensors(), y.len());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        let torn = |i: &usize| takes_part(*i) && !at(y, *i).is_finite();
        if let Some(sensor) = (0..expected).find(torn) {
            return Err(ArrayError::NonFiniteMeasurement { sensor });
        }
        let z = z.as_mut_slice();
        if z.len() != self.signals {
            return Err(ArrayError::Length { expected: self.signals, found: z.len() });
        }
        let Fit { gains, room, .. } = fit;
        let gains = gains.as_slice();
        z.iter_mut().for_each(|z| *z = R::ZERO);
        if let Some(room) = Room::of(room.as_mut_slice(), expected, self.signals) {
            for i in (0..expected).filter(|i| takes_part(*i)) {
                let factor = at(gains, i) * at(y, i);
                z.iter_mut().zip(room.x(i)).for_each(|(z, x)| *z += factor * *x);
            }
            room.back(z);
        }
        Ok(())
    }

    /// o ← ȳ − B B⁺ȳ where there are offsets; for those left out what suits the signals of the others.
    pub(super) fn offsets<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        offsets: &mut G,
        takes_part: Mask<'_>,
    ) {
        let offsets = offsets.as_mut_slice();
        offsets.iter_mut().for_each(|o| *o = R::ZERO);
        let Fit { gains, room, .. } = fit;
        let gains = gains.as_slice();
        let memory = room.as_mut_slice();
        let (true, Some(room)) =
            (self.moments.is_centred(), Room::of(memory, self.sensors(), self.signals))
        else {
            return;
        };
        let mean = self.moments.mean().as_slice();
        room.row.iter_mut().for_each(|row| *row = R::ZERO);
        for i in (0..mean.len()).filter(|i| takes_part(*i)) {
            let factor = at(gains, i) * at(mean, i);
            for k in 0..self.signals {
                let add = factor * at(room.x(i), k);
                if let Some(row) = room.row.get_mut(k) {
                    *row += add;
                }
            }
        }
        for (i, o) in offsets.iter_mut().enumerate() {
            *o = at(mean, i) - at(gains, i) * crate::sum::dot(room.row, room.x(i));
        }
    }

    /// σ² of one measurement from f and the degrees of freedom (a frame that is forgotten by half tells
    /// half as much); as a factor of the inverse of H, and as it is, both scaled.
    pub(super) fn noise(&self, objective: R, takes_part: Mask<'_>) -> Option<[R; 2]> {
        let signals = R::from_u32(u32::try_from(self.signals).ok()?);
        let kept = self.count(takes_part);
        let freedom = self.moments.freedom() * (kept - signals) - (kept - R::ONE);
        let square_of = R::from_f64(2.0) * objective / freedom;
        // Half a degree of freedom is none.
        let told = freedom > R::from_f64(0.5) && square_of.is_finite();
        let frames = self.moments.divisor() / self.moments.freedom();
        told.then_some([square_of, square_of / frames])
    }

    /// Variances of the gains in units of the noise's, from the factor of the step to come: those of J
    /// H⁻¹Jᵀ, J being the derivative of the gauge.
    pub(super) fn variances<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        takes_part: Mask<'_>,
        of_gains: &mut G,
    ) {
        let count = self.count(takes_part);
        let Fit { gains, trial, factor, .. } = fit;
        let gains = gains.as_slice();
        for (i, slot) in of_gains.as_mut_slice().iter_mut().enumerate() {
            if !takes_part(i) {
                *slot = R::INFINITY;
                continue;
            }
            let own = at(gains, i) / count;
            for (j, slot) in trial.as_mut_slice().iter_mut().enumerate() {
                let share = match fit.gauge {
                    _ if !takes_part(j) => R::ZERO,
                    Gauge::Mean => R::ONE,
                    Gauge::Square => at(gains, j),
                };
                *slot = -own * share;
                if i == j {
                    *slot += R::ONE;
                }
            }
            let row = trial.as_mut_slice();
            forward_in_place(factor.as_slice(), row);
            *slot = squares(row);
        }
    }
}

/// Brings gains to their gauge.
pub(in super::super) fn normalise<R: Real>(
    gauge: Gauge,
    gains: &mut [R],
    takes_part: Mask<'_>,
) -> R {
    let (sensors, part) = (gains.len(), |i: usize| takes_part(i));
    let count = total(sensors, &part, |_| R::ONE);
    let sum = total(sensors, &part, |i| at(gains, i));
    let factor = match gauge {
        Gauge::Mean => sum / count,
        Gauge::Square => {
            let mean = total(sensors, &part, |i| square(at(gains, i))) / count;
            let signs =
                total(sensors, &part, |i| if at(gains, i) < R::ZERO { -R::ONE } else { R::ONE });
            let negative = signs < R::ZERO || (signs == R::ZERO && sum < R::ZERO);
            if negative { -mean.sqrt() } else { mean.sqrt() }
        }
    };
    if factor == R::ZERO || !factor.is_finite() {
        return R::ONE;
    }
    let inverse = R::ONE / factor;
    gains.iter_mut().for_each(|gain| *gain *= inverse);
    factor
}
