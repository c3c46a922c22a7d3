//! Four rows of a factor at once.

use super::packed;
use crate::Real;
use crate::sum::dots_with;

/// How far a row of L is, and what the squares of its entries leave of its diagonal entry.
#[derive(Clone, Copy)]
pub(super) struct Begun<R> {
    pub(super) columns: usize,
    pub(super) left: R,
}

/// The entries of four rows of L below rows that are finished: products that do not wait for each other,
/// each with the bits of its own. A row is left where `pivot` has to be asked, which
/// looks at the pivots of all rows before it. `None` where the memory ends before the rows.
pub(super) fn begin_four<R: Real>(
    memory: &mut [R],
    first: usize,
    begun: &mut [Begun<R>; 4],
) -> Option<()> {
    let (mut above, rest) = memory.split_at_mut_checked(packed(first))?;
    let (a, rest) = rest.split_at_mut_checked(first + 1)?;
    let (b, rest) = rest.split_at_mut_checked(first + 2)?;
    let (c, rest) = rest.split_at_mut_checked(first + 3)?;
    let mut rows = [a, b, c, rest.get_mut(..first + 4)?];
    for (begun, row) in begun.iter_mut().zip(&rows) {
        begun.left = row.last().copied()?;
    }
    for column in 0..first {
        let (other, behind) = above.split_at_mut_checked(column + 1)?;
        above = behind;
        let (inverse, other) = other.split_last()?;
        let known = rows.each_ref().map(|row| row.get(..column).unwrap_or(&[]));
        let before = dots_with(known, other);
        for ((row, begun), before) in rows.iter_mut().zip(begun.iter_mut()).zip(before) {
            let slot = row.get_mut(column)?;
            let entry = (*slot - before) * *inverse;
            let beyond = begun.left - entry * entry;
            let exceeded = beyond < R::ZERO;
            if begun.columns == column && !exceeded {
                *slot = entry;
                *begun = Begun { columns: column + 1, left: beyond };
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::triangle::factor;
    use super::*;
    use crate::sum::dot;

    /// [`factor`], row after row, as it is written down.
    fn row_by_row(
        l: &mut [f64],
        order: usize,
        mut pivot: impl FnMut(usize, f64, f64) -> Result<f64, f64>,
    ) -> Result<(), f64> {
        for i in 0..order {
            let diagonal = l[packed(i) + i];
            let mut left = diagonal;
            for j in 0..i {
                let (own, other) = (&l[packed(i)..packed(i) + j], &l[packed(j)..packed(j) + j]);
                let mut entry = (l[packed(i) + j] - dot(own, other)) * l[packed(j) + j];
                if left - entry * entry < 0.0 {
                    pivot(i, left - entry * entry, diagonal)?;
                    (entry, left) = (left.sqrt().copysign(entry), 0.0);
                } else {
                    left -= entry * entry;
                }
                l[packed(i) + j] = entry;
            }
            let own = &l[packed(i)..packed(i) + i];
            l[packed(i) + i] = 1.0 / pivot(i, diagonal - dot(own, own), diagonal)?.sqrt();
        }
        Ok(())
    }

    /// Full and deficient ranks: rows that `pivot` is asked about lie at every place of a block.
    #[test]
    fn four_rows_at_once_have_the_bits_of_one_after_the_other() {
        let wave = |i: usize, j: usize| ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin();
        for (order, rank) in (1..24).flat_map(|order| (1..=order).map(move |rank| (order, rank))) {
            let mut memory = [0.0_f64; packed(24)];
            for (row, column) in (0..order).flat_map(|row| (0..=row).map(move |j| (row, j))) {
                let product = |k| wave(k, row) * wave(k, column);
                memory[packed(row) + column] = (0..rank).map(product).sum();
            }
            let pivot = |value: f64, diagonal: f64| match value > 1e-14 * diagonal {
                true => Ok(value),
                false if value > -1e-9 * diagonal => Ok(1e-14 * diagonal),
                false => Err(value),
            };
            let mut one_by_one = memory;
            // At most once for every entry.
            let (mut asked, mut count) = ([(0, 0.0); packed(24)], 0);
            let result = row_by_row(&mut one_by_one, order, |row, value, diagonal| {
                asked[count] = (row, value);
                count += 1;
                pivot(value, diagonal)
            });
            let mut again = asked.iter();
            let found = factor(&mut memory, order, |row, value, diagonal| {
                assert_eq!(again.next(), Some(&(row, value)), "order {order}, rank {rank}");
                pivot(value, diagonal)
            });
            assert!(found == result && memory == one_by_one, "order {order}, rank {rank}");
        }
    }
}
