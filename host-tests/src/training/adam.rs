//! [`Adam`]: steps from the moments of the derivatives.

use super::gradient::Element;
use serde::{Deserialize, Serialize};

const FIRST: f64 = 0.9;
const SECOND: f64 = 0.999;
/// Keeps a number that was never asked for where it is.
const FLOOR: f64 = 1e-8;

/// Running means of derivatives and of their squares.
///
/// x ← x − rate · m̂ / (√v̂ + 1e-8), with m and v forgetting by 0.9 and 0.999, each divided by what
/// their start at zero took from them.
///
/// Source: Kingma and Ba, ICLR 2015, algorithm 1, in its second form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam<T> {
    first: Vec<T>,
    second: Vec<T>,
    /// 0.9ᵗ and 0.999ᵗ.
    powers: [f64; 2],
}

impl<T: Element> Adam<T> {
    /// Before the first step of so many numbers.
    #[must_use]
    pub fn new(numbers: usize) -> Self {
        Self { first: vec![T::ZERO; numbers], second: vec![T::ZERO; numbers], powers: [1.0; 2] }
    }

    /// One step against the derivatives; what is beyond the shortest of the three is left as it is.
    pub fn step(&mut self, values: &mut [T], derivatives: &[T], rate: f64) {
        self.powers[0] *= FIRST;
        self.powers[1] *= SECOND;
        let correction = (1.0 - self.powers[1]).sqrt();
        let rate = T::from_f64(rate * correction / (1.0 - self.powers[0]));
        let floor = T::from_f64(FLOOR * correction);
        let [keep_first, keep_second] = [FIRST, SECOND].map(T::from_f64);
        let (new_first, new_second) = (T::ONE - keep_first, T::ONE - keep_second);
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, slope), (first, second)) in values.iter_mut().zip(derivatives).zip(moments) {
            *first = keep_first * *first + new_first * *slope;
            *second = keep_second * *second + new_second * (*slope * *slope);
            *value -= rate * *first / (second.sqrt() + floor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Adam;

    /// The first step is the rate itself, and with the same derivative all later ones are.
    #[test]
    fn steps_have_the_length_of_the_rate() {
        let mut adam = Adam::new(3);
        let mut x = [1.0_f64, 1.0, 1.0];
        for step in 1..=10 {
            adam.step(&mut x, &[3.0, -0.02, 0.0], 0.1);
            let gone = 0.1 * f64::from(step);
            for (x, expected) in x.iter().zip([1.0 - gone, 1.0 + gone, 1.0]) {
                // The floor is 1e-8 beside 0.02.
                assert!((x - expected).abs() < 1e-6 * gone, "{x} {expected}");
            }
        }
    }
}
