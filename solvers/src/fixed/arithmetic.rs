//! Sums of products in 46 fraction bits, and the one rounding at their end.

use super::Saturations;

/// Fraction bits of a sum of products. A product of Q15 and Q31 has as many, so nothing of it is
/// lost; of a product of two Q31 the 16 bits below are cut. 16 bits are left in front of the point
/// and the sign: 2¹⁶ products below 1 cannot overflow.
pub(super) const SUM_BITS: u32 = 46;

/// ⌊a b / 2¹⁶⌋ for a and b in Q31: their product in 46 fraction bits.
#[inline(always)]
pub(super) fn product(a: i32, b: i32) -> i64 {
    // Armv6-M has neither a multiplication with 64 bits nor exclusive loads, which is how it shows
    // to a program; its run-time library would multiply 64 × 64 bits.
    if cfg!(all(target_arch = "arm", not(target_has_atomic = "32"))) {
        by_halves(a, b)
    } else {
        (i64::from(a) * i64::from(b)) >> 16
    }
}

/// The same from four products of halves, none of which leaves 32 bits: with h signed and l not,
/// 2¹⁶ aₕbₕ + aₕbₗ + aₗbₕ + ⌊aₗbₗ / 2¹⁶⌋.
#[inline(always)]
fn by_halves(a: i32, b: i32) -> i64 {
    let ((a_high, a_low), (b_high, b_low)) = ((a >> 16, a & 0xffff), (b >> 16, b & 0xffff));
    let low = (a_low as u32).wrapping_mul(b_low as u32) >> 16;
    // At most (2¹⁶ − 1)(2¹⁵ − 1) + 2¹⁶ − 2 < 2³¹.
    let middle = a_low.wrapping_mul(b_high).wrapping_add(low as i32);
    let other = a_high.wrapping_mul(b_low);
    (i64::from(a_high.wrapping_mul(b_high)) << 16) + i64::from(middle) + i64::from(other)
}

/// x in Q31 as a sum.
#[inline(always)]
pub(super) const fn sum_of_one(x: i32) -> i64 {
    (x as i64) << 15
}

/// ⌊`value` / 2^`bits` + ½⌋, or `value` · 2^(−`bits`) cut off at the ends of its type.
#[inline]
pub(super) fn shifted(value: i64, bits: i32) -> i64 {
    if bits > 62 {
        0
    } else if bits > 0 {
        // The first bit that is dropped says whether to round up: no sum that could overflow.
        (value >> bits) + (value >> (bits - 1) & 1)
    } else {
        let up = bits.unsigned_abs();
        let room = if value < 0 { (!value).leading_zeros() } else { value.leading_zeros() };
        match (value, up < room) {
            (0, _) => 0,
            (_, true) => value << up,
            (..0, false) => i64::MIN,
            _ => i64::MAX,
        }
    }
}

/// A sum rounded to Q31: halves upward, cut off at the ends.
#[inline]
pub(super) fn rounded(sum: i64, saturations: &mut Saturations) -> i32 {
    saturations.cut(shifted(sum, 15))
}

#[cfg(test)]
mod tests {
    use super::{by_halves, shifted};

    const EDGES: [i32; 13] = [
        i32::MIN,
        i32::MIN + 1,
        -0x1_0000,
        -0xffff,
        -0x8000,
        -1,
        0,
        1,
        0x7fff,
        0xffff,
        0x1_0000,
        i32::MAX - 0xffff,
        i32::MAX,
    ];

    #[test]
    fn halves_make_the_same_product() {
        let mut drawn = 1_u32;
        for a in EDGES {
            for b in EDGES {
                assert_eq!(by_halves(a, b), (i64::from(a) * i64::from(b)) >> 16, "{a} {b}");
            }
        }
        for _ in 0..100_000 {
            let mut draw = || {
                drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (drawn ^ drawn >> 15).cast_signed()
            };
            let (a, b) = (draw(), draw());
            assert_eq!(by_halves(a, b), (i64::from(a) * i64::from(b)) >> 16, "{a} {b}");
        }
    }

    #[test]
    fn shifting_rounds_halves_upward_and_never_wraps() {
        for (value, bits, wanted) in [
            (5, 1, 3),
            (-5, 1, -2),
            (-6, 2, -1),
            (6, 2, 2),
            (i64::MAX, 1, 1 << 62),
            (i64::MAX, 62, 2),
            (i64::MAX, 63, 0),
            (i64::MIN, 62, -2),
            (3, -2, 12),
            (-3, 0, -3),
            (i64::MIN, 0, i64::MIN),
            (1, -62, 1 << 62),
            (1, -63, i64::MAX),
            (-1, -63, i64::MIN),
            (-1, -64, i64::MIN),
            (2, -62, i64::MAX),
            (0, -100, 0),
        ] {
            assert_eq!(shifted(value, bits), wanted, "{value} {bits}");
        }
    }
}
