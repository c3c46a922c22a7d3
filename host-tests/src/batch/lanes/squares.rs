//! Squares and multiples of rows, added up for several problems in the order of one row after the other.

use solvekit::Scalar;
use solvekit::direct::packed;

/// K ← K + Σ v vᵀ over rows v that stand one behind the other, up to four at a time.
#[inline(always)]
pub(in super::super) fn add_squares<T: Scalar>(triangle: &mut [T], rows: &[T], order: usize) {
    let mut fours = rows.chunks_exact(4 * order);
    for four in &mut fours {
        add_rows::<T, 4>(triangle, of_rows(four, order));
    }
    let rest = fours.remainder();
    match rest.len() / order {
        3 => add_rows::<T, 3>(triangle, of_rows(rest, order)),
        2 => add_rows::<T, 2>(triangle, of_rows(rest, order)),
        1 => add_rows::<T, 1>(triangle, of_rows(rest, order)),
        _ => {}
    }
}

/// Two rows of the triangle at a time: they share what they read.
#[inline(always)]
fn add_rows<T: Scalar, const N: usize>(triangle: &mut [T], rows: [&[T]; N]) {
    let (order, mut j) = (rows[0].len(), 0);
    while j + 1 < order {
        let pair = &mut triangle[packed(j)..=packed(j + 1) + j + 1];
        let (upper, lower) = pair.split_at_mut(j + 1);
        let (lower, last) = lower.split_at_mut(j + 1);
        let (first, second) = (column(rows, j), column(rows, j + 1));
        let rows = beginnings(rows, j + 1);
        for k in 0..=j {
            let entries = column(rows, k);
            upper[k] = add_in_order(upper[k], first, entries);
            lower[k] = add_in_order(lower[k], second, entries);
        }
        last[0] = add_in_order(last[0], second, second);
        j += 2;
    }
    if j < order {
        let (own, last) = (&mut triangle[packed(j)..=packed(j) + j], column(rows, j));
        let rows = beginnings(rows, j + 1);
        for (k, own) in own.iter_mut().enumerate() {
            *own = add_in_order(*own, last, column(rows, k));
        }
    }
}

/// v ← v + Σ b r over rows r that stand one behind the other, up to four at a time.
#[inline(always)]
pub(in super::super) fn add_multiples<T: Scalar>(v: &mut [T], factors: &[T], rows: &[T]) {
    let n = v.len();
    let (four_factors, rest_factors) = factors.as_chunks::<4>();
    let mut fours = rows.chunks_exact(4 * n);
    for (factors, four) in four_factors.iter().zip(&mut fours) {
        add_some::<T, 4>(v, *factors, of_rows(four, n));
    }
    let rest = fours.remainder();
    match *rest_factors {
        [a, b, c] => add_some::<T, 3>(v, [a, b, c], of_rows(rest, n)),
        [a, b] => add_some::<T, 2>(v, [a, b], of_rows(rest, n)),
        [a] => add_some::<T, 1>(v, [a], of_rows(rest, n)),
        _ => {}
    }
}

#[inline(always)]
fn add_some<T: Scalar, const N: usize>(v: &mut [T], factors: [T; N], rows: [&[T]; N]) {
    let rows = beginnings(rows, v.len());
    for (k, v) in v.iter_mut().enumerate() {
        *v = add_in_order(*v, factors, column(rows, k));
    }
}

/// [`add_multiples`] of rows that are the same for all lanes, up to eight at a time.
#[inline(always)]
pub(in super::super) fn add_multiples_same<T: Scalar>(
    v: &mut [T],
    factors: &[T],
    rows: &[T::Real],
) {
    let n = v.len();
    let (eight_factors, rest_factors) = factors.as_chunks::<8>();
    let (four_factors, rest_factors) = rest_factors.as_chunks::<4>();
    let mut eights = rows.chunks_exact(8 * n);
    for (factors, eight) in eight_factors.iter().zip(&mut eights) {
        add_some_same::<T, 8>(v, *factors, of_rows(eight, n));
    }
    let mut fours = eights.remainder().chunks_exact(4 * n);
    for (factors, four) in four_factors.iter().zip(&mut fours) {
        add_some_same::<T, 4>(v, *factors, of_rows(four, n));
    }
    let rest = fours.remainder();
    match *rest_factors {
        [a, b, c] => add_some_same::<T, 3>(v, [a, b, c], of_rows(rest, n)),
        [a, b] => add_some_same::<T, 2>(v, [a, b], of_rows(rest, n)),
        [a] => add_some_same::<T, 1>(v, [a], of_rows(rest, n)),
        _ => {}
    }
}

#[inline(always)]
fn add_some_same<T: Scalar, const N: usize>(v: &mut [T], factors: [T; N], rows: [&[T::Real]; N]) {
    let rows = beginnings(rows, v.len());
    for (k, v) in v.iter_mut().enumerate() {
        let mut sum = *v;
        let mut row = 0;
        while row < N {
            sum += factors[row] * T::splat(rows[row][k]);
            row += 1;
        }
        *v = sum;
    }
}

/// x + Σ aₖ bₖ, from the left.
#[inline(always)]
fn add_in_order<T: Scalar, const N: usize>(mut x: T, a: [T; N], b: [T; N]) -> T {
    let mut k = 0;
    while k < N {
        x += a[k] * b[k];
        k += 1;
    }
    x
}

/// Rows that stand one behind the other.
#[inline(always)]
fn of_rows<T, const N: usize>(rows: &[T], n: usize) -> [&[T]; N] {
    let mut found: [&[T]; N] = [&[]; N];
    let mut k = 0;
    while k < N {
        found[k] = &rows[k * n..(k + 1) * n];
        k += 1;
    }
    found
}

#[inline(always)]
fn beginnings<T, const N: usize>(mut rows: [&[T]; N], length: usize) -> [&[T]; N] {
    let mut k = 0;
    while k < N {
        rows[k] = &rows[k][..length];
        k += 1;
    }
    rows
}

#[inline(always)]
fn column<T: Scalar, const N: usize>(rows: [&[T]; N], j: usize) -> [T; N] {
    let mut found = [T::ZERO; N];
    let mut k = 0;
    while k < N {
        found[k] = rows[k][j];
        k += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{add_multiples, add_multiples_same, add_squares};
    use solvekit::direct::packed;

    #[test]
    fn they_have_the_bits_of_one_problem_alone() {
        for (order, count) in (1..=9).flat_map(|order| (0..=17).map(move |count| (order, count))) {
            let rows: Vec<f64> = (0..count * order).map(|k| (k as f64 * 1.3 + 0.2).sin()).collect();
            let factors: Vec<f64> = (0..count).map(|k| (k as f64 * 0.7 - 0.4).cos()).collect();
            let (mut found, mut known) = (vec![0.1; packed(order)], vec![0.1; packed(order)]);
            let (mut side, mut same, mut known_side) =
                (vec![0.3; order], vec![0.3; order], vec![0.3; order]);
            add_squares(&mut found, &rows, order);
            add_multiples(&mut side, &factors, &rows);
            add_multiples_same(&mut same, &factors, &rows);
            for (row, b) in rows.chunks_exact(order).zip(&factors) {
                solvekit::squares::add_square(&mut known, row);
                known_side.iter_mut().zip(row).for_each(|(side, v)| *side += *b * *v);
            }
            assert_eq!(found, known, "order {order}, {count} rows");
            assert_eq!((&side, &same), (&known_side, &known_side), "order {order}, {count} rows");
        }
    }
}
