//! Rows' squares in packed triangles of several problems, in the order of [`solvekit::squares`].

use solvekit::Scalar;
use solvekit::direct::packed;

/// K ← K + v vᵀ.
#[inline(always)]
pub(in super::super) fn add_square<T: Scalar>(triangle: &mut [T], row: &[T]) {
    for (j, factor) in row.iter().enumerate() {
        let own = &mut triangle[packed(j)..=packed(j) + j];
        for (slot, entry) in own.iter_mut().zip(row) {
            *slot += *factor * *entry;
        }
    }
}

/// [`add_square`] of four rows of the same length, one behind the other in `rows`.
#[inline(always)]
pub(in super::super) fn add_squares<T: Scalar>(triangle: &mut [T], rows: &[T]) {
    let order = rows.len() / 4;
    let (ab, cd) = rows.split_at(2 * order);
    let ((a, b), (c, d)) = (ab.split_at(order), cd.split_at(order));
    for j in 0..order {
        let own = &mut triangle[packed(j)..=packed(j) + j];
        let factors = [a[j], b[j], c[j], d[j]];
        let entries = a.iter().zip(b).zip(c.iter().zip(d));
        for (slot, ((a, b), (c, d))) in own.iter_mut().zip(entries) {
            *slot =
                (((*slot + factors[0] * *a) + factors[1] * *b) + factors[2] * *c) + factors[3] * *d;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{add_square, add_squares};
    use solvekit::direct::packed;

    #[test]
    fn they_have_the_bits_of_one_problem_alone() {
        for order in 1..=9 {
            let rows: Vec<f64> = (0..4 * order).map(|k| (k as f64 * 1.3 + 0.2).sin()).collect();
            let (mut four, mut one, mut known) = ([0.1; 45], [0.1; 45], [0.1; 45]);
            add_squares(&mut four[..packed(order)], &rows);
            for row in rows.chunks_exact(order) {
                add_square(&mut one[..packed(order)], row);
                solvekit::squares::add_square(&mut known[..packed(order)], row);
            }
            assert_eq!((four, one), (known, known), "order {order}");
        }
    }
}
