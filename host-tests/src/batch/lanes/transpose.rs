//! From numbers problem by problem to numbers lane by lane, and back.

use super::Side;

/// Puts `problems`, of `to.len()` numbers each and at most as many as there are lanes, side by side:
/// number k of problem l becomes lane l of `to[k]`. Lanes that get no problem stay as they are.
// Not inlined: compiled for wide registers it becomes single stores to sixteen places at a time, which
// take longer than sixteen stores.
#[inline(never)]
pub fn gather<T: Side>(problems: &[T::Real], to: &mut [T]) {
    let size = to.len().max(1);
    let mut fours = problems.chunks_exact(4 * size);
    let mut lane = 0;
    for four in &mut fours {
        let (ab, cd) = four.split_at(2 * size);
        let ((a, b), (c, d)) = (ab.split_at(size), cd.split_at(size));
        gather_four([a, b, c, d], to, lane);
        lane += 4;
    }
    for one in fours.remainder().chunks_exact(size) {
        for (to, number) in to.iter_mut().zip(one) {
            to.lanes_mut()[lane] = *number;
        }
        lane += 1;
    }
}

/// Four numbers of four problems at a time: a transpose within registers.
#[inline(always)]
fn gather_four<T: Side>(problems: [&[T::Real]; 4], to: &mut [T], lane: usize) {
    let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] = problems.map(<[_]>::as_chunks::<4>);
    let (fours, rest) = to.as_chunks_mut::<4>();
    for ((to, a), ((b, c), d)) in fours.iter_mut().zip(a).zip(b.iter().zip(c).zip(d)) {
        for k in 0..4 {
            let four = [a[k], b[k], c[k], d[k]];
            if let Some(place) = to[k].lanes_mut().get_mut(lane..lane + 4) {
                place.copy_from_slice(&four);
            }
        }
    }
    for ((to, a), ((b, c), d)) in
        rest.iter_mut().zip(a_rest).zip(b_rest.iter().zip(c_rest).zip(d_rest))
    {
        to.lanes_mut()[lane..lane + 4].copy_from_slice(&[*a, *b, *c, *d]);
    }
}

/// The numbers of one lane.
#[inline(never)]
pub fn scatter<T: Side>(from: &[T], lane: usize, problem: &mut [T::Real]) {
    for (from, number) in from.iter().zip(problem) {
        *number = from.lanes()[lane];
    }
}
