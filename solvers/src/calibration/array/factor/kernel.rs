//! [`Kernel`]: one round of the one-factor model, and what follows from its end.
//!
//! The covariance of sensors that see one signal of variance s² is s² γ γᵀ + Ψ, Ψ being the variances
//! of their noises.

use super::super::moments::whole;
use super::super::subspace::{Mask, normalise};
use super::super::{ArrayError, Moments, SensorNoise};
use crate::calibration::fit::Gauge;
use crate::calibration::kernel::total;
use crate::calibration::prior::length;
use crate::calibration::snapshots::at;
use crate::sum::{max_abs, square, sum_of};
use crate::{Buffer, Real};

/// Power steps of a round.
const POWERS: u32 = 3;

/// The least share of noise in a sensor's variance, relative to the mean share: deviations that differ
/// by more than thirty times are not told, and no sensor is taken to be free of noise.
const FLOOR: f64 = 1e-3;

/// Gains, variances, and both of the next round: 5 m + 4 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Fit<G, R> {
    pub(super) gains: G,
    pub(super) variances: G,
    pub(super) next_gains: G,
    pub(super) next_variances: G,
    pub(super) room: G,
    /// s of the next round.
    pub(super) spread: R,
    /// s² γᵀΨ⁻¹γ of the next round.
    pub(super) theta: R,
    pub(super) change: R,
    pub(super) gauge: Gauge,
}

#[derive(Debug)]
pub(super) struct Kernel<'a, R, G, W> {
    pub(super) moments: &'a Moments<R, G, W>,
    pub(super) noise: SensorNoise,
    /// What brings a sum of squares to a mean one.
    share: R,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R: Copy, G, W> Clone for Kernel<'_, R, G, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, G, W> Copy for Kernel<'_, R, G, W> {}

impl<'a, R: Real, G: Buffer<R>, W: Buffer<R>> Kernel<'a, R, G, W> {
    /// Checks moments and counts.
    pub(super) fn new(
        moments: &'a Moments<R, G, W>,
        noise: SensorNoise,
    ) -> Result<Self, ArrayError> {
        let sensors = moments.sensors();
        enough(sensors, noise)?;
        if !moments.is_centred() {
            return Err(ArrayError::NotCentred);
        }
        let (needed, given) = (4, whole(moments.effective_frames()));
        if given < needed {
            return Err(ArrayError::Frames { needed, given });
        }
        moments.scale()?;
        let share = R::ONE / moments.divisor();
        // Parts of a mean square are numbers too.
        if share * R::EPSILON * moments.trace() > R::ONE / R::MAX {
            Ok(Self { moments, noise, share })
        } else {
            Err(ArrayError::Size)
        }
    }

    pub(super) fn sensors(&self) -> usize {
        self.moments.sensors()
    }

    /// An entry of the covariance.
    #[inline]
    pub(super) fn c(&self, i: usize, j: usize) -> R {
        self.share * self.moments.entry(i, j)
    }

    pub(super) fn fresh(&self) -> Fit<G, R> {
        let room = self.moments.mean().clone();
        let mut gains = room.clone();
        gains.as_mut_slice().iter_mut().for_each(|gain| *gain = R::ONE);
        let mut variances = room.clone();
        self.halve(variances.as_mut_slice());
        Fit {
            next_gains: gains.clone(),
            next_variances: variances.clone(),
            gains,
            variances,
            room,
            spread: R::ONE,
            theta: R::ZERO,
            change: R::ONE,
            gauge: Gauge::Mean,
        }
    }

    /// Half of all variance is noise, to begin with.
    pub(super) fn halve(&self, variances: &mut [R]) {
        for (i, slot) in variances.iter_mut().enumerate() {
            *slot = R::from_f64(0.5) * self.c(i, i);
        }
    }

    /// Σ of those that take part.
    pub(super) fn sum(&self, takes_part: Mask<'_>, term: impl FnMut(usize) -> R) -> R {
        total(self.sensors(), &|i| takes_part(i), term)
    }

