//! Norms of integers as floats: what a look costs.

use super::I1F31;
use super::arithmetic::{SUM_BITS, product, shifted, sum_of_one};
use crate::Scalar;

/// ‖v‖₂ of sums in 46 fraction bits: of their 31 leading bits, added up as integers, and one root.
pub(super) fn norm(v: &[i64]) -> f32 {
    squares_to_root(v.len(), |i| v.get(i).copied().unwrap_or(0))
}

/// ‖v‖₂ of numbers in Q31.
pub(super) fn norm_of(v: &[I1F31]) -> f32 {
    squares_to_root(v.len(), |i| v.get(i).map_or(0, |v| sum_of_one(v.to_bits())))
}

fn squares_to_root(length: usize, of: impl Fn(usize) -> i64) -> f32 {
    let all = (0..length).fold(0, |all, i| all | of(i).unsigned_abs());
    let bits = 34 - all.leading_zeros().cast_signed();
    let squares = (0..length).fold(0_i64, |sum, i| {
        // 2³⁰ at most: a bit is left for rounding.
        let leading = shifted(of(i), bits) as i32;
        sum + product(leading, leading)
    });
    // Squares were cut by 16 bits, the root by 8.
    Scalar::sqrt(squares as f32) * power(bits + 8 - SUM_BITS.cast_signed())
}

/// A sum in 46 fraction bits as a float.
pub(super) fn real(sum: u64) -> f32 {
    sum as f32 * power(-SUM_BITS.cast_signed())
}

/// 2ᵏ for |k| ≤ 126.
pub(super) const fn power(k: i32) -> f32 {
    f32::from_bits((127 + k).cast_unsigned() << 23)
}
