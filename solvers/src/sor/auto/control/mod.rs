//! [`Control`]: what is decided between two sweeps of one solve.

mod phase;
mod plan;
mod raise;

pub(super) use plan::Plan;

use super::exponent::{
    GAUSS_SEIDEL, YOUNG, distance, exponent, matching_beta_squared, sweeps, usable, young_distance,
};
use crate::Real;
use raise::RAISES;

/// How a probe stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Probe {
    /// It plays to the end, or there is none.
    #[default]
    Undecided,
    /// It was cut off.
    Lost,
}

/// Everything that changes in a solve but the iterate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Control<R> {
    /// ‖r‖ is known.
    pub(super) evaluated: bool,
    pub(super) residual: R,
    pub(super) start: R,
    pub(super) sweeps: u32,
    pub(super) probe: Probe,
    pub(super) violations: u8,
    /// The smallest Rayleigh quotient of the iterate in a first solve; zero before there is one.
    lambda: R,
    /// Exponent that is played.
    exponent: R,
    omega: R,
    /// ω of the last half-sweep, and how many there were since the schedule began (2: two or more).
    weight: R,
    halves: u8,
    raises: u8,
    /// Sweep by which the solve would have ended without its raises; zero when there are none.
    proof: u32,
    /// The raises did not pay.
    pub(super) struck: bool,
    ratio: R,
    /// Sweep at which ω changed.
    changed: u32,
    /// Sweep at which this phase (the play, or a fallback) began, and the sweeps it may take.
    phase: u32,
    phase_residual: R,
    limit: u32,
    /// The largest residual that is not yet divergence.
    ceiling: R,
}

/// Growth of the residual that SOR on a symmetric positive definite matrix does not show but for
/// units of very unequal size.
const GROWTH: f64 = 1e4;

impl<R: Real> Control<R> {
    pub(super) const fn new() -> Self {
        Self {
            evaluated: false,
            residual: R::ZERO,
            start: R::ZERO,
            sweeps: 0,
            probe: Probe::Undecided,
            violations: 0,
            lambda: R::ZERO,
            exponent: R::ZERO,
            omega: R::ONE,
            weight: R::ZERO,
            halves: 0,
            raises: 0,
            proof: 0,
            struck: false,
            ratio: R::ZERO,
            changed: 0,
            phase: 0,
            phase_residual: R::ZERO,
            limit: 0,
            ceiling: R::ZERO,
        }
    }

    pub(super) const fn omega(&self) -> R {
        self.omega
    }

    /// Takes the residual of the start.
    pub(super) fn begin(&mut self, plan: &Plan<R>, residual: R) {
        *self = Self { evaluated: true, residual, start: residual, ..Self::new() };
        self.ceiling = residual * R::from_f64(GROWTH);
        self.exponent = exponent(plan.play.arm);
        if plan.plain {
            self.exponent = R::ZERO;
            self.violations = 2;
        }
        if !plan.first {
            self.set_omega(self.distance(plan));
        }
        self.enter(plan);
    }

    /// ω of the next part of a sweep. Golub and Varga's schedule: 1, 1 / (1 − β²/2),
    /// 1 / (1 − β² w / 4) with w the one before.
    pub(super) fn next_weight(&mut self, plan: &Plan<R>) -> R {
        if !self.scheduled(plan) {
            return self.omega;
        }
        let quarter = matching_beta_squared(self.omega) * R::from_f64(0.25);
        self.weight = match self.halves {
            0 => R::ONE,
            1 => R::ONE / (R::ONE - quarter - quarter),
            _ => R::ONE / (R::ONE - quarter * self.weight),
        };
        self.halves = (self.halves + 1).min(2);
        self.weight
    }

    fn scheduled(&self, plan: &Plan<R>) -> bool {
        plan.halves && !plan.first && self.exponent >= R::ONE
    }

