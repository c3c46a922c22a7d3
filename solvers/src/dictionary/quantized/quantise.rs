//! [`quantise`]: codes and scales of a column.

use super::QuantizedError;
use super::table::LONGEST;
use crate::sum::{max_abs, square, sum_of};

/// Codes of the largest entry that are tried: 127 and those below.
const TRIED: core::ops::RangeInclusive<u8> = 96..=127;

/// Codes and scales of one column, in blocks of `B`: aᵢ ≈ s c. Of the scales max |aᵢ| / d for whole
/// d from 96 to 127 each block takes the one whose squared error is least, the largest d where
/// several are. No entry is off by more than half a scale and a rounding. A block of zeros has scale
/// zero, and so has one whose scale would be too small for a number.
///
/// Cost: about 200 operations for each entry; meant for the host that makes the tables.
///
/// # Errors
/// [`QuantizedError`]: `Block`; `Codes`, `Scales` (there must be as many codes as values, and
/// ⌈values/B⌉ scales); `NonFiniteEntry`.
pub fn quantise<const B: usize>(
    column: &[f32],
    codes: &mut [i8],
    scales: &mut [f32],
) -> Result<(), QuantizedError> {
    if B == 0 || B > LONGEST {
        return Err(QuantizedError::Block { asked: B });
    }
    let (expected, found) = (column.len(), codes.len());
    if found != expected {
        return Err(QuantizedError::Codes { expected, found });
    }
    let (expected, found) = (column.len().div_ceil(B), scales.len());
    if found != expected {
        return Err(QuantizedError::Scales { expected, found });
    }
    if let Some(row) = column.iter().position(|value| !value.is_finite()) {
        return Err(QuantizedError::NonFiniteEntry { row });
    }
    for ((values, codes), scale) in column.chunks(B).zip(codes.chunks_mut(B)).zip(scales) {
        *scale = block(values, codes);
    }
    Ok(())
}

/// The codes of a block, and its scale.
fn block(values: &[f32], codes: &mut [i8]) -> f32 {
    let largest = max_abs(values);
    let (mut best, mut least) = (0.0, f32::INFINITY);
    for steps in TRIED.rev().map(f32::from) {
        // Relative to the largest, since squares may leave the range.
        let squares = sum_of(values.len(), |i| {
            let relative = values.get(i).map_or(0.0, |value| value / largest);
            square(relative - nearest(relative * steps) / steps)
        });
        // NaN, where all are zero, is not below anything.
        if squares < least {
            (best, least) = (steps, squares);
        }
    }
    let scale = if best > 0.0 { largest / best } else { 0.0 };
    for (code, value) in codes.iter_mut().zip(values) {
        // Not above 127 but for a rounding, and a conversion stops at the end of the range.
        *code = if scale > 0.0 { nearest((value / largest) * best) as i8 } else { 0 };
    }
    scale
}

/// The nearest whole number to a small one, ties to the even one.
fn nearest(x: f32) -> f32 {
    const SHIFT: f32 = 12_582_912.0;
    (x + SHIFT) - SHIFT
}
