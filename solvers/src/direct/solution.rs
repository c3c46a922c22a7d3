//! Solving with the first rows of a packed factor, four at a time: with their number known when compiling,
//! x stays in registers.

use super::packed;
use crate::Real;

/// Four rows of L behind 4 `K` others: what stands before their triangle, and that.
struct Four<'a, R> {
    before: [&'a [R]; 4],
    own: (&'a [R; 1], &'a [R; 2], &'a [R; 3], &'a [R; 4]),
}

#[inline(always)]
fn four<R, const K: usize>(memory: &[R]) -> Option<Four<'_, R>> {
    let rest = memory.get(packed(4 * K)..packed(4 * K + 4))?;
    let (a, rest) = rest.split_at_checked(4 * K)?;
    let (own_a, rest) = rest.split_first_chunk()?;
    let (b, rest) = rest.split_at_checked(4 * K)?;
    let (own_b, rest) = rest.split_first_chunk()?;
    let (c, rest) = rest.split_at_checked(4 * K)?;
    let (own_c, rest) = rest.split_first_chunk()?;
    let (d, own_d) = rest.split_last_chunk()?;
    Some(Four { before: [a, b, c, d], own: (own_a, own_b, own_c, own_d) })
}

/// The part of x ← L⁻¹ x that belongs to rows 4 `K` to 4 `K` + 3. `None`, and nothing done, where x or the
/// memory ends before them.
#[inline(always)]
pub(super) fn forward_four<R: Real, const K: usize>(memory: &[R], x: &mut [R]) -> Option<()> {
    let (known, own) = x.split_at_mut_checked(4 * K)?;
    let own = own.first_chunk_mut::<4>()?;
    let Four { before: [a, b, c, d], own: ([i0], [l10, i1], [l20, l21, i2], [l30, l31, l32, i3]) } =
        four::<R, K>(memory)?;
    let [mut x0, mut x1, mut x2, mut x3] = *own;
    let [p, mut q] = two([a, b], known);
    x0 = (x0 - total(p)) * *i0;
    q[0] += *l10 * x0;
    x1 = (x1 - total(q)) * *i1;
    let [mut r, mut s] = two([c, d], known);
    r[0] += *l20 * x0;
    r[1] += *l21 * x1;
    x2 = (x2 - total(r)) * *i2;
    s[0] += *l30 * x0;
    s[1] += *l31 * x1;
    s[2] += *l32 * x2;
    x3 = (x3 - total(s)) * *i3;
    *own = [x0, x1, x2, x3];
    Some(())
}

#[inline(always)]
fn total<R: Real>([a, b, c, d]: [R; 4]) -> R {
    (a + b) + (c + d)
}

/// The accumulators of two products with x; the lengths are equal, multiples of four.
#[inline(always)]
fn two<R: Real>([a, b]: [&[R]; 2], x: &[R]) -> [[R; 4]; 2] {
    let [mut p, mut q] = [[-R::ZERO; 4]; 2];
    let [a, b, x] = [a, b, x].map(|s| s.as_chunks::<4>().0);
    for (x, (a, b)) in x.iter().zip(a.iter().zip(b)) {
        for k in 0..4 {
            p[k] += a[k] * x[k];
            q[k] += b[k] * x[k];
        }
    }
    [p, q]
}

/// The part of x ← L⁻ᵀ x that belongs to rows 4 `K` to 4 `K` + 3, as [`forward_four`].
#[inline(always)]
pub(super) fn backward_four<R: Real, const K: usize>(memory: &[R], x: &mut [R]) -> Option<()> {
    let (before, own) = x.split_at_mut_checked(4 * K)?;
    let own = own.first_chunk_mut::<4>()?;
    let Four { before: [a, b, c, d], own: ([i0], [l10, i1], [l20, l21, i2], [l30, l31, l32, i3]) } =
        four::<R, K>(memory)?;
    let [mut x0, mut x1, mut x2, mut x3] = *own;
    x3 *= *i3;
    x2 = (x2 - x3 * *l32) * *i2;
    x1 = (x1 - x3 * *l31 - x2 * *l21) * *i1;
    x0 = (x0 - x3 * *l30 - x2 * *l20 - x1 * *l10) * *i0;
    *own = [x0, x1, x2, x3];
    for ((x, (a, b)), (c, d)) in before.iter_mut().zip(a.iter().zip(b)).zip(c.iter().zip(d)) {
        *x = *x - x3 * *d - x2 * *c - x1 * *b - x0 * *a;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::{backward_in_place, forward_from};
    use super::*;
    use crate::sum::dot;

    #[test]
    fn four_rows_at_once_have_the_bits_of_one_after_the_other() {
        let mut l = [0.0_f32; packed(21)];
        for (k, l) in l.iter_mut().enumerate() {
            *l = ((k * k) as f32 * 0.37).sin();
        }
        // Signs of zero, and what is not finite, pass in the same way.
        for odd in [0.3, -0.0, f32::INFINITY, f32::NAN] {
            for (order, known) in (0..=21).flat_map(|order| (0..=order).map(move |k| (order, k))) {
                let mut x: [f32; 21] = core::array::from_fn(|k| (k as f32 * 1.7).cos());
                x[order / 2] = odd;
                let (mut forward, mut backward) = (x, x);
                forward_from(&l, &mut forward[..order], known);
                let mut expected = x;
                for i in known..order {
                    let row = &l[packed(i)..packed(i) + i];
                    expected[i] = (x[i] - dot(row, &expected[..i])) * l[packed(i) + i];
                }
                assert_eq!(forward.map(f32::to_bits), expected.map(f32::to_bits), "{order}");
                backward_in_place(&l, &mut backward[..order]);
                let mut expected = x;
                for i in (0..order).rev() {
                    expected[i] *= l[packed(i) + i];
                    for k in 0..i {
                        expected[k] -= expected[i] * l[packed(i) + k];
                    }
                }
                assert_eq!(backward.map(f32::to_bits), expected.map(f32::to_bits), "{order}");
            }
        }
    }

    #[test]
    fn a_factor_that_is_too_short_ends_it() {
        let (l, mut x) = ([1.0_f32; packed(6)], [1.0; 9]);
        forward_from(&l, &mut x, 0);
        // Each is 1 less those before it: 1, 0, 0, …; the rows that are missing stay.
        assert_eq!(x, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        backward_in_place(&l, &mut x);
        assert_eq!(x, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    }
}