    /// The next round from gains and variances; from variances alone where there are no gains yet.
    pub(super) fn propose(
        &self,
        fit: &mut Fit<G, R>,
        blank: bool,
        takes_part: Mask<'_>,
    ) -> Option<()> {
        let kept = (0..self.sensors()).filter(|i| takes_part(*i)).count();
        let Fit { gains, variances, next_gains, next_variances, room, gauge, .. } = fit;
        let (gains, variances) = (gains.as_slice(), variances.as_slice());
        let (load, next) = (next_gains.as_mut_slice(), next_variances.as_mut_slice());
        let room = room.as_mut_slice();
        let equal = self.noise == SensorNoise::Equal;
        fit.theta = if kept == 3 && !equal {
            self.by_pairs(load, next, takes_part)?
        } else {
            for (i, slot) in next.iter_mut().enumerate() {
                *slot = match (takes_part(i), equal) {
                    (false, _) => R::ZERO,
                    (true, true) => R::ONE,
                    (true, false) => R::ONE / at(variances, i).sqrt(),
                };
            }
            self.begin(load, (gains, blank), next, takes_part);
            let largest = self.power(load, room, next)?;
            if equal {
                self.principal(largest, load, next, takes_part)?
            } else {
                self.factor(largest, load, next, takes_part)?
            }
        };
        if blank {
            let sum = self.sum(takes_part, |i| at(load, i));
            let sizes = self.sum(takes_part, |i| at(load, i).abs());
            let even = sum.abs() < R::from_f64(0.5) * sizes;
            *gauge = if even { Gauge::Square } else { Gauge::Mean };
        }
        for (i, slot) in load.iter_mut().enumerate() {
            if !takes_part(i) {
                *slot = R::ZERO;
            }
        }
        fit.spread = normalise(*gauge, load, takes_part).abs();
        let whole = self.sum(takes_part, |i| square(at(load, i))).sqrt();
        let moved = self.sum(takes_part, |i| square(at(load, i) - at(gains, i))).sqrt();
        let noises = (0..self.sensors()).filter(|i| takes_part(*i)).fold(R::ZERO, |most, i| {
            most.max((at(next, i) - at(variances, i)).abs() / self.c(i, i))
        });
        fit.change = if blank { R::ONE } else { (moved / whole).max(noises) };
        (fit.theta > R::ZERO && fit.change.is_finite()).then_some(())
    }

    /// v ← the gains in units of the noise; the column of the covariance that has most in it where
    /// there are none.
    fn begin(
        &self,
        v: &mut [R],
        (gains, blank): (&[R], bool),
        inverse: &[R],
        takes_part: Mask<'_>,
    ) {
        let mut column = (0, -R::ONE);
        if blank {
            for i in (0..v.len()).filter(|i| takes_part(*i)) {
                let own = self.c(i, i);
                let shared =
                    self.sum(takes_part, |j| square(self.c(i, j) / own) * (own / self.c(j, j)));
                if shared > column.1 {
                    column = (i, shared);
                }
            }
        }
        for (i, slot) in v.iter_mut().enumerate() {
            let start = if blank { self.c(column.0, i) } else { at(gains, i) };
            *slot = if takes_part(i) { start * at(inverse, i) } else { R::ZERO };
        }
        let size = max_abs(v).unit_scale();
        v.iter_mut().for_each(|v| *v *= size);
    }

    /// v ← a few power steps of the covariance in units of the noise, whose inverses are given; returns
    /// its largest eigenvalue.
    fn power(&self, v: &mut [R], room: &mut [R], inverse: &[R]) -> Option<R> {
        let mut largest = R::ZERO;
        for _ in 0..POWERS {
            let size = length(v);
            v.iter_mut().for_each(|v| *v = *v / size);
            for (i, slot) in room.iter_mut().enumerate() {
                let row = |j: usize| self.c(i, j) * (at(inverse, j) * at(v, j));
                *slot = at(inverse, i) * sum_of(v.len(), row);
            }
            largest = length(room);
            v.iter_mut().zip(room.iter()).for_each(|(to, from)| *to = *from);
        }
        v.iter_mut().for_each(|v| *v = *v / largest);
        (largest > R::ZERO && largest.is_finite()).then_some(largest)
    }

