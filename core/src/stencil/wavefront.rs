//! Two columns at a time, the second one row behind: the natural order along a slanted front.

use super::FivePoint;
use crate::Scalar;
use crate::operator::Update;

impl<T: Scalar, const R: usize, const C: usize> FivePoint<T, R, C> {
    /// Relaxes columns `j` and `j + 1` together, the second one row behind the first, so that
    /// each point meets the neighbours it meets in [`relax_column`](Self::relax_column), and two
    /// chains from one relaxed point to the next run side by side. A last column runs alone.
    #[inline(always)]
    pub(super) fn relax_pair(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        zero: &[T; R],
        [p, q]: [&[[T; R]; C]; 2],
        update: &impl Update<T>,
    ) {
        let (before, rest) = x.split_at_mut(j.min(C));
        let (Some([p, p_next]), Some([q, q_next])) =
            (p.get(j..).and_then(<[_]>::first_chunk), q.get(j..).and_then(<[_]>::first_chunk))
        else {
            let (Some(p), Some(q)) = (p.get(j), q.get(j)) else { return };
            return self
                .relax_column(x, j, zero, |i, dot, old| update.relaxed(dot, old, [p[i], q[i]]));
        };
        let [first, second, after @ ..] = rest else { return };
        let left = before.last().unwrap_or(zero);
        let right = after.first().unwrap_or(zero);
        let (mut above, mut above_second) = (T::ZERO, T::ZERO);
        let mut here = first.first().copied().unwrap_or(T::ZERO);
        let mut here_second = T::ZERO;
        for i in 0..R {
            let below = if i + 1 < R { first[i + 1] } else { T::ZERO };
            let next = second[i];
            let value = self.combine(here, left[i], next, below, above);
            let new = update.relaxed(value, here, [p[i], q[i]]);
            first[i] = new;
            if i > 0 {
                let value = self.combine(here_second, above, right[i - 1], next, above_second);
                above_second = update.relaxed(value, here_second, [p_next[i - 1], q_next[i - 1]]);
                second[i - 1] = above_second;
            }
            (above, here, here_second) = (new, below, next);
        }
        if let (Some(last), Some(right), Some(p), Some(q)) =
            (second.last_mut(), right.last(), p_next.last(), q_next.last())
        {
            let value = self.combine(here_second, above, *right, T::ZERO, above_second);
            *last = update.relaxed(value, here_second, [*p, *q]);
        }
    }
}
