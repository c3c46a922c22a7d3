//! A phase of a solve, the play or a fallback: how it begins, and how long it may take.

use super::{Control, Plan};
use crate::Real;
use crate::sor::auto::exponent::{matching_beta_squared, radius, sweeps};

/// A phase is too long at this multiple of its predicted length, and so many sweeps.
const PATIENCE: f64 = 2.5;
pub(super) const GRACE: f64 = 12.0;

impl<R: Real> Control<R> {
    /// Goes on from the same x with another exponent.
    pub(super) fn fall_back(&mut self, plan: &Plan<R>, exponent: R) {
        self.exponent = exponent;
        self.halves = 0;
        self.proof = 0;
        let distance = self.distance(plan);
        self.set_omega(if exponent > R::ZERO { distance } else { R::ONE });
        self.enter(plan);
    }

    /// A phase begins.
    pub(super) fn enter(&mut self, plan: &Plan<R>) {
        self.phase = self.sweeps;
        self.phase_residual = self.residual;
        self.set_limit(plan);
    }

    /// The sweeps that this phase may take.
    pub(super) fn set_limit(&mut self, plan: &Plan<R>) {
        let reduction = self.target(plan) / self.phase_residual;
        let rate = if self.exponent >= R::ONE && !plan.first {
            self.omega - R::ONE
        } else {
            let known = R::ONE - if plan.first { self.lambda } else { plan.lambda };
            let known = if self.lambda == R::ZERO && plan.first { R::ZERO } else { known };
            radius(self.omega, known.max(matching_beta_squared(self.omega).max(R::ZERO).sqrt()))
        };
        let mut length = sweeps(reduction, rate);
        let leads = !plan.play.probe && self.violations == 0 && !plan.first;
        if leads {
            length = length.max(plan.play.mean * self.unit(plan, plan.young));
        }
        let limit = R::from_f64(PATIENCE) * length + R::from_f64(GRACE);
        self.limit = whole(limit);
    }
}

/// ⌊x⌋ as a count; 0 for NaN.
pub(super) fn whole<R: Real>(x: R) -> u32 {
    let mut count = 0;
    let mut bit = 1 << 30;
    while bit > 0 {
        if R::from_u32(count + bit) <= x {
            count += bit;
        }
        bit >>= 1;
    }
    count
}
