//! What both gradient methods do with the gains.

use super::prior::{centre, squares};
use super::snapshots::at;
use super::{Prior, Snapshots};
use crate::{Buffer, ColumnOperator, Real};

/// How long gradient steps are.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Steps<R> {
    /// Exact line searches for signal and gains, both at the same point, as published. Together
    /// they may overshoot and raise f.
    Joint,
    /// Exact line searches, that of the gains where the signal has moved to: f never rises. Costs
    /// nothing more.
    Alternating,
    /// Steps as given, on ∇f of signal and gains. Published: μ and μ m / ‖x‖² for a small μ.
    Fixed {
        /// Of the signal.
        signal: R,
        /// Of the gains.
        gains: R,
    },
}

impl<R: Real> Steps<R> {
    pub(super) fn is_sound(&self) -> bool {
        let sound = |step: R| step > R::ZERO && step.is_finite();
        match self {
            Self::Joint | Self::Alternating => true,
            Self::Fixed { signal, gains } => sound(*signal) && sound(*gains),
        }
    }
}

/// image ← γ ∘ (γ ∘ u − s y), and Σ (γ ∘ u − s y)².
pub(super) fn weighted_residual<R: Real, A: ColumnOperator<R>, G: Buffer<R>>(
    snapshots: &Snapshots<'_, R, A, G>,
    (gains, u): (&[R], &[R]),
    image: &mut [R],
) -> R {
    let counts = snapshots.counts();
    let mut sum = crate::sum::Accumulator::default();
    for (sensor, gain) in gains.iter().enumerate() {
        for snapshot in 0..counts.snapshots {
            let k = snapshots.place(sensor, snapshot);
            let r = *gain * at(u, k) - snapshots.y(k);
            if let Some(slot) = image.get_mut(k) {
                *slot = *gain * r;
            }
            sum.add(k, r * r);
        }
    }
    sum.total()
}

/// Σ (γ ∘ v)².
pub(super) fn weighted_square<R: Real, A: ColumnOperator<R>, G: Buffer<R>>(
    snapshots: &Snapshots<'_, R, A, G>,
    gains: &[R],
    v: &[R],
) -> R {
    let mut sum = crate::sum::Accumulator::default();
    for (sensor, gain) in gains.iter().enumerate() {
        for snapshot in 0..snapshots.counts().snapshots {
            let weighted = *gain * at(v, snapshots.place(sensor, snapshot));
            sum.add(snapshot, weighted * weighted);
        }
    }
    sum.total()
}

/// next ← γ − μ ∇⊥ at the prediction `u(k)`, without a projection onto C_ρ.
pub(super) fn gain_step<R: Real, A: ColumnOperator<R>, G: Buffer<R>>(
    snapshots: &Snapshots<'_, R, A, G>,
    prior: &impl Prior<R, G>,
    steps: Steps<R>,
    (gains, u): (&G, impl Fn(usize) -> R),
    next: &mut G,
) {
    let counts = snapshots.counts();
    let of = |sensor: usize, term: &dyn Fn(usize) -> R| {
        crate::sum::sum_of(counts.snapshots, |l| term(snapshots.place(sensor, l)))
    };
    for (sensor, (next, gain)) in next.as_mut_slice().iter_mut().zip(gains.as_slice()).enumerate() {
        *next = of(sensor, &|k| u(k) * (*gain * u(k) - snapshots.y(k)));
    }
    centre(next.as_mut_slice());
    prior.project(next);
    let step = match steps {
        Steps::Fixed { gains, .. } => {
            let count = R::from_u32(u32::try_from(counts.equations()).unwrap_or(u32::MAX));
            gains / (snapshots.scale() * snapshots.scale() * count)
        }
        Steps::Joint | Steps::Alternating => {
            let direction = next.as_slice();
            let curved = crate::sum::sum_of(counts.sensors, |sensor| {
                let g = at(direction, sensor);
                g * g * of(sensor, &|k| u(k) * u(k))
            });
            or_zero(squares(direction) / curved)
        }
    };
    for (next, gain) in next.as_mut_slice().iter_mut().zip(gains.as_slice()) {
        *next = *gain - step * *next;
    }
}

/// A quotient of squares; zero where it is none, because nothing is left to gain.
pub(super) fn or_zero<R: Real>(step: R) -> R {
    step.finite_or(R::ZERO)
}
