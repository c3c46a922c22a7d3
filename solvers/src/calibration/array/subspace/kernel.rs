//! [`Kernel`]: the fit of gains to the moments of an array, and all that is needed for it.
//!
//! With the signals eliminated, f(γ) = ½ tr(R S), R = I − B (BᵀB)⁻¹Bᵀ, B = diag(γ) U. In the notation
//! of [`Room`], R_ij = δ_ij − γᵢγⱼ xᵢᵀxⱼ and C_ij = xᵢᵀM xⱼ is what frames have of Σ (U z)ᵢ (U z)ⱼ, so
//! that H = R ∘ C and ∂f/∂γᵢ = γᵢ C_ii − xᵢᵀyᵢ.

use super::super::moments::whole;
use super::super::{ArrayCounts, ArrayError, Moments};
use super::room::{Room, room};
use crate::calibration::fit::Gauge;
use crate::calibration::kernel::total;
use crate::calibration::prior::Subspace;
use crate::calibration::snapshots::at;
use crate::direct::packed;
use crate::sum::square;
use crate::{Buffer, ColumnOperator, Real};

/// Gains, and room: 5 m numbers, the factor, and [`room`](super::room).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Fit<G, W, S, R> {
    pub(super) gains: G,
    /// The step to come, or the start.
    pub(super) direction: G,
    pub(super) trial: G,
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

impl<'a, R: Real, Z: ColumnOperator<R>, G: Buffer<R>, W: Buffer<R>> Kernel<'a, R, Z, G, W> {
    /// Checks the basis and the counts.
    pub(super) fn new(moments: &'a Moments<R, G, W>, basis: &'a Z) -> Result<Self, ArrayError> {
        let (expected, found) = (moments.sensors(), basis.rows());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        Subspace::new(basis)?;
        let kernel = Self { moments, basis, scale: R::ONE, signals: basis.columns() };
        if let Some(sensor) = (0..expected).find(|i| kernel.share(*i) <= R::EPSILON) {
            return Err(ArrayError::Blind { sensor });
        }
        kernel.counts(&|_| true).check()?;
        Ok(Self { scale: moments.scale()?, ..kernel })
    }

    /// # Errors
    /// `Length`.
    pub(super) fn check_room<S: Buffer<R>>(&self, memory: &W, given: &S) -> Result<(), ArrayError> {
        let lengths = [
            (packed(self.sensors()), memory.as_slice().len()),
            (room(self.sensors(), self.signals), given.as_slice().len()),
        ];
        match lengths.into_iter().find(|(expected, found)| expected != found) {
            Some((expected, found)) => Err(ArrayError::Length { expected, found }),
            None => Ok(()),
        }
    }

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

    pub(super) fn place_basis(&self, room: &mut Room<'_, R>) {
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
    pub(super) fn judge(
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

    /// m, k and p of those that take part.
    pub(super) fn counts(&self, takes_part: Mask<'_>) -> ArrayCounts {
        ArrayCounts {
            sensors: (0..self.sensors()).filter(|i| takes_part(*i)).count(),
            signals: self.signals,
            frames: whole(self.moments.effective_frames()),
            offsets: self.moments.is_centred(),
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
