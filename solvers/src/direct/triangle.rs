//! L Lᵀ of a packed lower triangle, in place.

use super::four::{Begun, begin_four};
use super::solution::{backward_four, forward_four};
use crate::Real;
use crate::scalar::FLOAT_UNIT;
use crate::sum::dot;
use core::cmp::Ordering;

/// Numbers that the factor of an N × N matrix takes: N (N + 1) / 2.
pub const fn packed(n: usize) -> usize {
    n * (n + 1) / 2
}

/// Factors the packed lower triangle of the first `order` rows: row i of L comes from row i of A and
/// the rows of L above it. Where lᵢᵢ would stand is its reciprocal. `pivot(i, value, aᵢᵢ)` says what
/// to take for the i-th pivot, or refuses.
///
/// In a matrix without negative curvature no entry of L has a square above what is left of the diagonal
/// entry of its row. Where one has, `pivot` is asked what it makes of the difference; unless it
/// refuses, the entry is what is left and all behind it zero: those are rounding divided by pivots that are
/// rounding too, and would grow from row to row.
pub(super) fn factor<R: Real, E>(
    memory: &mut [R],
    order: usize,
    mut pivot: impl FnMut(usize, R, R) -> Result<R, E>,
) -> Result<(), E> {
    let mut begun = [Begun { columns: 0, left: R::ZERO }; 4];
    for row in 0..order {
        // Four at once where products are pipelined; a core that does one thing after the other has
        // more to do for it.
        if cfg!(any(feature = "simd", test)) && row % 4 == 0 {
            begun = [Begun { columns: 0, left: R::ZERO }; 4];
            if row > 0 && order - row >= 4 {
                begin_four(memory, row, &mut begun);
            }
        }
        let start = packed(row).min(memory.len());
        let (above, rest) = memory.split_at_mut(start);
        let Some(own) = rest.get_mut(..=row) else { break };
        let diagonal = own.last().copied().unwrap_or(R::ZERO);
        let Begun { columns, left } = begun[row % 4];
        let mut left = if columns > 0 { left } else { diagonal };
        for column in columns..row {
            let start = packed(column);
            let other = above.get(start..=start + column).unwrap_or(&[]);
            let Some((inverse, other)) = other.split_last() else { break };
            let before = dot(own, other);
            if let Some(slot) = own.get_mut(column) {
                let entry = (*slot - before) * *inverse;
                let beyond = left - entry * entry;
                *slot = if beyond < R::ZERO {
                    pivot(row, beyond, diagonal)?;
                    let most = left.sqrt();
                    left = R::ZERO;
                    if entry < R::ZERO { -most } else { most }
                } else {
                    left = beyond;
                    entry
                };
            }
        }
        let Some((diagonal, before)) = own.split_last_mut() else { break };
        let value = pivot(row, *diagonal - dot(before, before), *diagonal)?;
        *diagonal = R::ONE / value.sqrt();
    }
    Ok(())
}

/// Row i of L up to its diagonal, which is 1 / lᵢᵢ.
fn row<R: Real>(memory: &[R], row: usize) -> Option<(R, &[R])> {
    let start = packed(row);
    let (inverse, before) = memory.get(start..=start + row)?.split_last()?;
    Some((*inverse, before))
}

/// x ← A⁻¹ x for the packed factor of a matrix of x's length.
pub fn solve_in_place<R: Real>(memory: &[R], x: &mut [R]) {
    forward_in_place(memory, x);
    backward_in_place(memory, x);
}

/// x ← L⁻ᵀ x: the other half of [`solve_in_place`].
pub(crate) fn backward_in_place<R: Real>(memory: &[R], x: &mut [R]) {
    let mut fours = (x.len() / 4).min(4);
    if !FLOAT_UNIT || memory.len() < packed(4 * fours) {
        fours = 0;
    }
    for i in (4 * fours..x.len()).rev() {
        let Some((inverse, before)) = row(memory, i) else { continue };
        let Some(own) = x.get_mut(i) else { continue };
        *own *= inverse;
        let own = *own;
        for (x, l) in x.iter_mut().zip(before) {
            *x -= own * *l;
        }
    }
    if fours > 3 {
        backward_four::<R, 3>(memory, x);
    }
    if fours > 2 {
        backward_four::<R, 2>(memory, x);
    }
    if fours > 1 {
        backward_four::<R, 1>(memory, x);
    }
    if fours > 0 {
        backward_four::<R, 0>(memory, x);
    }
}

