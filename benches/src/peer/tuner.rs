//! Tsallis-INF with its normaliser found by bisection.

use crate::number::Number;

/// The tuner of arXiv 2310.02246, Algorithm 1, written for clarity: losses as they accumulate,
/// x by bisection every round.
#[derive(Clone, Debug)]
pub struct Bisection<T, const K: usize> {
    losses: [T; K],
    rounds: u32,
    mean: T,
}

impl<T: Number, const K: usize> Default for Bisection<T, K> {
    fn default() -> Self {
        Self { losses: [T::ZERO; K], rounds: 0, mean: T::ZERO }
    }
}

impl<T: Number, const K: usize> Bisection<T, K> {
    /// pᵢ = 4 (η (kᵢ/s − x))⁻² with x such that they sum to 1.
    pub fn probabilities(&self) -> [T; K] {
        let two = T::ONE + T::ONE;
        let t = T::of(f64::from(self.rounds) + 1.0);
        let eta = two / nalgebra::ComplexField::sqrt(t);
        let spread = self.mean - T::ONE;
        let scale = if spread > T::ZERO { spread } else { T::ONE };
        let scaled = self.losses.map(|loss| loss / scale);
        let least = scaled.iter().copied().fold(scaled[0], |a, b| if b < a { b } else { a });
        let weights = |x: T| {
            scaled.map(|loss| {
                let distance = eta * (loss - x);
                two * two / (distance * distance)
            })
        };
        let total = |weights: [T; K]| weights.into_iter().fold(T::ZERO, |sum, p| sum + p);
        // At the ends the sum is at least 1 and at most 1.
        let mut high = least - two / eta;
        let mut low = least - two / eta * T::of((K as f64).sqrt());
        loop {
            let middle = (low + high) / two;
            if middle <= low || middle >= high {
                break;
            }
            if total(weights(middle)) < T::ONE {
                low = middle;
            } else {
                high = middle;
            }
        }
        let weights = weights(low);
        let sum = total(weights);
        weights.map(|p| p / sum)
    }

    /// One round: draws an arm, asks for its cost, learns.
    #[inline(never)]
    pub fn round(&mut self, uniform: T, cost: impl Fn(usize) -> T) -> usize {
        let probabilities = self.probabilities();
        let mut below = T::ZERO;
        let mut arm = K - 1;
        for (k, p) in probabilities.iter().enumerate() {
            below += *p;
            if below > uniform {
                arm = k;
                break;
            }
        }
        let cost = cost(arm);
        self.rounds += 1;
        self.mean += (cost - self.mean) / T::of(f64::from(self.rounds));
        self.losses[arm] += (cost - T::ONE) / probabilities[arm];
        arm
    }
}
