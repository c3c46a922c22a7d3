//! The K largest of the entries of each lane.

use crate::batch::lanes::Side;

/// Sorts the sizes of entries into `list`, the largest first, those that are not above `least` as
/// zeros: what it ends with in place K − 1 is the K-th largest of a lane, zero where there are fewer. Of
/// a lane with NaN nothing is known.
///
/// Cost: two operations for each place of the list and each entry, whatever the numbers are.
#[inline(always)]
pub(super) fn sort_into<T: Side>(list: &mut [T], entries: &[T], least: T) {
    list.fill(T::ZERO);
    for entry in entries {
        let size = entry.abs();
        let mut left = least.if_less(size, size, T::ZERO);
        for place in list.iter_mut() {
            let own = *place;
            *place = left.most(own);
            left = left.least(own);
        }
    }
}

/// v ← H_K(v), K being the length of `list`. Of equal entries the first are kept; NaN is kept, so that it
/// shows.
#[inline(always)]
pub(super) fn keep_largest<T: Side>(v: &mut [T], list: &mut [T]) {
    sort_into(list, v, T::ZERO);
    let level = list.last().copied().unwrap_or(T::ZERO);
    // Of those like the K-th there may be more than are to be kept.
    let mut left = T::splat(count(list.len()));
    for v in v.iter() {
        left -= level.if_less(v.abs(), T::ONE, T::ZERO);
    }
    for v in v.iter_mut() {
        let size = v.abs();
        let tie = T::ZERO.if_less(left, *v, T::ZERO);
        let not_below = level.if_less(size, *v, tie);
        let kept = size.if_less(level, T::ZERO, not_below);
        let is_tie = level.if_less(size, T::ZERO, size.if_less(level, T::ZERO, T::ONE));
        left -= is_tie;
        // Zero times NaN is NaN, and times what is infinite too.
        *v = kept.plus_product(*v, T::ZERO);
    }
}

/// A count as a number.
pub(super) fn count<R: solvekit::Real>(n: usize) -> R {
    R::from_u32(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::keep_largest;
    use crate::vector::Vector;
    use solvekit::Lanes;
    use solvekit::recovery::Largest;

    /// With many equal entries, and zeros.
    #[test]
    fn they_are_those_of_the_solvers() {
        for k in 1..=9 {
            let entry =
                |lane: usize, i: usize| (((i * 7919 + lane * 31) % (3 + lane)) as f32 - 2.0) * 0.5;
            let mut all: Vec<Lanes<8>> =
                (0..9).map(|i| Lanes(std::array::from_fn(|lane| entry(lane, i)))).collect();
            keep_largest(&mut all, &mut vec![Lanes([0.0; 8]); k]);
            for lane in 0..8 {
                let mut own: Vec<f32> = (0..9).map(|i| entry(lane, i)).collect();
                Largest::new(vec![0; k], Vector::filled(k, 0.0)).keep(&mut own);
                let found: Vec<f32> = all.iter().map(|v| v.0[lane]).collect();
                assert_eq!(found, own, "{k} of lane {lane}");
            }
        }
    }
}
