//! Numbers out of a generator, the same on every machine.

use rand_core::Rng;

/// 0 ≤ k < `count`, every k equally likely to within `count` / 2³².
pub(crate) fn below(random: &mut impl Rng, count: usize) -> usize {
    ((u64::from(random.next_u32()) * count as u64) >> 32) as usize
}
