//! The factor of a dense matrix, four columns and two rows at a time: every number that is read serves
//! two products, and a core with registers for floats keeps the accumulators of four of them. One to three
//! rows that are left come one after the other.

use super::packed;
use crate::Real;
use crate::sum::dot;

/// The accumulators of the products of two rows with two.
type Tile<R> = [[[R; 4]; 2]; 2];

/// The same numbers as [`super::triangle::factor`] makes of the lower triangle of `a` (column by
/// column, `order` × `order`), to the bit. `None`, and nothing of use in `memory`, where one of them
/// would be refused or needs a second look: an entry of `a` that is not finite or too large to be
/// added to others, a pivot that is not well above the rounding of its row, an order below four.
#[inline(never)]
pub(super) fn factor<R: Real>(a: &[R], order: usize, memory: &mut [R]) -> Option<()> {
    let a = a.get(..order.checked_mul(order)?)?;
    if order < 4 {
        return None;
    }
    let tiled = order - order % 4;
    let upper = columns::<R, true>(a, order, memory, 0)?;
    let mut sum = upper;
    for quads in 1..order / 4 {
        sum += columns::<R, false>(a, order, memory, quads)?;
    }
    for row in tiled..order {
        sum += last(a, order, memory, row)?;
    }
    // Finite terms alone give a finite sum. Nothing else looks at the upper triangle; in the lower
    // one what is not finite makes a pivot that is not.
    sum.is_finite().then_some(())
}

/// Columns 4 `quads` to 4 `quads` + 3 of L behind those before them, `FIRST` where there are none. Returns the sum
/// of the entries in the upper triangle that lie in their rows.
#[inline(always)]
fn columns<R: Real, const FIRST: bool>(
    a: &[R],
    order: usize,
    memory: &mut [R],
    quads: usize,
) -> Option<R> {
    let n = 4 * quads;
    let least = least::<R>(order);
    let (above, mut below) = memory.split_at_mut_checked(packed(n + 4))?;
    let own = above.get_mut(packed(n)..)?;
    let (k0, own) = own.split_at_mut_checked(n)?;
    let ([i0], own) = own.split_first_chunk_mut()?;
    let (k1, own) = own.split_at_mut_checked(n)?;
    let ([l10, i1], own) = own.split_first_chunk_mut()?;
    let (k2, own) = own.split_at_mut_checked(n)?;
    let ([l20, l21, i2], own) = own.split_first_chunk_mut()?;
    let (k3, own) = own.split_at_mut_checked(n)?;
    let [l30, l31, l32, i3] = own.first_chunk_mut()?;
    let [k0, k1, k2, k3] = [k0, k1, k2, k3].map(|k| k.as_chunks::<4>().0);

    let (c0, behind) = a.get(n * order..(n + 4) * order)?.split_at_checked(order)?;
    let (c1, behind) = behind.split_at_checked(order)?;
    let (c2, c3) = behind.split_at_checked(order)?;
    let [c0, c1, c2, c3] = [c0, c1, c2, c3].map(|c| c.as_chunks::<2>().0);
    let corner = |c: &[[R; 2]]| Some([*c.get(2 * quads)?, *c.get(2 * quads + 1)?]);
    let [[a00, a10], [a20, a30]] = corner(c0)?;
    let [[a01, a11], [a21, a31]] = corner(c1)?;
    let [[a02, a12], [a22, a32]] = corner(c2)?;
    let [[a03, a13], [a23, a33]] = corner(c3)?;
    let mut upper = ((a01 + a02) + (a03 + a12)) + (a13 + a23);

    let [[p, q], [_, t]] = products::<R, FIRST>([k0, k1], [k0, k1])?;
    *i0 = inverse_root(a00 - total(p), least * a00)?;
    *l10 = (a10 - total(q)) * *i0;
    *i1 = inverse_root(a11 - with(t, [*l10 * *l10]), least * a11)?;

    let [[p, q], [s, t]] = products::<R, FIRST>([k2, k3], [k0, k1])?;
    *l20 = (a20 - total(p)) * *i0;
    *l30 = (a30 - total(s)) * *i0;
    *l21 = (a21 - with(q, [*l20 * *l10])) * *i1;
    *l31 = (a31 - with(t, [*l30 * *l10])) * *i1;

    let [[p, q], [_, t]] = products::<R, FIRST>([k2, k3], [k2, k3])?;
    *i2 = inverse_root(a22 - with(p, [*l20 * *l20, *l21 * *l21]), least * a22)?;
    *l32 = (a32 - with(q, [*l20 * *l30, *l21 * *l31])) * *i2;
    *i3 = inverse_root(a33 - with(t, [*l30 * *l30, *l31 * *l31, *l32 * *l32]), least * a33)?;

    let mut rows = a.get((n + 4) * order..)?;
    for pair in 2 * quads + 2..order / 4 * 2 {
        let (own0, behind) = below.split_at_mut_checked(2 * pair + 1)?;
        let (own1, behind) = behind.split_at_mut_checked(2 * pair + 2)?;
        below = behind;
        let (h0, own0) = own0.split_at_mut_checked(n)?;
        let (h1, own1) = own1.split_at_mut_checked(n)?;
        let known = [h0, h1].map(|h| h.as_chunks::<4>().0);
        let [[p, q], [s, t]] = products::<R, FIRST>(known, [k0, k1])?;
        let [[a0, b0], [a1, b1]] = [*c0.get(pair)?, *c1.get(pair)?];
        let (e0, f0) = ((a0 - total(p)) * *i0, (b0 - total(s)) * *i0);
        let e1 = (a1 - with(q, [e0 * *l10])) * *i1;
        let f1 = (b1 - with(t, [f0 * *l10])) * *i1;
        let [[p, q], [s, t]] = products::<R, FIRST>(known, [k2, k3])?;
        let [[a2, b2], [a3, b3]] = [*c2.get(pair)?, *c3.get(pair)?];
        let e2 = (a2 - with(p, [e0 * *l20, e1 * *l21])) * *i2;
        let f2 = (b2 - with(s, [f0 * *l20, f1 * *l21])) * *i2;
        let e3 = (a3 - with(q, [e0 * *l30, e1 * *l31, e2 * *l32])) * *i3;
        let f3 = (b3 - with(t, [f0 * *l30, f1 * *l31, f2 * *l32])) * *i3;
        *own0.first_chunk_mut()? = [e0, e1, e2, e3];
        *own1.first_chunk_mut()? = [f0, f1, f2, f3];
        let (u0, behind) = rows.split_at_checked(order)?;
        let (u1, behind) = behind.split_at_checked(order)?;
        rows = behind;
        let [u0, u1] = [u0, u1].map(|u| u.as_chunks::<4>().0.get(quads));
        upper += total(*u0?);
        upper += total(*u1?);
    }
    Some(upper)
}

