//! A sweep over a dense matrix, two rows at a time.

use crate::operator::Update;
use crate::{Real, RowOperator, SMatrix, SVector, Scalar};

/// xᵢ ← `update` for every row in order, to the bit as [`RowOperator::relax`].
#[inline(always)]
pub(super) fn relax_beside<T: Scalar, const M: usize, const N: usize>(
    a: &SMatrix<T, M, N>,
    x: &mut SVector<T, N>,
    beside: [&SVector<T, M>; 2],
    update: &impl Update<T>,
) {
    let [(p, p_rest), (q, q_rest)] = beside.map(|v| v.data.0[0].as_chunks::<2>());
    for (pair, (p, q)) in p.iter().zip(q).enumerate() {
        relax_two(a, x, 2 * pair, [p, q], update);
    }
    if M % 2 == 1 {
        relax_each(a, x, M - 1, [p_rest, q_rest], update);
    }
}

/// Two rows, and one look at whether they are finite: the second sees the first, times an entry that
/// may be zero, and what is not finite times zero is not finite either.
#[inline(always)]
fn relax_two<T: Scalar, const M: usize, const N: usize>(
    a: &SMatrix<T, M, N>,
    x: &mut SVector<T, N>,
    first: usize,
    [p, q]: [&[T; 2]; 2],
    update: &impl Update<T>,
) {
    let mut olds = None;
    let mut sound = false;
    if first + 2 <= N {
        let mut seen = [T::ZERO; 2];
        for k in 0..2 {
            let dot = a.row_dot(first + k, x);
            let Some(slot) = x.data.0[0].get_mut(first + k) else { break };
            seen[k] = *slot;
            let Some(new) = update.unchecked(dot, seen[k], [p[k], q[k]]) else { break };
            *slot = new;
            sound = new.all(Real::is_finite);
            olds = Some(seen);
        }
    }
    if !sound {
        if let (Some(old), Some(x)) = (olds, x.data.0[0].get_mut(first..first + 2)) {
            x.copy_from_slice(&old);
        }
        relax_each(a, x, first, [p, q], update);
    }
}

/// Rows one by one from `first` on. Out of line: two rows at once hardly ever need it.
#[cold]
#[inline(never)]
fn relax_each<T: Scalar, const M: usize, const N: usize>(
    a: &SMatrix<T, M, N>,
    x: &mut SVector<T, N>,
    first: usize,
    [p, q]: [&[T]; 2],
    update: &impl Update<T>,
) {
    for (row, (p, q)) in (first..).zip(p.iter().zip(q)) {
        let dot = a.row_dot(row, x);
        if let Some(slot) = x.data.0[0].get_mut(row) {
            *slot = update.relaxed(dot, *slot, [*p, *q]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lanes;
    use crate::operator::looked_up;

    /// x ← x + d (b − Σ a x), where that is finite.
    struct Step;
    impl<T: Scalar> Update<T> for Step {
        fn relaxed(&self, dot: T, old: T, [b, d]: [T; 2]) -> T {
            (old + d * (b - dot)).finite_or(old)
        }
        fn unchecked(&self, dot: T, old: T, [b, d]: [T; 2]) -> Option<T> {
            Some(old + d * (b - dot))
        }
    }

    /// An update that is not asked twice.
    struct Plain;
    impl<T: Scalar> Update<T> for Plain {
        fn relaxed(&self, dot: T, old: T, [b, d]: [T; 2]) -> T {
            old + d * (b - dot)
        }
    }

    fn beside_is_relax<const M: usize, const N: usize>() {
        let entry = |i: usize, j: usize| match (i * 5 + j * 3) % 7 {
            0 => 0.0,
            k => k as f32 * 0.3 - 1.0,
        };
        let a = SMatrix::<_, M, N>::from_fn(|i, j| Lanes([entry(i, j), 0.5 * entry(i, j)]));
        let b = SVector::<_, M>::from_fn(|i, _| Lanes([i as f32 - 1.5, 0.7]));
        let d = SVector::<_, M>::from_fn(|i, _| Lanes([0.2, 0.1 + i as f32]));
        let start = SVector::<_, N>::from_fn(|j, _| Lanes([0.9 * j as f32 - 1.0, 0.1]));
        let check = |d: &SVector<_, M>, start: SVector<Lanes<2>, N>| {
            let (mut beside, mut plain) = (start, start);
            a.relax_beside(&mut beside, [&b, d], &Step);
            a.relax(&mut plain, looked_up([&b, d], &Step));
            let bits = |x: SVector<Lanes<2>, N>| x.map(|x| x.0.map(f32::to_bits));
            assert_eq!(bits(beside), bits(plain), "{M} x {N}");
            let (mut beside, mut plain) = (start, start);
            a.relax_beside(&mut beside, [&b, d], &Plain);
            a.relax(&mut plain, looked_up([&b, d], &Plain));
            assert_eq!(bits(beside), bits(plain), "{M} x {N}, plain");
        };
        check(&d, start);
        for odd in [f32::NAN, f32::INFINITY, 2e38] {
            // One row overflows, or one unknown is not finite before, in one of the lanes.
            for row in 0..M {
                let mut d = d;
                d[row].0[row % 2] = odd;
                check(&d, start);
            }
            for column in 0..N {
                let mut start = start;
                start[column].0[column % 2] = odd;
                check(&d, start);
            }
        }
    }

    #[test]
    fn two_rows_at_once_have_the_bits_of_one_after_the_other() {
        beside_is_relax::<1, 1>();
        beside_is_relax::<4, 4>();
        beside_is_relax::<7, 7>();
        beside_is_relax::<6, 3>();
        beside_is_relax::<3, 6>();
    }
}
