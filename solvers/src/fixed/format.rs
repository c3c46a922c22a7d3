//! [`Format`]: how entries of a matrix are stored.

use super::arithmetic::product;
use super::{I1F15, I1F31};

/// How entries of a matrix are stored: in 16 bits ([`I1F15`]) or in 32 ([`I1F31`]). Vectors are in
/// 32 bits throughout. A product of a 16-bit entry is exact and costs half as much on a core that
/// multiplies 32 bits by 32 into 32.
pub trait Format: Arithmetic {}

impl Format for I1F15 {}
impl Format for I1F31 {}

/// What a format does; not for use outside.
pub trait Arithmetic: Copy + ::fixed::traits::Fixed {
    /// The product with a number in Q31, in 46 fraction bits.
    #[doc(hidden)]
    fn times(self, x: i32) -> i64;

    /// The same number in Q31.
    #[doc(hidden)]
    fn widened(self) -> i32;
}

impl Arithmetic for I1F15 {
    #[inline(always)]
    fn times(self, x: i32) -> i64 {
        let entry = i32::from(self.to_bits());
        if cfg!(all(target_arch = "arm", not(target_has_atomic = "32"))) {
            // As in `product`: two products that stay within 32 bits.
            (i64::from(entry.wrapping_mul(x >> 16)) << 16)
                + i64::from(entry.wrapping_mul(x & 0xffff))
        } else {
            i64::from(entry) * i64::from(x)
        }
    }

    #[inline(always)]
    fn widened(self) -> i32 {
        i32::from(self.to_bits()) << 16
    }
}

impl Arithmetic for I1F31 {
    #[inline(always)]
    fn times(self, x: i32) -> i64 {
        product(self.to_bits(), x)
    }

    #[inline(always)]
    fn widened(self) -> i32 {
        self.to_bits()
    }
}
