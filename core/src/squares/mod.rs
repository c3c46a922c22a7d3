//! Sums of squares of rows in a packed triangle: where normal matrices come from.
//!
//! The lower triangle of a symmetric K lies row by row, N (N + 1) / 2 numbers; entry (i, j) is number
//! i (i + 1) / 2 + j.

#[cfg(feature = "simd")]
mod wide;

use crate::Real;
#[cfg(feature = "simd")]
pub(crate) use wide::Wide;

/// K ← K + v vᵀ, K being a packed lower triangle. Cost: N (N + 1) / 2 multiplications and as many
/// additions.
///
/// ```
/// let mut triangle = [0.0_f32; 3];
/// solvekit_core::squares::add_square(&mut triangle, &[1.0, 2.0]);
/// assert_eq!(triangle, [1.0, 2.0, 4.0]);
/// ```
#[inline]
pub fn add_square<R: Real>(triangle: &mut [R], row: &[R]) {
    let mut rest = triangle;
    for (j, factor) in row.iter().enumerate() {
        let Some((own, behind)) = rest.split_at_mut_checked(j + 1) else { break };
        for (slot, entry) in own.iter_mut().zip(row) {
            *slot += *factor * *entry;
        }
        rest = behind;
    }
}

/// [`add_square`] of four rows, one after the other, of which the shortest counts: the same bits, but
/// every number of the triangle is loaded and stored once instead of four times.
///
/// With the feature `simd`, by the widest vectors that the processor has.
///
/// ```
/// use solvekit_core::squares::{add_square, add_squares};
/// let rows = [[0.1_f32, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]];
/// let (mut at_once, mut one_by_one) = ([0.0; 3], [0.0; 3]);
/// add_squares(&mut at_once, rows.each_ref().map(|row| &row[..]));
/// rows.iter().for_each(|row| add_square(&mut one_by_one, row));
/// assert_eq!(at_once, one_by_one);
/// ```
#[inline]
pub fn add_squares<R: Real>(triangle: &mut [R], rows: [&[R]; 4]) {
    R::add_squares(triangle, rows);
}

/// [`add_squares`] without vectors of its own.
pub(crate) fn portable<R: Real>(triangle: &mut [R], rows: [&[R]; 4]) {
    let [a, b, c, d] = rows;
    let mut rest = triangle;
    for (j, ((a_j, b_j), (c_j, d_j))) in a.iter().zip(b).zip(c.iter().zip(d)).enumerate() {
        let Some((own, behind)) = rest.split_at_mut_checked(j + 1) else { break };
        for (slot, (((a, b), c), d)) in own.iter_mut().zip(a.iter().zip(b).zip(c).zip(d)) {
            *slot = (((*slot + *a_j * *a) + *b_j * *b) + *c_j * *c) + *d_j * *d;
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every length across several vectors, with what lies behind the triangle.
    #[test]
    fn four_at_once_have_the_bits_of_one_after_the_other() {
        fn check<R: Real + core::fmt::Debug>() {
            let entry = |i: usize, j: usize| R::from_f64(1.0 / (1.3 + (i * 41 + j) as f64));
            let rows: [[R; 41]; 4] =
                core::array::from_fn(|i| core::array::from_fn(|j| entry(i, j)));
            for order in 0..=41 {
                let of = || rows.each_ref().map(|row| row.get(..order).unwrap_or(row));
                let [mut wide, mut plain, mut one] = [[R::ONE; 41 * 21 + 1]; 3];
                // Exactly as long as needed, and longer.
                for length in [order * (order + 1) / 2, wide.len()] {
                    wide = [R::ONE; 41 * 21 + 1];
                    add_squares(wide.get_mut(..length).unwrap_or_default(), of());
                    assert_eq!(wide.get(length), (length < wide.len()).then_some(&R::ONE));
                }
                wide = [R::ONE; 41 * 21 + 1];
                add_squares(wide.get_mut(..order * (order + 1) / 2).unwrap_or_default(), of());
                portable(&mut plain, of());
                of().iter().for_each(|row| add_square(&mut one, row));
                assert!(wide == one && plain == one, "order {order}");
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn a_triangle_that_is_too_small_takes_the_rows_it_has() {
        let row = [1.0_f64, 2.0, 3.0];
        for length in 0..=6 {
            let (mut wide, mut one) = ([0.0; 6], [0.0; 6]);
            add_squares(&mut wide[..length], [&row; 4]);
            (0..4).for_each(|_| add_square(&mut one[..length], &row));
            assert_eq!(wide, one, "{length} numbers");
        }
        let mut triangle = [0.0; 6];
        add_squares(&mut triangle, [&row, &row[..2], &row, &row]);
        assert_eq!(triangle, [4.0, 8.0, 16.0, 0.0, 0.0, 0.0], "the shortest row counts");
    }
}
