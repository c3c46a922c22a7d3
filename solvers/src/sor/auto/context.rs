//! [`Context`]: λ as a function of a number that the caller knows about each system.

use crate::Real;

/// λ ≈ θ₀ + θ₁ u + θ₂ (2u² − 1), u the context mapped to [−1, 1]: weighted least squares with
/// forgetting.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Context<R> {
    low: R,
    high: R,
    /// u of the next solve.
    place: Option<R>,
    /// Upper triangle of Σ w f fᵀ by rows, and Σ w λ f, with w = 1 / λ².
    gram: [R; 6],
    moment: [R; 3],
    /// Running relative error of the predictions.
    error: R,
    clamped: u32,
}

const FORGET: f64 = 0.98;
/// Error below which a prediction takes the place of the Rayleigh quotient.
const TRUSTED: f64 = 0.01;
/// Solves before any prediction is trusted, and how often one is checked all the same.
const YOUNG: u32 = 20;
const CHECK: u32 = 16;

impl<R: Real> Context<R> {
    /// Nothing unless low < high, both finite.
    pub(super) fn new(low: R, high: R) -> Option<Self> {
        ((high - low).is_finite() && low < high).then(|| Self {
            low,
            high,
            place: None,
            gram: [R::ZERO; 6],
            moment: [R::ZERO; 3],
            error: R::from_f64(0.08),
            clamped: 0,
        })
    }

    /// Whether every field has a value that the functions below could have left there.
    #[cfg(feature = "storage")]
    pub(super) fn check(&self) -> bool {
        let [g00, _, _, g11, _, g22] = self.gram;
        Self::new(self.low, self.high).is_some()
            && self.place.is_none_or(|place| place.abs() <= R::ONE)
            && self.gram.iter().chain(&self.moment).all(|sum| sum.is_finite())
            && g00 >= R::ZERO
            && g11 >= R::ZERO
            && g22 >= R::ZERO
            && self.error >= R::ZERO
            && self.error <= R::ONE
    }

    /// The context of the next solve. One that is not finite is taken for the middle.
    pub(super) fn tell(&mut self, context: R) {
        let (low, high) = (self.low, self.high);
        let inside = context >= low && context <= high;
        self.clamped = self.clamped.saturating_add(u32::from(!inside));
        let middle = low + (high - low) * R::from_f64(0.5);
        let context = context.finite_or(middle).max(low).min(high);
        let two = R::ONE + R::ONE;
        self.place = Some(two * ((context - low) / (high - low)) - R::ONE);
    }

    pub(super) const fn clamped(&self) -> u32 {
        self.clamped
    }

    fn features(place: R) -> [R; 3] {
        [R::ONE, place, (place + place) * place - R::ONE]
    }

    fn predict(&self) -> Option<R> {
        let features = Self::features(self.place?);
        let [f0, f1, f2] = features;
        let [g00, g01, g02, g11, g12, g22] = self.gram;
        let [h0, h1, h2] = self.moment;
        let ridge = (g00 + g11 + g22) * R::from_f64(1e-9).max(R::EPSILON * R::from_f64(8.0));
        // L D Lᵀ of the 3 × 3 Gram matrix.
        let d0 = g00 + ridge;
        let (l1, l2) = (g01 / d0, g02 / d0);
        let d1 = g11 + ridge - l1 * g01;
        let m = (g12 - l1 * g02) / d1;
        let d2 = g22 + ridge - l2 * g02 - m * m * d1;
        let (y0, y1) = (h0, h1 - l1 * h0);
        let y2 = h2 - l2 * h0 - m * y1;
        let t2 = y2 / d2;
        let t1 = y1 / d1 - m * t2;
        let t0 = y0 / d0 - l1 * t1 - l2 * t2;
        let lambda = t0 * f0 + t1 * f1 + t2 * f2;
        lambda.is_finite().then_some(lambda)
    }

    /// λ of the next solve, where the regression has earned it.
    pub(super) fn trusted(&self, solve: u32) -> Option<R> {
        let ripe = solve > YOUNG && !solve.is_multiple_of(CHECK);
        if !ripe || self.error >= R::from_f64(TRUSTED) {
            return None;
        }
        self.predict().filter(|lambda| *lambda > R::ZERO && *lambda < R::ONE)
    }

    /// The λ that was found at the present context.
    pub(super) fn learn(&mut self, lambda: R) {
        let Some(place) = self.place else { return };
        if let Some(predicted) = self.predict() {
            let error = ((predicted - lambda) / lambda).abs().min(R::ONE);
            self.error += R::from_f64(0.1) * (error - self.error);
        }
        let f = Self::features(place);
        let [f0, f1, f2] = f.map(|f| f / lambda);
        let forget = R::from_f64(FORGET);
        let terms = [f0 * f0, f0 * f1, f0 * f2, f1 * f1, f1 * f2, f2 * f2];
        for (sum, term) in self.gram.iter_mut().zip(terms) {
            *sum = *sum * forget + term;
        }
        for (sum, term) in self.moment.iter_mut().zip([f0, f1, f2]) {
            *sum = *sum * forget + term;
        }
    }

    /// The context belonged to the solve that is over.
    pub(super) fn forget_place(&mut self) {
        self.place = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parabola(c: f64) -> f64 {
        0.02 + 0.01 * c + 0.005 * c * c
    }

    /// A context from 0 to 2 that was told of `solves` values of λ.
    fn taught(solves: u32) -> Context<f64> {
        let mut context = Context::new(0.0, 2.0).expect("an interval");
        for k in 0..solves {
            let c = f64::from(k * 7 % 11) / 5.0;
            context.tell(c);
            context.learn(parabola(c));
            context.forget_place();
        }
        context
    }

    #[test]
    fn a_parabola_is_learned_and_trusted_but_for_every_sixteenth_solve() {
        let mut context = taught(60);
        assert_eq!(context.trusted(61), None, "no context was told");
        context.tell(1.3);
        for (solve, trusted) in [(20, false), (21, true), (31, true), (32, false), (33, true)] {
            let lambda = context.trusted(solve);
            assert_eq!(lambda.is_some(), trusted, "{solve}");
            // The ridge is 10⁻⁹ of the sums.
            assert!(lambda.is_none_or(|found| (found - parabola(1.3)).abs() < 1e-7), "{lambda:?}");
        }
    }

    #[test]
    fn what_was_predicted_badly_is_not_trusted() {
        let mut context = taught(60);
        context.tell(1.0);
        context.learn(2.0 * parabola(1.0));
        // Off by a half, of which a tenth counts.
        assert!((context.error - 0.05).abs() < 1e-3, "{}", context.error);
        assert_eq!(context.trusted(61), None);
    }
}
