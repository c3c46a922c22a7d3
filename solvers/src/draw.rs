//! Numbers out of a generator, the same on every machine.

use crate::Real;
use rand_core::Rng;

/// 0 ≤ k < `count`, every k equally likely to within `count` / 2³².
pub(crate) fn below(random: &mut impl Rng, count: usize) -> usize {
    ((u64::from(random.next_u32()) * count as u64) >> 32) as usize
}

/// 0 ≤ u < 1 in steps of 2⁻²⁴, exact in either precision.
pub(crate) fn uniform<R: Real>(random: &mut impl Rng) -> R {
    R::from_u32(random.next_u32() >> 8) * R::from_f64(1.0 / 16_777_216.0)
}
