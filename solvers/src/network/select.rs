//! The k-th largest of many numbers, in place.

use core::ops::Add;

/// The k-th largest of the numbers in `room`, k from 1; their order is lost. `None` for k = 0 or
/// beyond the last, NaN where one is. Cost: about 3 times their number of comparisons, at most the
/// square.
///
/// Source: Hoare 1961 (find), with the middle one of three as the pivot.
pub(crate) fn largest<R: Copy + PartialOrd + Add<Output = R>>(
    room: &mut [R],
    k: usize,
) -> Option<R> {
    let (mut room, mut left) = (room, k);
    while let Some(pivot) = middle(room) {
        // Those above the pivot come first, then those like it.
        let (mut above, mut below, mut next) = (0, room.len(), 0);
        while next < below {
            let Some(own) = room.get(next).copied() else { break };
            if own > pivot {
                room.swap_checked(above, next);
                above += 1;
                next += 1;
            } else if own < pivot {
                below -= 1;
                room.swap_checked(next, below);
            } else if own == pivot {
                next += 1;
            } else {
                // It cannot be compared: not a number.
                return Some(own + pivot);
            }
        }
        if left <= above {
            room = room.get_mut(..above).unwrap_or_default();
        } else if left <= below {
            return Some(pivot);
        } else {
            room = room.get_mut(below..).unwrap_or_default();
            left -= below;
        }
        if left == 0 {
            break;
        }
    }
    None
}

/// The middle one of the first, the last and the one between.
fn middle<R: Copy + PartialOrd>(v: &[R]) -> Option<R> {
    let (a, b, c) = (*v.first()?, *v.get(v.len() / 2)?, *v.last()?);
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    Some(if c < low {
        low
    } else if c > high {
        high
    } else {
        c
    })
}

trait SwapChecked {
    /// Swaps two entries; nothing where one is outside.
    fn swap_checked(&mut self, i: usize, j: usize);
}

impl<R> SwapChecked for [R] {
    #[inline]
    fn swap_checked(&mut self, i: usize, j: usize) {
        if i < self.len() && j < self.len() {
            self.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::largest;
    use std::vec::Vec;

    #[test]
    fn every_rank_is_that_of_sorting() {
        for len in 0..40_usize {
            let number = |i: usize| ((i * 7919 + len * 31) % 17) as f32;
            let mut sorted: Vec<f32> = (0..len).map(number).collect();
            sorted.sort_by(|a, b| b.total_cmp(a));
            for k in 0..=len + 1 {
                let mut room: Vec<f32> = (0..len).map(number).collect();
                let wanted = k.checked_sub(1).and_then(|k| sorted.get(k)).copied();
                assert_eq!(largest(&mut room, k), wanted, "{k} of {len}");
            }
        }
    }

    #[test]
    fn what_is_not_a_number_shows() {
        assert!(largest(&mut [1.0, f32::NAN, 3.0, 2.0, 0.0], 2).is_some_and(f32::is_nan));
        assert!(largest(&mut [f32::NAN], 1).is_some_and(f32::is_nan));
    }
}
