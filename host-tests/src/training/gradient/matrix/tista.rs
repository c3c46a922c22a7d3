//! TISTA, backward.

use super::super::Element;
use super::numbers::{Slopes, TistaForm, add_scaled, combine};
use super::pass::{Back, Seen};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use solvekit::LinearOperator;

/// v = x + γ W r with r = y − A x, x⁺ = η(v; t), t being τ²/α² of ‖r‖² and γ.
///
/// With g = ∂loss/∂x⁺, h = g ∂η/∂v and s = Σ g ∂η/∂t: ∂γ gains hᵀW r + s ∂t/∂γ, r gets γ Wᵀh +
/// 2 s ∂t/∂‖r‖² r, and x gets h − Aᵀ of that. The numbers of a layer are computed in `f64`.
pub(super) struct TistaBack<'n, T> {
    dictionary: &'n DenseMatrix<T>,
    weight: &'n DenseMatrix<T>,
    steps: &'n [T],
    /// 1 / α.
    inverse_deviation: f64,
    /// ln((1 − p) / p).
    log_odds: f64,
    /// 1 / (α² tr(AᵀA)).
    unit: f64,
    /// M σ² / (α² tr(AᵀA)).
    noisy: f64,
    /// M / N.
    ratio: f64,
    /// σ² tr(WWᵀ) / (α² N).
    passed: f64,
}

/// r and W r, and what r and x get.
pub(super) struct Room<T> {
    r: Vector<T>,
    pull: Vector<T>,
    by_r: Vector<T>,
    by_x: Vector<T>,
}

/// t, and its derivatives.
struct Spread {
    t: f64,
    by_square: f64,
    by_step: f64,
}

impl<'n, T: Element> TistaBack<'n, T> {
    pub(super) fn new(
        dictionary: &'n DenseMatrix<T>,
        form: &'n TistaForm<T>,
        steps: &'n [T],
    ) -> Self {
        let (m, n) = (dictionary.rows() as f64, dictionary.columns() as f64);
        let (density, variance) = (form.density.wide(), form.variance.wide());
        let unit = 1.0 / (variance * form.energies.dictionary.wide());
        let relative_noise = form.noise.wide() / variance;
        Self {
            dictionary,
            weight: &form.weight,
            steps,
            inverse_deviation: 1.0 / variance.sqrt(),
            log_odds: ((1.0 - density) / density).ln(),
            unit,
            noisy: m * form.noise.wide() * unit,
            ratio: m / n,
            passed: relative_noise * form.energies.weight.wide() / n,
        }
    }

    /// A number that is held at its least has no derivative.
    fn spread(&self, square: f64, step: f64) -> Spread {
        let error = square * self.unit - self.noisy;
        let (error, by_square) = if error > 1e-9 { (error, self.unit) } else { (1e-9, 0.0) };
        let kept = 1.0 + step * (step - 2.0) * self.ratio;
        let (kept, kept_slope) =
            if kept > 0.0 { (kept, (2.0 * step - 2.0) * self.ratio) } else { (0.0, 0.0) };
        let t = error * kept + step * step * self.passed;
        if t > 1e-12 {
            let by_step = error * kept_slope + 2.0 * step * self.passed;
            Spread { t, by_square: by_square * kept, by_step }
        } else {
            Spread { t: 1e-12, by_square: 0.0, by_step: 0.0 }
        }
    }
}

/// η(·; t).
struct Posterior {
    t: f64,
    inverse_deviation: f64,
    offset: f64,
}

impl Posterior {
    /// ∂η/∂v and ∂η/∂t.
    fn derivatives(&self, v: f64) -> (f64, f64) {
        let t = self.t;
        let shrink = 1.0 / (1.0 + t);
        let evidence = (v * self.inverse_deviation).powi(2) * shrink / (2.0 * t);
        // (1 − share) / share; beyond the range an entry is zero for certain, at 0 it is not.
        let odds = (self.offset - evidence).exp();
        let share = 1.0 / (1.0 + odds);
        // share (1 − share) times the evidence, which may be infinite where odds are 0.
        let doubt = if odds > 0.0 { share * (1.0 - share) } else { 0.0 };
        let known = if doubt > 0.0 { doubt * evidence } else { 0.0 };
        let by_v = shrink * (share + 2.0 * known);
        let moved = (0.5 * doubt - (1.0 + 2.0 * t) * known) / (t * (1.0 + t));
        (by_v, v * shrink * (moved - shrink * share))
    }
}

impl<T: Element> Back<T> for TistaBack<'_, T> {
    type Room = Room<T>;

    fn room(&self) -> Room<T> {
        let (long, short) = (|| self.dictionary.zero_domain(), || self.dictionary.zero_range());
        Room { r: short(), pull: long(), by_r: short(), by_x: long() }
    }

    fn layer(
        &self,
        seen: &Seen<'_, T>,
        slope: &mut Vector<T>,
        room: &mut Room<T>,
        slopes: &mut Slopes<T>,
    ) {
        let Room { r, pull, by_r, by_x } = room;
        let step = self.steps[seen.layer];
        combine(seen.dictionary, seen.before, r);
        for (r, y) in r.iter_mut().zip(seen.y.iter()) {
            *r = *y - *r;
        }
        self.weight.apply_adjoint(r, pull);
        let square = r.iter().map(|r| r.wide() * r.wide()).sum();
        let spread = self.spread(square, step.wide());
        let posterior = Posterior {
            t: spread.t,
            inverse_deviation: self.inverse_deviation,
            offset: self.log_odds + 0.5 * (1.0 / spread.t).ln_1p(),
        };
        let (mut by_t, mut by_step) = (0.0, 0.0);
        for ((slope, pull), x) in slope.iter_mut().zip(pull.iter()).zip(seen.before.iter()) {
            let v = x.wide() + step.wide() * pull.wide();
            let (by_v, of_t) = posterior.derivatives(v);
            by_t += slope.wide() * of_t;
            let through = slope.wide() * by_v;
            by_step += through * pull.wide();
            *slope = T::from_f64(through);
        }
        slopes.steps[seen.layer] += by_step + by_t * spread.by_step;
        // Before the first layer nothing is learned.
        if seen.layer > 0 {
            combine(self.weight, slope, by_r);
            let along = T::from_f64(2.0 * by_t * spread.by_square);
            for (by_r, r) in by_r.iter_mut().zip(r.iter()) {
                *by_r = step * *by_r + along * *r;
            }
            seen.dictionary.apply_adjoint(by_r, by_x);
            add_scaled(slope, -T::ONE, by_x);
        }
    }
}