/// Row `row` of L behind the rows before it, where all columns before have theirs. Returns the sum of the
/// entries of its column above the diagonal.
fn last<R: Real>(a: &[R], order: usize, memory: &mut [R], row: usize) -> Option<R> {
    let (above, own) = memory.split_at_mut_checked(packed(row))?;
    let own = own.get_mut(..=row)?;
    for (column, slot) in own.iter_mut().enumerate() {
        *slot = *a.get(column * order + row)?;
    }
    let (diagonal, own) = own.split_last_mut()?;
    let mut above = &*above;
    for column in 0..row {
        let (other, behind) = above.split_at_checked(column + 1)?;
        above = behind;
        let (inverse, other) = other.split_last()?;
        let before = dot(own, other);
        let slot = own.get_mut(column)?;
        *slot = (*slot - before) * *inverse;
    }
    *diagonal = inverse_root(*diagonal - dot(own, own), least::<R>(order) * *diagonal)?;
    let mut upper = R::ZERO;
    for entry in a.get(row * order..row * order + row)? {
        upper += *entry;
    }
    Some(upper)
}

/// What a diagonal entry less the squares of its row, one after the other, and less their sum may differ
/// by, relative to it: N + 1 and N/4 + 4 roundings of at most 1.05 ε. A pivot above that means that no
/// partial difference was below zero: none is larger than the one before.
fn least<R: Real>(order: usize) -> R {
    R::EPSILON * R::from_u32(2 * order as u32 + 8)
}

/// 1 / √`value` where it is above `least`; false for NaN. A diagonal entry that is infinite or negative
/// has no such value.
#[inline(always)]
fn inverse_root<R: Real>(value: R, least: R) -> Option<R> {
    (value > least).then(|| R::ONE / value.sqrt())
}

#[inline(always)]
fn total<R: Real>([a, b, c, d]: [R; 4]) -> R {
    (a + b) + (c + d)
}

/// The sum with `K` terms more.
#[inline(always)]
fn with<R: Real, const K: usize>(mut sums: [R; 4], terms: [R; K]) -> R {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += term;
    }
    total(sums)
}

