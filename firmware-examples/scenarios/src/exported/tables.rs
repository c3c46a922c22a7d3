//! Tables as modules have them, made while compiling.

use solvekit::dictionary::Quantized;
use solvekit::network::TableSum;
use solvekit::{LinearOperator, SMatrix};

/// A matrix that a module stores.
pub trait Stored: LinearOperator<f32> {
    /// Adds it to a checksum.
    fn add_to(&self, sum: TableSum) -> TableSum;
}

impl<const R: usize, const C: usize> Stored for SMatrix<f32, R, C> {
    fn add_to(&self, sum: TableSum) -> TableSum {
        sum.reals(self.as_slice())
    }
}

/// Of codes: those of its table.
impl<const R: usize, const C: usize> Stored for Quantized<'static, R, C, 16> {
    fn add_to(&self, sum: TableSum) -> TableSum {
        let table = self.table();
        sum.codes(table.codes()).reals(table.scales())
    }
}

/// Columns without pattern, of a size that keeps ‖A‖² below 2 for all shapes here.
pub const fn reals<const R: usize, const C: usize>() -> [[f32; R]; C] {
    let mut entries = [[0.0_f32; R]; C];
    let (mut random, mut j) = (1_u64, 0);
    // 0.35 / √R by Newton's method, since no square root is `const`.
    let (mut root, mut round) = (R as f64, 0);
    while round < 30 {
        root = 0.5 * (root + R as f64 / root);
        round += 1;
    }
    while j < C {
        let mut i = 0;
        while i < R {
            let (mut sum, mut k) = (-2.0, 0);
            while k < 4 {
                // Knuth's multiplier; the upper bits are the good ones.
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                sum += (random >> 40) as f64 / 16_777_216.0;
                k += 1;
            }
            // Four uniform numbers have the variance 1/3.
            entries[j][i] = (0.35 * 1.732 * sum / root) as f32;
            i += 1;
        }
        j += 1;
    }
    entries
}

/// The scales of [`reals`], B = ⌈R / 16⌉ of a column: 127 of them are its block's largest entry.
pub const fn scales<const R: usize, const C: usize, const B: usize>() -> [[f32; B]; C] {
    let entries = reals::<R, C>();
    let mut scales = [[0.0_f32; B]; C];
    let mut j = 0;
    while j < C {
        let mut i = 0;
        while i < R {
            scales[j][i / 16] = scales[j][i / 16].max(entries[j][i].abs() / 127.0);
            i += 1;
        }
        j += 1;
    }
    scales
}

/// The codes of [`reals`] for [`scales`].
pub const fn codes<const R: usize, const C: usize, const B: usize>() -> [[i8; R]; C] {
    let (entries, scales) = (reals::<R, C>(), scales::<R, C, B>());
    let mut codes = [[0; R]; C];
    let mut j = 0;
    while j < C {
        let mut i = 0;
        while i < R {
            // From 1.5 · 2²³ on a sum is rounded to a whole number.
            codes[j][i] = (entries[j][i] / scales[j][i / 16] + 12_582_912.0 - 12_582_912.0) as i8;
            i += 1;
        }
        j += 1;
    }
    codes
}
