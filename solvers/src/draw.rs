//! Random draws whose bits are the same on every machine: 32-bit words only, whatever the width of
//! `usize`.

use crate::Real;
use rand_core::Rng;

/// Words that one draw may cost. A sound generator needs a second one about n times in 2³²; a stuck
/// one must not hang a step.
const ATTEMPTS: u32 = 32;

/// Uniform among 0 … n − 1, without bias; 0 for n = 0.
///
/// Source: Lemire 2019 (fast random integer generation in an interval).
pub(crate) fn below(generator: &mut impl Rng, n: usize) -> usize {
    let n = u32::try_from(n).unwrap_or(u32::MAX);
    let uneven = n.wrapping_neg().checked_rem(n).unwrap_or(0);
    let mut drawn = 0;
    for _ in 0..ATTEMPTS {
        let product = u64::from(generator.next_u32()) * u64::from(n);
        drawn = (product >> 32) as u32;
        if product as u32 >= uneven {
            break;
        }
    }
    drawn as usize
}

/// Uniform among the odd multiples of 2⁻²⁴ in (0, 1): never 0 and never 1, exact in `f32` and
/// `f64`.
pub(crate) fn between<R: Real>(generator: &mut impl Rng) -> R {
    let odd = (generator.next_u32() >> 9) * 2 + 1;
    R::from_u32(odd) * R::from_f64(1.0 / 16_777_216.0)
}

/// Uniform in [0, 1) with 46 bits, as far as the number has them; rounding may make it 1.
pub(crate) fn fraction<R: Real>(generator: &mut impl Rng) -> R {
    let part = |word: u32| R::from_u32(word >> 9) * R::from_f64(1.0 / 8_388_608.0);
    let high: R = part(generator.next_u32());
    high + part(generator.next_u32()) * R::from_f64(1.0 / 8_388_608.0)
}

/// A uniform permutation of what is in `order`, in place.
///
/// Source: Durstenfeld 1964 (the Fisher–Yates shuffle).
pub(crate) fn shuffle(generator: &mut impl Rng, order: &mut [usize]) {
    for last in (1..order.len()).rev() {
        let other = below(generator, last + 1);
        if other < order.len() && last < order.len() {
            order.swap(other, last);
        }
    }
}

/// A key whose τ largest, over all coordinates, are a draw without replacement, each time with
/// probabilities in proportion to the weights left. Zero for a weight of zero.
///
/// Source: Efraimidis and Spirakis 2006 (weighted random sampling with a reservoir).
pub(crate) fn key<R: Real>(generator: &mut impl Rng, weight: R) -> R {
    let exponential = -between::<R>(generator).ln();
    if weight > R::ZERO { weight / exponential } else { R::ZERO }
}
