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

/// The numbers of the first lanes, as many as there are problems of `from.len()` numbers each in
/// `problems`: the other way round.
#[inline(never)]
pub fn scatter_all<T: Side>(from: &[T], problems: &mut [T::Real]) {
    let size = from.len().max(1);
    let mut fours = problems.chunks_exact_mut(4 * size);
    let mut lane = 0;
    for four in &mut fours {
        let (ab, cd) = four.split_at_mut(2 * size);
        let ((a, b), (c, d)) = (ab.split_at_mut(size), cd.split_at_mut(size));
        scatter_four(from, lane, [a, b, c, d]);
        lane += 4;
    }
    for one in fours.into_remainder().chunks_exact_mut(size) {
        for (from, number) in from.iter().zip(one) {
            *number = from.lanes()[lane];
        }
        lane += 1;
    }
}

/// Four numbers of four problems at a time.
#[inline(always)]
fn scatter_four<T: Side>(from: &[T], lane: usize, problems: [&mut [T::Real]; 4]) {
    let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] =
        problems.map(<[_]>::as_chunks_mut::<4>);
    let (fours, rest) = from.as_chunks::<4>();
    for ((from, a), ((b, c), d)) in fours.iter().zip(a).zip(b.iter_mut().zip(c).zip(d)) {
        let rows: [&[T::Real]; 4] = [0, 1, 2, 3].map(|k| &from[k].lanes()[lane..lane + 4]);
        for k in 0..4 {
            (a[k], b[k], c[k], d[k]) = (rows[k][0], rows[k][1], rows[k][2], rows[k][3]);
        }
    }
    let rest = rest.iter().zip(a_rest).zip(b_rest.iter_mut().zip(c_rest).zip(d_rest));
    for ((from, a), ((b, c), d)) in rest {
        let row = &from.lanes()[lane..lane + 4];
        (*a, *b, *c, *d) = (row[0], row[1], row[2], row[3]);
    }
}

#[cfg(test)]
mod tests {
    use super::{gather, scatter, scatter_all};
    use crate::batch::lanes::Side;
    use solvekit::{Lanes, Scalar};

    #[test]
    fn there_and_back_every_number_is_where_it_was() {
        for (count, size) in [(8, 9), (7, 4), (5, 3), (4, 1), (1, 6), (0, 2)] {
            let problems: Vec<f64> = (0..count * size).map(|k| k as f64 + 1.0).collect();
            let mut side = vec![Lanes::<8, f64>::ZERO; size];
            gather(&problems, &mut side);
            for (k, numbers) in side.iter().enumerate() {
                for (lane, number) in numbers.lanes().iter().enumerate() {
                    let meant = if lane < count { problems[lane * size + k] } else { 0.0 };
                    assert_eq!(*number, meant, "{count} of {size}: number {k} of {lane}");
                }
            }
            let mut back = vec![0.0; count * size];
            scatter_all(&side, &mut back);
            assert_eq!(back, problems, "{count} of {size}");
            let mut one = vec![0.0; size];
            for (lane, problem) in problems.chunks(size).enumerate() {
                scatter(&side, lane, &mut one);
                assert_eq!(one, problem, "{count} of {size}");
            }
        }
    }
}
