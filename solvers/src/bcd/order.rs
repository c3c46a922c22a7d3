//! Sorting coordinates in place.

use crate::Real;

/// Sorts by `before`, a strict order: heapsort, at most 2 N log₂ N calls. The sorts of `core` would
/// do, but for their panic where an order contradicts itself.
///
/// Source: Williams 1964; Floyd 1964.
pub(crate) fn sort_by(items: &mut [usize], before: impl Fn(usize, usize) -> bool) {
    for top in (0..items.len() / 2).rev() {
        sift(items, top, &before);
    }
    let mut rest = items;
    while let Some((last, front)) = rest.split_last_mut() {
        if let Some(first) = front.first_mut() {
            core::mem::swap(first, last);
        }
        sift(front, 0, &before);
        rest = front;
    }
}

/// Moves the item at `top` down until no child comes after it.
fn sift(heap: &mut [usize], mut top: usize, before: &impl Fn(usize, usize) -> bool) {
    let Some(moving) = heap.get(top).copied() else { return };
    loop {
        let mut child = 2 * top + 1;
        let Some(mut last) = heap.get(child).copied() else { break };
        if let Some(right) = heap.get(child + 1).copied().filter(|right| before(last, *right)) {
            (child, last) = (child + 1, right);
        }
        if !before(moving, last) {
            break;
        }
        if let Some(slot) = heap.get_mut(top) {
            *slot = last;
        }
        top = child;
    }
    if let Some(slot) = heap.get_mut(top) {
        *slot = moving;
    }
}

/// Does coordinate i with score a come before coordinate j with score b, where scores descend? Equal
/// scores by index; NaN before every number, so that it is chosen and shows.
pub(crate) fn descending<R: Real>((i, a): (usize, R), (j, b): (usize, R)) -> bool {
    match a.partial_cmp(&b) {
        Some(order) => order.reverse().then(i.cmp(&j)).is_lt(),
        // One of them is NaN: a, unless it is a number.
        None => a.partial_cmp(&a).is_none() && (b.partial_cmp(&b).is_some() || i < j),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permutation_of_seven_is_sorted() {
        let mut counters = [0; 7];
        let mut items = [0, 1, 2, 3, 4, 5, 6];
        let mut at = 0;
        // Heap's algorithm.
        while at < 7 {
            if counters[at] < at {
                items.swap(if at % 2 == 0 { 0 } else { counters[at] }, at);
                let mut sorted = items;
                sort_by(&mut sorted, |i, j| i < j);
                assert_eq!(sorted, [0, 1, 2, 3, 4, 5, 6], "{items:?}");
                counters[at] += 1;
                at = 0;
            } else {
                counters[at] = 0;
                at += 1;
            }
        }
    }

    #[test]
    fn nan_comes_first_and_equal_scores_by_index() {
        let scores = [1.0, f64::NAN, 3.0, 1.0, f64::NAN, f64::INFINITY, 3.0];
        let mut order = [6, 5, 4, 3, 2, 1, 0];
        sort_by(&mut order, |i, j| descending((i, scores[i]), (j, scores[j])));
        assert_eq!(order, [1, 4, 5, 2, 6, 0, 3]);
    }
}
