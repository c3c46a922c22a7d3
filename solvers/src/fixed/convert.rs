//! Floats to fixed point, and what does not fit.

use super::norm::power;
use super::{FixedError, Format, I1F31};

/// `to` ← A 2^(−k) for the smallest k with which every entry is below 1, rounded to the nearest
/// number of the format, ties to even; k. Nothing is cut off, and no bit of the format lies idle.
/// For the entries of a matrix, on a host or where it is received.
///
/// ```
/// use solvekit::fixed::{I1F15, quantize};
/// let mut codes = [[I1F15::ZERO; 2]; 2];
/// let k = quantize(&[3.0, -1.0, 0.5, 0.25], codes.as_flattened_mut())?;
/// assert_eq!(k, 2); // 4 is the power of two above 3
/// assert_eq!(codes[0][0], I1F15::from_num(0.75));
/// # Ok::<(), solvekit::fixed::FixedError>(())
/// ```
///
/// # Errors
/// [`FixedError`]: `Memory` where lengths differ, `NonFinite`, `Exponent` where k is not from −16 to
/// 15; `to` is then untouched.
pub fn quantize<F: Format>(values: &[f32], to: &mut [F]) -> Result<i32, FixedError> {
    let (expected, found) = (values.len(), to.len());
    if expected != found {
        return Err(FixedError::Memory { expected, found });
    }
    if let Some(place) = values.iter().position(|value| !value.is_finite()) {
        return Err(FixedError::NonFinite { place });
    }
    // The bits of positive floats are in the order of their values; 127 is the exponent of 1.
    let most = values.iter().fold(0, |most, value| value.abs().to_bits().max(most));
    let exponent = if most == 0 { 0 } else { (most >> 23).cast_signed() - 126 };
    let near = (-17..=15).contains(&exponent);
    // Rounded up, the largest may be 1.
    let largest = if near { f32::from_bits(most) * power(-exponent) } else { 0.0 };
    let exponent = exponent + i32::from(F::checked_from_num(largest).is_none());
    if !near || !(-16..=15).contains(&exponent) {
        return Err(FixedError::Exponent);
    }
    for (value, to) in values.iter().zip(to) {
        let end = if *value < 0.0 { F::MIN } else { F::MAX };
        // `saturating_from_num` panics for NaN, of which there is none.
        *to = F::checked_from_num(*value * power(-exponent)).unwrap_or(end);
    }
    Ok(exponent)
}

/// `to` ← v, rounded to the nearest number in Q31, ties to even, and cut off at the ends of the
/// format; how many were. NaN is cut off to zero. For vectors in the caller's units, as many numbers as
/// both have.
///
/// ```
/// use solvekit::fixed::{I1F31, signal};
/// let mut y = [I1F31::ZERO; 3];
/// assert_eq!(signal(&[0.5, -0.25, 1.5], &mut y), 1);
/// assert_eq!(y[2], I1F31::MAX);
/// ```
pub fn signal(values: &[f32], to: &mut [I1F31]) -> u32 {
    let mut cut = 0_u32;
    for (value, to) in values.iter().zip(to) {
        let fits = if value.is_nan() { None } else { I1F31::checked_from_num(*value) };
        cut = cut.saturating_add(u32::from(fits.is_none()));
        *to = fits.unwrap_or(match *value {
            value if value > 0.0 => I1F31::MAX,
            value if value < 0.0 => I1F31::MIN,
            _ => I1F31::ZERO,
        });
    }
    cut
}
