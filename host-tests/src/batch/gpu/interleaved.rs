//! Problems side by side: in groups, and in a group the numbers of one place beside each other, so that
//! neighbouring invocations read neighbouring numbers.

/// `count` problems of `size` numbers each in groups of `lanes`; the last group is filled up with zeros.
pub(super) fn interleave(
    count: usize,
    size: usize,
    lanes: usize,
    mut problem: impl FnMut(usize, &mut dyn FnMut(usize, f32)),
) -> Vec<f32> {
    let mut numbers = vec![0.0; count.div_ceil(lanes) * lanes * size];
    for k in 0..count {
        let first = (k / lanes) * lanes * size + k % lanes;
        problem(k, &mut |place, number| numbers[first + place * lanes] = number);
    }
    numbers
}

/// The numbers of one problem out of [`interleave`]'s order.
pub(super) fn gather(numbers: &[f32], problem: usize, lanes: usize, into: &mut [f32]) {
    let first = (problem / lanes) * lanes * into.len() + problem % lanes;
    for (into, number) in into.iter_mut().zip(numbers[first..].iter().step_by(lanes)) {
        *into = *number;
    }
}