    /// Loads and noises of their own from the eigenvector and the inverses of the units in `next`.
    fn factor(
        &self,
        largest: R,
        load: &mut [R],
        next: &mut [R],
        takes_part: Mask<'_>,
    ) -> Option<R> {
        let theta = Some(largest - R::ONE).filter(|theta| *theta > R::ZERO)?;
        let root = theta.sqrt();
        for (load, inverse) in load.iter_mut().zip(next.iter()) {
            *load = (*load * root / *inverse).finite_or(R::ZERO);
        }
        for (i, slot) in next.iter_mut().enumerate() {
            *slot = self.c(i, i) - square(at(load, i));
        }
        self.raise(next, takes_part);
        Some(theta)
    }

    /// Loads and one noise for all from the eigenvector.
    fn principal(
        &self,
        largest: R,
        load: &mut [R],
        next: &mut [R],
        takes_part: Mask<'_>,
    ) -> Option<R> {
        let others = self.sum(takes_part, |_| R::ONE) - R::ONE;
        let rest = (self.sum(takes_part, |i| self.c(i, i)) - largest) / others;
        let noise = rest.max(R::EPSILON * largest);
        let theta = Some(largest / noise - R::ONE).filter(|theta| *theta > R::ZERO)?;
        let root = (largest - noise).sqrt();
        load.iter_mut().for_each(|load| *load *= root);
        next.iter_mut().for_each(|next| *next = noise);
        Some(theta)
    }

    /// Three sensors: their three covariances are the products of three loads.
    fn by_pairs(&self, load: &mut [R], next: &mut [R], takes_part: Mask<'_>) -> Option<R> {
        let sensors = self.sensors();
        let mut three = (0..sensors).filter(|i| takes_part(*i));
        let (a, b, c) = (three.next()?, three.next()?, three.next()?);
        for (i, j, k) in [(a, b, c), (b, a, c), (c, a, b)] {
            let own = self.c(i, i);
            // In units of the own variance, that squares stay numbers.
            let shared = self.c(i, j) / own * (self.c(i, k) / self.c(j, k));
            let shared = Some(shared).filter(|shared| *shared > R::ZERO && shared.is_finite())?;
            let size = shared.sqrt() * own.sqrt();
            let negative = i != a && self.c(a, i) < R::ZERO;
            *load.get_mut(i)? = if negative { -size } else { size };
            *next.get_mut(i)? = (R::ONE - shared) * own;
        }
        self.raise(next, takes_part);
        Some(self.sum(takes_part, |i| square(at(load, i)) / at(next, i)))
    }

    /// Brings variances to the least that is taken for noise.
    fn raise(&self, next: &mut [R], takes_part: Mask<'_>) {
        let share = |i: usize| (at(next, i) / self.c(i, i)).max(R::ZERO);
        let mean = self.sum(takes_part, share) / self.sum(takes_part, |_| R::ONE);
        let least = R::from_f64(FLOOR) * mean + R::from_f64(4.0) * R::EPSILON;
        for (i, slot) in next.iter_mut().enumerate() {
            *slot = slot.max(least * self.c(i, i));
        }
    }

    /// γ ← the next round.
    pub(super) fn take(&self, fit: &mut Fit<G, R>) {
        core::mem::swap(&mut fit.gains, &mut fit.next_gains);
        core::mem::swap(&mut fit.variances, &mut fit.next_variances);
    }
}

/// Are there as many sensors as their noise needs?
pub(super) const fn enough(sensors: usize, noise: SensorNoise) -> Result<(), ArrayError> {
    match (sensors, noise) {
        (0, _) => Err(ArrayError::Empty),
        (1, _) => Err(ArrayError::OneSensor),
        (2, SensorNoise::Own) => Err(ArrayError::TwoSensors),
        _ => Ok(()),
    }
}
