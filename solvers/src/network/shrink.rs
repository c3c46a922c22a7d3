//! Shrinkage that lets the largest entries pass.

use super::Shrinkage;
use super::select::largest;
use crate::Real;

/// Shrinkage of one layer with support selection, S^ss: z ← z where |z| > θ and |z| is among the
/// `passing` largest, S(z; θ) elsewhere. Entries of equal size pass together. `room` holds as many
/// numbers as z.
///
/// Cost: N comparisons and shrinkages, and where more than `passing` entries exceed θ, about 3 for
/// each of them.
pub(super) fn shrink<R: Real>(
    z: &mut [R],
    room: &mut [R],
    theta: R,
    passing: usize,
    (shrinkage, layer): (&impl Shrinkage<R>, usize),
) {
    let mut above = 0;
    if passing > 0 {
        for size in z.iter().map(|z| z.abs()).filter(|size| *size > theta) {
            if let Some(slot) = room.get_mut(above) {
                *slot = size;
                above += 1;
            }
        }
    }
    let level = if passing == 0 {
        R::INFINITY
    } else if above <= passing {
        R::ZERO
    } else {
        largest(room.get_mut(..above).unwrap_or_default(), passing).unwrap_or(R::ZERO)
    };
    for z in z {
        let size = z.abs();
        // NaN is not above anything, and stays through the shrinkage.
        let passes = size > theta && size >= level;
        *z = if passes { *z } else { shrinkage.shrink(layer, *z, theta) };
    }
}

/// ⌊`share`·n⌋, at most n; none for a share that is no number.
pub(super) fn count_of<R: Real>(share: R, n: usize) -> usize {
    let wanted = share * R::from_u32(u32::try_from(n).unwrap_or(u32::MAX));
    // Counted rather than cast: a number type need not offer that.
    let mut count = 0;
    let (mut bit, mut value) = (n.next_power_of_two(), R::ZERO);
    while bit > 0 {
        let step = R::from_u32(u32::try_from(bit).unwrap_or(u32::MAX));
        if value + step <= wanted && count + bit <= n {
            (value, count) = (value + step, count + bit);
        }
        bit /= 2;
    }
    count
}
