//! Raises of ω by what the sweeps show.

use super::phase::{GRACE, whole};
use super::{Control, Plan};
use crate::Real;

/// Sweeps after a change of ω during which its ratio is not trusted.
const SETTLE_SWEEPS: u32 = 7;
const SETTLE_DRIFT: f64 = 0.03;
pub(super) const RAISES: u8 = 3;
/// A raise must move ω by so much, and so many sweeps must be left.
const LEAST_RAISE: f64 = 0.005;
const LEAST_LEFT: f64 = 5.0;
/// Raises have paid when the solve ends before this multiple of what the ratio before them promised.
const PROOF: f64 = 1.0;

impl<R: Real> Control<R> {
    pub(super) fn settles(&self, ratio: R) -> bool {
        let steady = (ratio - self.ratio).abs() < R::from_f64(SETTLE_DRIFT) * (R::ONE - ratio);
        steady
            && self.sweeps - self.changed > SETTLE_SWEEPS
            && ratio > self.omega - R::ONE
            && ratio < R::from_f64(0.99999)
    }

    /// Hageman and Young: the ratio of an ω below the best one gives β, and β the best one.
    pub(super) fn raise(&mut self, plan: &Plan<R>, ratio: R) {
        let two = R::ONE + R::ONE;
        let excess = self.omega - R::ONE;
        let sum = ratio + excess;
        let beta_squared = sum * sum / (self.omega * self.omega * ratio);
        let young = (R::ONE - beta_squared).sqrt();
        let omega = two / (R::ONE + young);
        let omega = omega.min(two - (two - self.omega) * R::from_f64(0.5));
        let left = (self.target(plan) / self.residual).ln() / ratio.ln();
        // Both false for the NaN of β² > 1.
        if omega > self.omega + R::from_f64(LEAST_RAISE) && left > R::from_f64(LEAST_LEFT) {
            if self.raises == 0 {
                let due = R::from_f64(PROOF) * left + R::from_f64(GRACE);
                self.proof = self.sweeps.saturating_add(whole(due));
            }
            self.raises += 1;
            self.set_omega(two - omega);
            self.set_limit(plan);
        }
    }

    /// Takes back raises that did not pay: where Young's relation does not hold, they are a detour.
    pub(super) fn strike(&mut self, plan: &Plan<R>) {
        self.struck = true;
        self.proof = 0;
        self.raises = RAISES;
        self.set_omega(self.distance(plan));
        self.enter(plan);
    }
}
