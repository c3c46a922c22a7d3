//! L Lᵀ of several matrices side by side, in the order of sums of [`solvekit::direct`].

use super::{dot, dot_same};
use solvekit::Scalar;
use solvekit::direct::packed;

/// Factors packed lower triangles in place, as [`Cholesky`](solvekit::direct::Cholesky) does, with
/// 1 / lᵢᵢ on the diagonal. Nothing is asked on the way; what is returned is the least of
/// pᵢ − `floor` aᵢᵢ over the pivots pᵢ: where that is not positive, somebody has to look.
#[inline(always)]
pub fn factor<T: Scalar>(l: &mut [T], order: usize, floor: T) -> T {
    let mut least = T::ONE;
    let mut first = 0;
    while first < order {
        let rows = (order - first).min(4);
        let (above, block) = l.split_at_mut(packed(first));
        if rows == 4 {
            let (a, rest) = block.split_at_mut(first + 1);
            let (b, rest) = rest.split_at_mut(first + 2);
            let (c, rest) = rest.split_at_mut(first + 3);
            four_rows(above, [a, b, c, &mut rest[..first + 4]], first);
        } else {
            let mut block = &mut block[..];
            let mut row = first;
            while row < first + rows {
                let (own, behind) = block.split_at_mut(row + 1);
                block = behind;
                one_row(above, own, 0, first);
                row += 1;
            }
        }
        // What the rows of a block owe each other.
        let mut row = first;
        while row < first + rows {
            let (above, block) = l.split_at_mut(packed(row));
            let own = &mut block[..=row];
            one_row(above, own, first, row);
            let (before, diagonal) = own.split_at_mut(row);
            let pivot = diagonal[0] - dot(before, before);
            least = least.min(pivot - floor * diagonal[0]);
            diagonal[0] = T::ONE / pivot.sqrt();
            row += 1;
        }
        first += 4;
    }
    least
}

/// Entries `from` … `to` of one row, after the rows above.
#[inline(always)]
fn one_row<T: Scalar>(above: &[T], own: &mut [T], from: usize, to: usize) {
    let mut column = from;
    while column < to {
        let other = &above[packed(column)..=packed(column) + column];
        let (other, inverse) = other.split_at(column);
        let known = dot(&own[..column], other);
        own[column] = (own[column] - known) * inverse[0];
        column += 1;
    }
}

/// The entries of four rows in the columns of the rows above, side by side: they do not wait for each
/// other.
#[inline(always)]
fn four_rows<T: Scalar>(above: &[T], rows: [&mut [T]; 4], columns: usize) {
    let [a, b, c, d] = rows;
    let mut column = 0;
    while column < columns {
        let other = &above[packed(column)..=packed(column) + column];
        let (other, inverse) = other.split_at(column);
        let known = four_dots([&a[..column], &b[..column], &c[..column], &d[..column]], other);
        a[column] = (a[column] - known[0]) * inverse[0];
        b[column] = (b[column] - known[1]) * inverse[0];
        c[column] = (c[column] - known[2]) * inverse[0];
        d[column] = (d[column] - known[3]) * inverse[0];
        column += 1;
    }
}

/// Four sums of products with one vector, each in the one order.
#[inline(always)]
fn four_dots<T: Scalar>([a, b, c, d]: [&[T]; 4], other: &[T]) -> [T; 4] {
    let mut sums = [[-T::ZERO; 4]; 4];
    let whole = other.len() & !3;
    let mut k = 0;
    while k < whole {
        let mut part = 0;
        while part < 4 {
            let factor = other[k + part];
            sums[0][part] += a[k + part] * factor;
            sums[1][part] += b[k + part] * factor;
            sums[2][part] += c[k + part] * factor;
            sums[3][part] += d[k + part] * factor;
            part += 1;
        }
        k += 4;
    }
    let mut part = 0;
    while k < other.len() {
        let factor = other[k];
        sums[0][part] += a[k] * factor;
        sums[1][part] += b[k] * factor;
        sums[2][part] += c[k] * factor;
        sums[3][part] += d[k] * factor;
        part += 1;
        k += 1;
    }
    [total(sums[0]), total(sums[1]), total(sums[2]), total(sums[3])]
}

#[inline(always)]
fn total<T: Scalar>([a, b, c, d]: [T; 4]) -> T {
    (a + b) + (c + d)
}

/// x ← L⁻¹ x: half of [`solve`].
#[inline(always)]
fn forward<T: Scalar>(l: &[T], x: &mut [T]) {
    let mut row = 0;
    while row < x.len() {
        let own = &l[packed(row)..=packed(row) + row];
        let (before, inverse) = own.split_at(row);
        let known = dot(before, &x[..row]);
        x[row] = (x[row] - known) * inverse[0];
        row += 1;
    }
}

/// [`forward`] of vectors one behind the other, four at a time: one alone waits for its own numbers.
#[inline(always)]
pub(in super::super) fn forward_all<T: Scalar>(l: &[T], order: usize, vectors: &mut [T]) {
    let mut fours = vectors.chunks_exact_mut(4 * order);
    for four in &mut fours {
        let (ab, cd) = four.split_at_mut(2 * order);
        let ((a, b), (c, d)) = (ab.split_at_mut(order), cd.split_at_mut(order));
        let mut row = 0;
        while row < order {
            let own = &l[packed(row)..=packed(row) + row];
            let (before, inverse) = own.split_at(row);
            let known = four_dots([&a[..row], &b[..row], &c[..row], &d[..row]], before);
            a[row] = (a[row] - known[0]) * inverse[0];
            b[row] = (b[row] - known[1]) * inverse[0];
            c[row] = (c[row] - known[2]) * inverse[0];
            d[row] = (d[row] - known[3]) * inverse[0];
            row += 1;
        }
    }
    for one in fours.into_remainder().chunks_exact_mut(order) {
        forward(l, one);
    }
}

/// x ← (L Lᵀ)⁻¹ x.
#[inline(always)]
pub fn solve<T: Scalar>(l: &[T], x: &mut [T]) {
    forward(l, x);
    let mut row = x.len();
    while row > 0 {
        row -= 1;
        let own = &l[packed(row)..=packed(row) + row];
        let (before, inverse) = own.split_at(row);
        let (above, rest) = x.split_at_mut(row);
        rest[0] *= inverse[0];
        let factor = rest[0];
        let mut k = 0;
        while k < row {
            above[k] -= factor * before[k];
            k += 1;
        }
    }
}

/// [`solve`] with one factor for all lanes.
#[inline(always)]
pub(in super::super) fn solve_same<T: Scalar>(l: &[T::Real], x: &mut [T]) {
    let order = x.len();
    let mut row = 0;
    while row < order {
        let own = &l[packed(row)..=packed(row) + row];
        let (before, inverse) = own.split_at(row);
        let known = dot_same(before, &x[..row]);
        x[row] = (x[row] - known) * T::splat(inverse[0]);
        row += 1;
    }
    while row > 0 {
        row -= 1;
        let own = &l[packed(row)..=packed(row) + row];
        let (before, inverse) = own.split_at(row);
        let (above, rest) = x.split_at_mut(row);
        rest[0] *= T::splat(inverse[0]);
        let factor = rest[0];
        let mut k = 0;
        while k < row {
            above[k] -= factor * T::splat(before[k]);
            k += 1;
        }
    }
}
