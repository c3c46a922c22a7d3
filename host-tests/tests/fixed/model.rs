//! The arithmetic of the solvers, written out naively with 128-bit integers: numbers in Q31 and sums
//! in 46 fraction bits are both plain integers here.

use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::fixed::I1F31;

pub(crate) const ONE: i128 = 1 << 31;

/// ⌊v / 2ᵏ⌋.
pub(crate) fn floor(v: i128, k: u32) -> i128 {
    v.div_euclid(1 << k)
}

/// v / 2ᵏ rounded to an integer, halves upward; k may be negative.
pub(crate) fn round(v: i128, k: i32) -> i128 {
    match u32::try_from(k) {
        Ok(0) => v,
        Ok(k) => floor(2 * v + (1 << k), k + 1),
        Err(_) => v << -k,
    }
}

/// Two numbers in Q31, in 46 fraction bits.
pub(crate) fn product(a: i128, b: i128) -> i128 {
    floor(a * b, 16)
}

/// Σ aᵢ bᵢ in 46 fraction bits.
pub(crate) fn dot<'a>(
    a: impl IntoIterator<Item = &'a i128>,
    b: impl IntoIterator<Item = &'a i128>,
) -> i128 {
    a.into_iter().zip(b).map(|(a, b)| product(*a, *b)).sum()
}

/// v where it is in Q31, the nearest end where not, which is counted.
pub(crate) fn cut(v: i128, overflows: &mut u32) -> i128 {
    let inside = v.clamp(-ONE, ONE - 1);
    *overflows += u32::from(inside != v);
    inside
}

/// m 2^(s − 30).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub(crate) m: i128,
    pub(crate) s: i32,
}

impl Scale {
    /// A sum times this, in Q31 and not cut off: the power of two first.
    pub(crate) fn exact(self, sum: i128) -> i128 {
        round(round(sum, 15 - self.s) * self.m, 30)
    }

    pub(crate) fn apply(self, sum: i128, overflows: &mut u32) -> i128 {
        cut(self.exact(sum), overflows)
    }
}

pub(crate) fn bits(v: &[I1F31]) -> Vec<i128> {
    v.iter().map(|v| v.to_bits().into()).collect()
}

/// Uniform in ±`size`.
pub(crate) fn uniform(random: &mut Pcg32, size: f64) -> f64 {
    size * (f64::from(random.next_u32()) / 2_147_483_648.0 - 1.0)
}

/// A checkpoint.
pub(crate) fn again<S: Clone>(state: &S) -> S {
    state.clone()
}

pub(crate) fn real(v: i128) -> f64 {
    v as f64 / ONE as f64
}