#[inline(always)]
fn products<R: Real, const FIRST: bool>(
    [a, b]: [&[[R; 4]]; 2],
    [x, y]: [&[[R; 4]]; 2],
) -> Option<Tile<R>> {
    let mut sums = [[[-R::ZERO; 4]; 2]; 2];
    if FIRST {
        return Some(sums);
    }
    // The first ones without an addition: −0 would have to be loaded sixteen times.
    let ((a0, a), (b0, b)) = (a.split_first()?, b.split_first()?);
    let ((x0, x), (y0, y)) = (x.split_first()?, y.split_first()?);
    let [[p, q], [s, t]] = &mut sums;
    for k in 0..4 {
        (p[k], q[k]) = (a0[k] * x0[k], a0[k] * y0[k]);
        (s[k], t[k]) = (b0[k] * x0[k], b0[k] * y0[k]);
    }
    for ((a, b), (x, y)) in a.iter().zip(b).zip(x.iter().zip(y)) {
        for k in 0..4 {
            p[k] += a[k] * x[k];
            q[k] += a[k] * y[k];
            s[k] += b[k] * x[k];
            t[k] += b[k] * y[k];
        }
    }
    Some(sums)
}

#[cfg(test)]
mod tests {
    use super::super::triangle;
    use super::*;

    /// Row by row with the pivots of a Cholesky factorisation.
    fn row_by_row<R: Real>(a: &[R], order: usize, memory: &mut [R]) -> Result<(), (usize, R)> {
        for row in 0..order {
            for column in 0..=row {
                memory[packed(row) + column] = a[column * order + row];
            }
        }
        triangle::factor(memory, order, |row, value, _| {
            if value > R::ZERO && value.is_finite() { Ok(value) } else { Err((row, value)) }
        })
    }

    fn entry(i: usize, j: usize) -> f64 {
        ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin()
    }

    /// The Gram matrix of `rank` rows, and `shift` on its diagonal.
    fn gram<R: Real>(order: usize, rank: usize, shift: f64) -> [R; 28 * 28] {
        let mut a = [R::ZERO; 28 * 28];
        for (i, j) in (0..order).flat_map(|i| (0..order).map(move |j| (i, j))) {
            let sum: f64 = (0..rank).map(|k| entry(k, i) * entry(k, j)).sum();
            a[j * order + i] = R::from_f64(sum + if i == j { shift } else { 0.0 });
        }
        a
    }

    fn same_as_row_by_row<R: Real>() {
        let mut found = 0;
        for order in 1..=28 {
            for (rank, shift) in [(order + 4, 0.5), (order, 0.0), (order / 2, 0.0), (3, -1e-3)] {
                let a = gram::<R>(order, rank, shift);
                let a = &a[..order * order];
                let (mut tiles, mut rows) = ([R::ZERO; packed(28)], [R::ZERO; packed(28)]);
                let expected = row_by_row(a, order, &mut rows);
                if factor(a, order, &mut tiles[..packed(order)]).is_some() {
                    found += 1;
                    assert!(expected.is_ok() && tiles == rows, "order {order}, rank {rank}");
                } else {
                    let sound = order >= 4 && shift > 0.0;
                    assert!(!sound, "order {order}, rank {rank} was left to the other");
                }
            }
        }
        assert!(found >= 25, "{found}");
    }

    #[test]
    fn tiles_have_the_bits_of_row_by_row() {
        same_as_row_by_row::<f32>();
        same_as_row_by_row::<f64>();
    }

    #[test]
    fn what_needs_a_second_look_is_left() {
        for order in [4, 5, 8, 11] {
            let entries = order * order;
            let mut memory = [0.0_f32; packed(11)];
            let memory = &mut memory[..packed(order)];
            let sound = gram::<f32>(order, order + 4, 0.5);
            assert!(factor(&sound[..entries], order, memory).is_some());
            for place in 0..entries {
                for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    let mut a = sound;
                    a[place] = odd;
                    let found = factor(&a[..entries], order, memory);
                    assert!(found.is_none(), "{odd} at {place} of {order}");
                }
            }
            let mut a = sound;
            a[entries - 1] = -1.0;
            assert!(factor(&a[..entries], order, memory).is_none());
            let (few, short) = (&sound[..entries - 1], packed(order) - 1);
            assert!(factor(few, order, memory).is_none());
            assert!(factor(&sound[..entries], order, &mut memory[..short]).is_none());
        }
    }
}