/// x ← L⁻¹ x: half of [`solve_in_place`]. The squared norm of what remains is xᵀA⁻¹x.
pub fn forward_in_place<R: Real>(memory: &[R], x: &mut [R]) {
    forward_from(memory, x, 0);
}

/// [`forward_in_place`] where the first `done` entries have been through it.
pub(crate) fn forward_from<R: Real>(memory: &[R], x: &mut [R], done: usize) {
    let mut known = done;
    if FLOAT_UNIT {
        if known == 0 && forward_four::<R, 0>(memory, x).is_some() {
            known = 4;
        }
        if known == 4 && forward_four::<R, 1>(memory, x).is_some() {
            known = 8;
        }
        if known == 8 && forward_four::<R, 2>(memory, x).is_some() {
            known = 12;
        }
        if known == 12 && forward_four::<R, 3>(memory, x).is_some() {
            known = 16;
        }
    }
    for i in known..x.len() {
        let Some((inverse, before)) = row(memory, i) else { break };
        let sum = dot(before, x);
        if let Some(x) = x.get_mut(i) {
            *x = (*x - sum) * inverse;
        }
    }
}

/// Factors the packed lower triangle of a matrix that may be singular to rounding: a pivot below
/// 4·N·ε times its diagonal entry is raised to that, also where it is negative, down to N / p times as
/// much (at most √ε), p being the smallest pivot so far relative to its diagonal entry: the errors of N
/// rows add up in it where all of them cancel (as those of the classes of a softmax fit do), and dividing by
/// a small pivot makes them larger. Returns the largest amount added, relative to its diagonal entry;
/// zero where the matrix was regular. A row of zeros gets the pivot 1, so that its unknown stays what
/// its right-hand side makes it: 0 where that is 0.
///
/// # Errors
/// A negative curvature, or what is not a number: the matrix is not positive semidefinite. It is the
/// pivot; where a diagonal entry is zero and one beside it is not, the least eigenvalue of the two
/// rows and columns that meet there.
pub fn factor_in_place<R: Real>(memory: &mut [R], order: usize) -> Result<R, R> {
    if let Some(curvature) = saddle(memory, order) {
        return Err(curvature);
    }
    let (mut added, mut least) = (R::ZERO, R::ONE);
    let count = R::from_u32(order as u32);
    let rounding = R::EPSILON * R::from_f64(4.0) * count;
    factor(memory, order, |_, value, diagonal| {
        if diagonal == R::ZERO && value == R::ZERO {
            return Ok(R::ONE);
        }
        let floor = rounding * diagonal;
        let lost = (count * rounding / least).min(R::EPSILON.sqrt()) * diagonal;
        if value > floor && value.is_finite() {
            least = least.min(value / diagonal);
            Ok(value)
        } else if floor > R::ZERO && value >= -lost {
            added = added.max((floor - value) / diagonal);
            Ok(floor)
        } else {
            Err(value)
        }
    })?;
    Ok(added)
}

/// The curvature that a zero on the diagonal gives away: zᵀA z of no semidefinite A is zero unless A z
/// is. A diagonal entry may also be zero because a square fell below the least number; what stands
/// beside it is then no larger than the root of that.
fn saddle<R: Real>(memory: &[R], order: usize) -> Option<R> {
    let at = |row: usize, column: usize| memory.get(packed(row) + column).copied();
    for zero in (0..order).filter(|i| at(*i, *i) == Some(R::ZERO)) {
        for row in zero + 1..order {
            let (Some(beside), Some(diagonal)) = (at(row, zero), at(row, row)) else { break };
            // Entries before the diagonal make its own pivot negative.
            let size = beside.abs();
            let fallen = (R::ONE / R::MAX).sqrt() * diagonal.abs().sqrt();
            if beside != R::ZERO && size.partial_cmp(&fallen).is_none_or(Ordering::is_gt) {
                // d/2 − √(d²/4 + a²), without squares of either.
                let half = R::from_f64(0.5) * diagonal;
                let scale = size.max(half.abs()).unit_scale();
                let (a, d) = (size * scale, half * scale);
                return Some((d - (d * d + a * a).sqrt()) / scale);
            }
        }
    }
    None
}

