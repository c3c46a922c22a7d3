//! [`Scale`]: a factor of any size.

use super::Saturations;
use super::arithmetic::{product, shifted};

/// A factor that is not negative, of any size: a step, a threshold's weight, one over a diagonal
/// entry. It has 31 bits and a power of two: m 2^(s − 30) with 2³⁰ ≤ m < 2³¹, or 0.
///
/// ```
/// use solvekit::fixed::Scale;
/// assert_eq!(Scale::from_f32(0.3).map(Scale::to_f32), Some(0.3));
/// assert_eq!(Scale::from_f32(-0.3), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scale {
    mantissa: i32,
    exponent: i32,
}

impl Scale {
    /// 0.
    pub const ZERO: Self = Self { mantissa: 0, exponent: 0 };

    /// The same number; subnormal ones count as zero. `None` for what is negative or not finite. No
    /// arithmetic in floating point: bits are moved.
    pub const fn from_f32(value: f32) -> Option<Self> {
        let bits = value.to_bits();
        let (biased, fraction) = ((bits >> 23 & 0xff).cast_signed(), bits & 0x7f_ffff);
        match (bits >> 31, biased) {
            (_, 0) if bits >> 31 == 0 || fraction == 0 => Some(Self::ZERO),
            (1, _) | (_, 0xff) => None,
            _ => Some(Self {
                mantissa: ((fraction | 0x80_0000) << 7).cast_signed(),
                exponent: biased - 127,
            }),
        }
    }

    /// m 2^(s − 30) for 2³⁰ ≤ m < 2³¹.
    pub(super) const fn new(mantissa: i32, exponent: i32) -> Self {
        Self { mantissa, exponent }
    }

    pub(super) const fn mantissa(self) -> i32 {
        self.mantissa
    }

    pub(super) const fn exponent(self) -> i32 {
        self.exponent
    }

    /// 2^`bits` times as much.
    pub(super) const fn doubled(self, bits: i32) -> Self {
        Self { exponent: self.exponent + bits, ..self }
    }

    /// This over a positive number in Q31, cut to 31 bits; `None` for one that is not positive.
    pub(super) fn over(self, divisor: i32) -> Option<Self> {
        let divisor = u32::try_from(divisor).ok().filter(|divisor| *divisor > 0)?;
        let spare = divisor.leading_zeros() - 1;
        // Both from 2³⁰ to 2³¹: their quotient is from ½ to 2.
        let (over, under) = (u64::from(self.mantissa.cast_unsigned()), u64::from(divisor << spare));
        let small = u32::from(over < under);
        let mantissa = (over << (30 + small)).checked_div(under)?;
        let exponent = self.exponent + 1 + spare.cast_signed() - small.cast_signed();
        Some(Self { mantissa: i32::try_from(mantissa).unwrap_or(i32::MAX), exponent })
    }

    /// The nearest number below that an `f32` holds; zero and infinity where it holds none.
    pub const fn to_f32(self) -> f32 {
        let biased = self.exponent + 127;
        if self.mantissa == 0 || biased <= 0 {
            0.0
        } else if biased >= 0xff {
            f32::INFINITY
        } else {
            let fraction = (self.mantissa >> 7).cast_unsigned() & 0x7f_ffff;
            f32::from_bits(biased.cast_unsigned() << 23 | fraction)
        }
    }

    /// A sum in 46 fraction bits times this, in Q31. First the power of two, then m, each rounded with
    /// halves upward; a number that does not fit is counted once.
    #[inline]
    pub(super) fn apply(self, sum: i64, saturations: &mut Saturations) -> i32 {
        self.apply_wide(sum).unwrap_or_else(|cut| {
            saturations.note();
            cut
        })
    }

    /// The same; the end of the format is the error where it does not fit.
    #[inline]
    pub(super) fn apply_wide(self, sum: i64) -> Result<i32, i32> {
        let moved = shifted(sum, 15 - self.exponent);
        let end = if moved < 0 { i32::MIN } else { i32::MAX };
        // Since m ≥ 2³⁰ what does not fit now never will, unless it is nothing.
        let Ok(moved) = i32::try_from(moved) else {
            return if self.mantissa == 0 { Ok(0) } else { Err(end) };
        };
        // Cut by 16 bits already.
        let whole = (product(moved, self.mantissa) + (1 << 13)) >> 14;
        i32::try_from(whole).map_err(|_| end)
    }

    /// `value`, of which the 32 leading bits count, times this, rounded down; the largest number where it
    /// does not fit.
    pub(super) fn times(self, value: u64) -> u64 {
        let dropped = 32_u32.saturating_sub(value.leading_zeros());
        let product = (value >> dropped) * u64::from(self.mantissa.cast_unsigned());
        let bits = self.exponent - 30 + dropped.cast_signed();
        if bits <= 0 {
            product.checked_shr(bits.unsigned_abs()).unwrap_or(0)
        } else if bits.unsigned_abs() <= product.leading_zeros() || product == 0 {
            product.checked_shl(bits.unsigned_abs()).unwrap_or(0)
        } else {
            u64::MAX
        }
    }
}
