//! A dense matrix times a vector. Eight rows at a time: one number of x serves eight products. Or, of
//! sixteen columns or its transpose of sixteen rows, with the vector in registers all the time.

use crate::Scalar;
use crate::sum::sum_of;
use core::hint::black_box;

/// Rows `row` to `row` + 7 of A, in chunks of eight columns, times x. Out of line: what stays the same
/// from one eight to the next would be kept, in memory for want of registers.
#[inline(never)]
pub(super) fn eight_rows<T: Scalar, const M: usize>(
    a: &[[[T; M]; 8]],
    x: &[[T; 8]],
    row: usize,
    y: &mut [T; 8],
) {
    // As many of each, once for both pairs of accumulators.
    let Some(x) = x.get(..a.len()) else { return };
    if let (Some(p), Some(q)) = (two::<0, T, M>(a, x, row), two::<2, T, M>(a, x, row)) {
        *y = plus(p, q);
    }
}

/// The sums of accumulators `P` and `P` + 1.
#[inline(always)]
fn two<const P: usize, T: Scalar, const M: usize>(
    a: &[[[T; M]; 8]],
    x: &[[T; 8]],
    row: usize,
) -> Option<[T; 8]> {
    let eight = |a: &[T; M]| a.get(row..).and_then(|a| a.first_chunk::<8>()).copied();
    let add = |[p, q]: &mut [[T; 8]; 2], a: &[[T; M]; 8], x: &[T; 8], k: usize| {
        let (first, second) = (eight(&a[k])?, eight(&a[k + 1])?);
        for i in 0..8 {
            p[i] += first[i] * x[k];
            q[i] += second[i] * x[k + 1];
        }
        Some(())
    };
    let ((a, a_rest), (x, x_rest)) = (a.split_first()?, x.split_first()?);
    // The first products without an addition: −0 would have to be loaded sixteen times.
    let mut sums = [eight(&a[P])?.map(|a| a * x[P]), eight(&a[P + 1])?.map(|a| a * x[P + 1])];
    add(&mut sums, a, x, P + 4)?;
    for (a, x) in a_rest.iter().zip(x_rest) {
        add(&mut sums, a, x, P)?;
        add(&mut sums, a, x, P + 4)?;
    }
    let [p, q] = sums;
    Some(plus(p, q))
}

#[inline(always)]
fn plus<T: Scalar>(a: [T; 8], b: [T; 8]) -> [T; 8] {
    core::array::from_fn(|i| a[i] + b[i])
}

/// Four numbers that are arguments in four registers, one after the other (a homogeneous aggregate in
/// Arm's procedure call standard): one instruction reads sixteen of them, where the compiler reads what
/// is no argument one by one.
#[repr(C)]
pub(super) struct Four<T>(T, T, T, T);

/// The first sixteen, as arguments.
#[inline(always)]
pub(super) fn sixteen<T: Scalar>(x: &[T]) -> Option<[Four<T>; 4]> {
    // By name: a loop over indices may stay one, with checks of its bounds.
    let &[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = x.first_chunk()?;
    Some([Four(a, b, c, d), Four(e, f, g, h), Four(i, j, k, l), Four(m, n, o, p)])
}

/// y ← A x of sixteen columns, four rows in a piece.
#[inline(never)]
pub(super) extern "C" fn sixteen_columns<T: Scalar, const M: usize>(
    a: &[[T; M]; 16],
    y: &mut [T; M],
    Four(x0, x1, x2, x3): Four<T>,
    Four(x4, x5, x6, x7): Four<T>,
    Four(x8, x9, x10, x11): Four<T>,
    Four(x12, x13, x14, x15): Four<T>,
) {
    let x = [x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15];
    let dot = |row: usize| sum_of(16, |k| a[k][row] * x[k]);
    let mut row = 0;
    for y in y.as_chunks_mut::<4>().0 {
        // Two at a time: of four, the sums would not have registers beside x.
        (y[0], y[1]) = (dot(row), dot(row + 1));
        black_box(());
        (y[2], y[3]) = (dot(row + 2), dot(row + 3));
        black_box(());
        row += 4;
    }
}

/// x ← Aᵀ y of sixteen rows, four columns in a piece.
#[inline(never)]
pub(super) extern "C" fn sixteen_rows<T: Scalar, const M: usize, const N: usize>(
    a: &[[T; M]; N],
    x: &mut [T; N],
    Four(y0, y1, y2, y3): Four<T>,
    Four(y4, y5, y6, y7): Four<T>,
    Four(y8, y9, y10, y11): Four<T>,
    Four(y12, y13, y14, y15): Four<T>,
) {
    let y = [y0, y1, y2, y3, y4, y5, y6, y7, y8, y9, y10, y11, y12, y13, y14, y15];
    let dot = |column: &[T; M]| sum_of(M.min(16), |k| column[k] * y[k]);
    for (a, x) in a.as_chunks::<4>().0.iter().zip(x.as_chunks_mut::<4>().0) {
        (x[0], x[1]) = (dot(&a[0]), dot(&a[1]));
        black_box(());
        (x[2], x[3]) = (dot(&a[2]), dot(&a[3]));
        black_box(());
    }
}