    /// 2 − ω for the present exponent.
    fn distance(&self, plan: &Plan<R>) -> R {
        let young = if plan.first { young_distance(self.lambda) } else { plan.young };
        distance(self.exponent, young, !plan.halves || plan.first)
    }

    fn set_omega(&mut self, distance: R) {
        self.omega = R::ONE + R::ONE - distance;
        self.changed = self.sweeps;
    }

    /// Does the sweep just done deserve a Rayleigh quotient of its iterate?
    pub(super) fn wants_quotient(&self, plan: &Plan<R>) -> bool {
        plan.first && self.violations == 0 && self.sweeps >= 4 && self.sweeps.is_power_of_two()
    }

    /// ‖r‖ at which the solve is to end.
    pub(super) fn target(&self, plan: &Plan<R>) -> R {
        if plan.target > R::ZERO { plan.target } else { plan.tolerance * self.start }
    }

    /// Sweeps that Young's ω needs asymptotically: the unit of costs.
    pub(super) fn unit(&self, plan: &Plan<R>, young: R) -> R {
        sweeps(self.target(plan) / self.start, R::ONE - young)
    }

    /// After a sweep: its residual, and a Rayleigh quotient of x where one was wanted.
    pub(super) fn observe(&mut self, plan: &Plan<R>, residual: R, quotient: Option<R>) {
        let before = self.residual;
        self.residual = residual;
        let sound = residual.is_finite() && before.is_finite() && before > R::ZERO;
        if !sound {
            return;
        }
        if residual > self.ceiling && self.omega > R::ONE {
            self.violations = 2;
            self.fall_back(plan, R::ZERO);
            return;
        }
        let ratio = residual / before;
        if let Some(quotient) = quotient.map(usable)
            && (self.lambda == R::ZERO || quotient < self.lambda)
        {
            self.lambda = quotient;
            let distance = self.distance(plan);
            if R::ONE + R::ONE - distance > self.omega {
                self.set_omega(distance);
                self.set_limit(plan);
            }
        }
        let settled = self.settles(ratio);
        self.ratio = ratio;
        let playing = plan.play.probe && self.probe == Probe::Undecided;
        if playing {
            self.judge_probe(plan);
            return;
        }
        let raising = plan.first || plan.unsettled;
        if self.proof > 0 && self.sweeps > self.proof {
            self.strike(plan);
            return;
        }
        if raising && settled && self.violations == 0 && self.raises < RAISES {
            self.raise(plan, ratio);
        }
        let late = self.omega > R::ONE && self.sweeps - self.phase > self.limit;
        if self.violations < 2 && late {
            self.violations += 1;
            let half = self.exponent * R::from_f64(0.5);
            self.fall_back(plan, if self.violations == 1 { half } else { R::ZERO });
        }
    }

    /// Cuts a probe off once its projected length is much above the leader's.
    fn judge_probe(&mut self, plan: &Plan<R>) {
        let play = &plan.play;
        let leader = play.mean * self.unit(plan, plan.young);
        let done = R::from_u32(self.sweeps);
        if done < R::from_f64(0.35) * leader {
            return;
        }
        let whole = (self.target(plan) / self.start).ln();
        let projected = done * whole / (self.residual / self.start).ln();
        let near =
            play.arm.abs_diff(play.leader) == 1 && exponent::<R>(play.arm) >= R::from_f64(0.8);
        let factor = if near { R::from_f64(1.6) } else { R::from_f64(1.12) };
        // A residual that has not come down has no projected length.
        let hopeless = !(projected > R::ZERO && projected <= factor * leader);
        if hopeless || done > R::from_f64(1.1) * leader {
            self.probe = Probe::Lost;
            self.fall_back(plan, exponent(play.leader));
        }
    }

    /// Was ω changed by what the sweeps showed? Then the cost is not the exponent's.
    pub(super) const fn raised(&self) -> bool {
        self.raises > 0
    }
}

const _: () = assert!(YOUNG > GAUSS_SEIDEL);

#[cfg(test)]
mod tests;
