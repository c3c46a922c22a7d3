//! L Lᵀ of several matrices that may be singular to rounding, side by side.

use super::{Side, dot};
use solvekit::direct::packed;
use solvekit::{Real, Scalar};

/// Factors packed lower triangles as [`factor_in_place`](solvekit::direct::factor_in_place) does, pivots that
/// are rounding raised. Not zero is returned in lanes that it refuses or where an entry of L has a square
/// above what is left of its row: somebody has to look at those alone.
#[inline(always)]
pub(in super::super) fn factor_semidefinite<T: Side>(l: &mut [T], order: usize) -> T {
    let count = T::Real::from_u32(order as u32);
    let rounding = T::Real::EPSILON * T::Real::from_f64(4.0) * count;
    let most = T::splat(Scalar::sqrt(T::Real::EPSILON));
    let (mut least, mut doubt) = (T::ONE, T::ZERO);
    for row in 0..order {
        let (above, rest) = l.split_at_mut(packed(row));
        let (own, diagonal) = rest[..=row].split_at_mut(row);
        let mut left = diagonal[0];
        for column in 0..row {
            let other = &above[packed(column)..=packed(column) + column];
            let known = dot(&own[..column], &other[..column]);
            let entry = (own[column] - known) * other[column];
            left -= entry * entry;
            doubt = left.if_less(T::ZERO, T::ONE, doubt);
            own[column] = entry;
        }
        let value = diagonal[0] - dot(own, own);
        let floor = T::splat(rounding) * diagonal[0];
        let lost = (T::splat(count * rounding) / least).min(most) * diagonal[0];
        // Also where it is NaN.
        let poor = (-lost).if_less(value, doubt, T::ONE);
        doubt = floor.if_less(value, doubt, poor);
        doubt = T::ZERO.if_less(floor, doubt, T::ONE);
        least = floor.if_less(value, least.min(value / diagonal[0]), least);
        diagonal[0] = T::ONE / floor.if_less(value, value, floor).sqrt();
    }
    doubt
}

#[cfg(test)]
mod tests {
    use super::factor_semidefinite;
    use crate::batch::lanes::{Side, gather, scatter};
    use solvekit::direct::{factor_in_place, packed};
    use solvekit::squares::add_square;
    use solvekit::{Lanes, Scalar};

    /// Sums of squares of more rows than unknowns, as many, and fewer: these are singular.
    #[test]
    fn it_has_the_bits_of_one_matrix_alone_or_says_that_it_has_not() {
        for order in 1..=9 {
            let mut matrices = Vec::new();
            for problem in 0..8_usize {
                let mut own = vec![0.0_f64; packed(order)];
                for row in 0..(order + 3).saturating_sub(problem) {
                    let entry =
                        |j: usize| ((row * row * 3 + row * j * 5 + j * j + problem) as f64).sin();
                    add_square(&mut own, &(0..order).map(entry).collect::<Vec<_>>());
                }
                matrices.extend(own);
            }
            let mut side = vec![Lanes::<8, f64>::ZERO; packed(order)];
            gather(&matrices, &mut side);
            let doubt = factor_semidefinite(&mut side, order);
            let mut sound = 0;
            for (lane, matrix) in matrices.chunks_exact_mut(packed(order)).enumerate() {
                let known = factor_in_place(matrix, order);
                if doubt.lanes()[lane] == 0.0 {
                    let mut own = vec![0.0; packed(order)];
                    scatter(&side, lane, &mut own);
                    assert!(known.is_ok(), "order {order}, lane {lane}");
                    assert_eq!(own, matrix, "order {order}, lane {lane}");
                    sound += 1;
                }
            }
            assert!(sound >= 4, "order {order}: {sound} of 8");
        }
    }
}
