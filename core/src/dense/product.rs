//! [`multiply`]: the product of two dense matrices.

use crate::scalar::FLOAT_UNIT;
use crate::sum::sum_of;
use crate::{SMatrix, Scalar};
use core::hint::black_box;

/// C ← A B, every entry in the fixed summation order: cᵢⱼ has the bits of
/// [`dot`](crate::sum::dot) of row i of A and column j of B.
///
/// Nothing is moved by value. Cost: M·K·N multiplications and additions. Where K is a multiple of eight, four rows
/// of A and two columns of B at a time, so that six numbers that are read serve eight products.
///
/// ```
/// use solvekit_core::{SMatrix, dense::multiply};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
/// let mut squares = SMatrix::<f32, 2, 2>::zeros();
/// multiply(&a, &a.transpose(), &mut squares);
/// assert_eq!(squares, SMatrix::<f32, 2, 2>::new(14.0, 32.0, 32.0, 77.0)); // by hand
/// ```
pub fn multiply<T: Scalar, const M: usize, const K: usize, const N: usize>(
    a: &SMatrix<T, M, K>,
    b: &SMatrix<T, K, N>,
    c: &mut SMatrix<T, M, N>,
) {
    let (a, b, c) = (&a.data.0, &b.data.0, &mut c.data.0);
    let (mut rows, mut columns) = (0, 0);
    if FLOAT_UNIT && K.is_multiple_of(8) && K > 0 {
        (rows, columns) = (M / 4 * 4, N / 2 * 2);
        // With their number known, all columns would be laid out in one piece of code, which the
        // compiler orders as it likes; the registers do not suffice for that order.
        let a = black_box(a.as_chunks::<8>().0);
        for (b, c) in b.as_chunks::<2>().0.iter().zip(c.as_chunks_mut::<2>().0) {
            let b = b.each_ref().map(|b| b.as_chunks::<8>().0);
            let [c0, c1] = c.each_mut().map(|c| c.as_chunks_mut::<4>().0);
            for (block, c) in c0.iter_mut().zip(c1).enumerate() {
                tile(a, 4 * block, b, c);
            }
        }
    }
    for (j, (b, c)) in b.iter().zip(c).enumerate() {
        let first = if j < columns { rows } else { 0 };
        for (i, c) in (first..M).zip(c.iter_mut().skip(first)) {
            *c = sum_of(K, |k| a[k][i] * b[k]);
        }
    }
}

/// Eight numbers of C: four rows of two columns.
type Tile<T> = [[T; 4]; 2];

/// Rows `row` to `row` + 3 of A times two columns of B.
#[inline(always)]
fn tile<T: Scalar, const M: usize>(
    a: &[[[T; M]; 8]],
    row: usize,
    b: [&[[T; 8]]; 2],
    (c0, c1): (&mut [T; 4], &mut [T; 4]),
) {
    let (p, q) = (accumulator::<0, T, M>(a, row, b), accumulator::<1, T, M>(a, row, b));
    let (Some(p), Some(q)) = (p, q) else { return };
    [*c0, *c1] = plus(p, q);
    let (p, q) = (accumulator::<2, T, M>(a, row, b), accumulator::<3, T, M>(a, row, b));
    let (Some(p), Some(q)) = (p, q) else { return };
    [*c0, *c1] = plus([*c0, *c1], plus(p, q));
}

/// Accumulator `P` of eight sums: four rows times two columns. One after the other they stay in registers.
#[inline(always)]
fn accumulator<const P: usize, T: Scalar, const M: usize>(
    a: &[[[T; M]; 8]],
    row: usize,
    [x, y]: [&[[T; 8]]; 2],
) -> Option<Tile<T>> {
    let ((a, a_rest), (x, x_rest)) = (a.split_first()?, x.split_first()?);
    let (y, y_rest) = y.split_first()?;
    let four = |a: &[T; M]| a.get(row..).and_then(|a| a.first_chunk::<4>()).copied();
    // The first products without an addition: −0 would have to be loaded eight times.
    let (first, second) = (four(&a[P])?, four(&a[P + 4])?);
    let (mut p, mut q) = (first.map(|a| a * x[P]), first.map(|a| a * y[P]));
    for i in 0..4 {
        p[i] += second[i] * x[P + 4];
        q[i] += second[i] * y[P + 4];
    }
    for (a, (x, y)) in a_rest.iter().zip(x_rest.iter().zip(y_rest)) {
        for k in [P, P + 4] {
            let a = four(&a[k])?;
            for i in 0..4 {
                p[i] += a[i] * x[k];
                q[i] += a[i] * y[k];
            }
        }
    }
    Some([p, q])
}

#[inline(always)]
fn plus<T: Scalar>([a, b]: Tile<T>, [c, d]: Tile<T>) -> Tile<T> {
    let sum = |a: [T; 4], b: [T; 4]| core::array::from_fn(|i| a[i] + b[i]);
    [sum(a, c), sum(b, d)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lanes;
    use crate::sum::dot;

    fn every_entry_is_the_dot_product<const M: usize, const K: usize, const N: usize>() {
        let entry = |i: usize, j: usize| ((i * 7 + j * j * 13 + i * j * 5) as f32 * 0.37).sin();
        let a = SMatrix::<_, M, K>::from_fn(|i, j| Lanes([entry(i, j), -0.0]));
        let b = SMatrix::<_, K, N>::from_fn(|i, j| Lanes([entry(j + 3, i), entry(i, j)]));
        let mut c = SMatrix::repeat(Lanes([f32::NAN; 2]));
        multiply(&a, &b, &mut c);
        for (i, j) in (0..M).flat_map(|i| (0..N).map(move |j| (i, j))) {
            for lane in 0..2 {
                let row: [f32; K] = core::array::from_fn(|k| a[(i, k)].0[lane]);
                let column: [f32; K] = core::array::from_fn(|k| b[(k, j)].0[lane]);
                let (found, expected) = (c[(i, j)].0[lane], dot(&row, &column));
                assert_eq!(found.to_bits(), expected.to_bits(), "{M} x {K} x {N}, ({i}, {j})");
            }
        }
    }

    #[test]
    fn every_entry_has_the_bits_of_the_dot_product_alone() {
        every_entry_is_the_dot_product::<16, 16, 16>();
        every_entry_is_the_dot_product::<5, 24, 3>();
        every_entry_is_the_dot_product::<4, 8, 1>();
        every_entry_is_the_dot_product::<3, 8, 2>();
        every_entry_is_the_dot_product::<9, 7, 4>();
        every_entry_is_the_dot_product::<2, 0, 2>();
    }
}
