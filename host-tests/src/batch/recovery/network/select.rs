//! Shrinkage that lets the largest entries of each lane pass.

use super::super::largest::{count, sort_into};
use super::super::proposal::clamped;
use super::spline::Pieces;
use crate::batch::lanes::Side;

/// What the layers of all lanes have in common: the share that passes, and what becomes of the rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shrink<'a, T> {
    /// θ.
    pub(super) theta: T,
    /// θ too, where it is the same for all lanes and the shrinkage is a spline.
    pub(super) spline: Option<(&'a Pieces, f32)>,
}

/// z ← z where |z| > θ and |z| is among the largest that may pass, of which there are so many in each
/// lane; shrunk elsewhere. `list` is room.
#[inline(always)]
pub(super) fn shrink<T: Side<Real = f32>>(
    z: &mut [T],
    passing: &[usize],
    list: &mut Vec<T>,
    how: Shrink<'_, T>,
) {
    let level = level(z, passing, list, how.theta);
    for z in z {
        let size = z.abs();
        let shrunk = match how.spline {
            None => *z - clamped(*z, how.theta),
            Some((pieces, theta)) => pieces.value(*z, theta),
        };
        let large = size.if_less(level, shrunk, *z);
        *z = how.theta.if_less(size, large, shrunk);
    }
}

/// The size from which entries pass: 0 where all above θ may, infinite where none may.
#[inline(always)]
fn level<T: Side<Real = f32>>(z: &[T], passing: &[usize], list: &mut Vec<T>, theta: T) -> T {
    let mut level = T::ZERO;
    let mut any = false;
    for (lane, passing) in passing.iter().enumerate() {
        any |= *passing > 0;
        if *passing == 0 {
            level.lanes_mut()[lane] = f32::INFINITY;
        }
    }
    if !any {
        return level;
    }
    let mut above = T::ZERO;
    for z in z {
        above += theta.if_less(z.abs(), T::ONE, T::ZERO);
    }
    // The longest list that a lane needs, of those that have more entries than may pass.
    let mut longest = 0;
    for (lane, passing) in passing.iter().enumerate() {
        if *passing > 0 && above.lanes()[lane] > count::<f32>(*passing) {
            longest = longest.max(*passing);
        }
    }
    if longest == 0 {
        return level;
    }
    list.resize(longest, T::ZERO);
    sort_into(list, z, theta);
    for (lane, passing) in passing.iter().enumerate() {
        if *passing > 0 && above.lanes()[lane] > count::<f32>(*passing) {
            level.lanes_mut()[lane] = list[*passing - 1].lanes()[lane];
        }
    }
    level
}

/// ⌊share · n⌋, at most n; none for a share that is no number.
pub(super) fn count_of(share: f32, n: usize) -> usize {
    let wanted: f32 = share * count::<f32>(n);
    // A conversion cuts off, and of NaN makes 0.
    (wanted as usize).min(n)
}
