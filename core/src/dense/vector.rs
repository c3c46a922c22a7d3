//! A dense matrix times a vector, eight rows at a time: one number of x serves eight products.

use crate::Scalar;

/// Rows `row` to `row` + 7 of A, in chunks of eight columns, times x. Out of line: what stays the same
/// from one eight to the next would be kept, in memory for want of registers.
#[inline(never)]
pub(super) fn eight_rows<T: Scalar, const M: usize>(
    a: &[[[T; M]; 8]],
    x: &[[T; 8]],
    row: usize,
    y: &mut [T; 8],
) {
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
