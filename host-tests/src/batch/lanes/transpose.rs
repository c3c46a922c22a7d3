//! From numbers problem by problem to numbers lane by lane, and back.

use super::Side;

/// Puts `problems`, of `to.len()` numbers each and at most as many as there are lanes, side by side:
/// number k of problem l becomes lane l of `to[k]`. Lanes that get no problem stay as they are.
#[inline(always)]
pub fn gather<T: Side>(problems: &[T::Real], to: &mut [T]) {
    let size = to.len().max(1);
    let mut fours = problems.chunks_exact(4 * size);
    let mut lane = 0;
    // Four numbers of four problems at a time: a little transpose, which fits into registers.
    for four in &mut fours {
        let (ab, cd) = four.split_at(2 * size);
        let ((a, b), (c, d)) = (ab.split_at(size), cd.split_at(size));
        let mut k = 0;
        while k < size {
            to[k].lanes_mut()[lane..lane + 4].copy_from_slice(&[a[k], b[k], c[k], d[k]]);
            k += 1;
        }
        lane += 4;
    }
    for one in fours.remainder().chunks_exact(size) {
        for (to, number) in to.iter_mut().zip(one) {
            to.lanes_mut()[lane] = *number;
        }
        lane += 1;
    }
}

/// The numbers of one lane.
#[inline(always)]
pub fn scatter<T: Side>(from: &[T], lane: usize, problem: &mut [T::Real]) {
    for (from, number) in from.iter().zip(problem) {
        *number = from.lanes()[lane];
    }
}
