//! The logarithm, for a count of entries that may pass.

/// 2¹⁶ log₂(v) for v > 0, cut to an integer: of the 32 leading bits of v, whose squares are cut to 32
/// bits. Zero for v = 0.
///
/// Source: Majithia and Levan 1973 (a bit for each squaring).
pub(super) fn log2(v: u64) -> u32 {
    let Some(whole) = v.checked_ilog2() else { return 0 };
    // In 31 fraction bits, from 1 to 2.
    let mut y = if whole >= 31 { v >> (whole - 31) } else { v << (31 - whole) };
    let mut bits = whole;
    for _ in 0..16 {
        y = (y * y) >> 31;
        let doubled = y >> 32;
        bits = bits << 1 | doubled as u32;
        y >>= doubled;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::log2;

    /// The error of the 32 leading bits doubles with each square: below 2⁻³¹⁺¹⁷ bits of the last square.
    #[test]
    fn it_is_the_logarithm_to_two_units() {
        extern crate std;
        let mut v = 1_u64;
        for k in 0..6_000_u64 {
            let wanted = 65_536.0 * (v as f64).log2();
            assert!((f64::from(log2(v)) - wanted).abs() < 2.0, "{v}");
            v = if v > u64::MAX / 3 { k + 1 } else { v + v / 7 + 1 };
        }
        assert_eq!([log2(0), log2(1), log2(1 << 63)], [0, 0, 63 << 16]);
    }
}