/// N (N + 1) / 2 pairs (i, j), j ≤ i, of `block`, in the order of a packed triangle.
pub(crate) fn pairs(block: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let rows = block.iter().enumerate();
    rows.flat_map(move |(k, i)| block.iter().take(k + 1).map(move |j| (*i, *j)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_singular_block_is_told_from_an_indefinite_one_by_what_rounding_can_do() {
        // I − 11ᵀ/50 less a little: the last pivot is 50 times as much below zero.
        let centred = |less: f64| {
            let mut memory = [0.0_f64; packed(50)];
            for row in 0..50 {
                for column in 0..=row {
                    let own = if row == column { 1.0 - less } else { 0.0 };
                    memory[packed(row) + column] = own - 1.0 / 50.0;
                }
            }
            factor_in_place(&mut memory, 50)
        };
        // 4·N·ε is 4.4e-14 of a diagonal entry; the sums of 50 rows may be off by 50 times that.
        assert!(centred(0.0).is_ok_and(|added| added < 1e-12));
        assert!(centred(1e-14).is_ok_and(|added| (1e-13..1e-11).contains(&added)));
        assert!(centred(1e-12).is_err_and(|pivot| (-6e-11..-4e-11).contains(&pivot)));
    }

    /// 40 columns of 10 numbers, of which the last two that count are nearly the same: 30 pivots are
    /// rounding, which one before them has made a million times larger.
    #[test]
    fn more_columns_than_rows_are_factored_to_rounding() {
        let wave = |i: usize, j: usize| ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin();
        let entry = |i: usize, j: usize| match j {
            9 => wave(i, 8) + 1e-3 * wave(i, 9),
            j => wave(i, j),
        };
        let gram = |i: usize, j: usize| (0..10).map(|k| entry(k, i) * entry(k, j)).sum::<f64>();
        let mut memory = [0.0_f64; packed(40)];
        for row in 0..40 {
            for column in 0..=row {
                memory[packed(row) + column] = gram(row, column);
            }
        }
        let added = factor_in_place(&mut memory, 40).expect("positive semidefinite");
        assert!(added > 0.0 && added < 1e-8, "{added}");
        let l = |i: usize, j: usize| match memory[packed(i) + j] {
            inverse if i == j => 1.0 / inverse,
            entry => entry,
        };
        for i in 0..40 {
            for j in 0..=i {
                let product: f64 = (0..=j).map(|k| l(i, k) * l(j, k)).sum();
                // The errors of ten rows over a pivot of 1e-6; diagonal entries are about 5.
                assert!((product - gram(i, j)).abs() < 1e-7, "({i}, {j}): {product}");
            }
        }
    }

    #[test]
    fn a_singular_block_is_made_regular_and_says_by_how_much() {
        // [1 1; 1 1]
        let mut memory = [1.0_f64, 1.0, 1.0];
        let added = factor_in_place(&mut memory, 2).unwrap();
        assert!(added > 0.0 && added < 1e-14, "{added}");
        let mut x = [2.0, 2.0];
        solve_in_place(&memory, &mut x);
        assert!((x[0] + x[1] - 2.0).abs() < 1e-7, "{x:?}");
    }

    #[test]
    fn an_indefinite_block_is_refused_with_its_pivot() {
        assert_eq!(factor_in_place(&mut [1.0_f32, 2.0, 1.0], 2), Err(-3.0));
        assert!(factor_in_place(&mut [f32::NAN], 1).is_err());
        assert!(factor_in_place(&mut [-1.0_f32], 1).is_err());
    }

    #[test]
    fn a_zero_on_the_diagonal_with_something_beside_it_is_a_saddle() {
        // Eigenvalues of [0 a; a d]: d/2 ± √(d²/4 + a²). Scales are exact; two roots round.
        for (a, d) in [(1.0_f64, 5.0), (-1e-200, 1e-200), (1e200, 1.0), (2.0, 0.0), (1.0, -1.0)] {
            let unit = a.abs().max(d);
            let (a, d) = (a / unit, d / unit);
            let least = unit * (d / 2.0 - (d * d / 4.0 + a * a).sqrt());
            let (a, d) = (a * unit, d * unit);
            let curvature = factor_in_place(&mut [0.0, a, d], 2).unwrap_err();
            assert!((curvature - least).abs() <= 1e-14 * least.abs(), "{curvature} for {least}");
        }
        assert!(factor_in_place(&mut [0.0_f64, f64::NAN, 1.0], 2).is_err());
        // Not next to it, and with the zero last.
        assert!(factor_in_place(&mut [1.0_f64, 0.0, 0.0, 0.0, 0.5, 1.0], 3).unwrap_err() < 0.0);
        assert_eq!(factor_in_place(&mut [1.0_f64, 0.5, 0.0], 2), Err(-0.25));
        // The squares of a column may fall to zero before its products do.
        assert_eq!(factor_in_place(&mut [0.0_f32, 1e-30, 4.0], 2), Ok(0.0));
        assert_eq!(factor_in_place(&mut [0.0_f32, 0.0, 4.0], 2), Ok(0.0));
    }
}
