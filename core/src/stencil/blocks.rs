//! One colour in blocks of rows, for processors that add and multiply several numbers at once.

use super::FivePoint;
use crate::Scalar;
use crate::operator::Update;

/// The two vectors beside x, column by column.
type Beside<'a, T, const R: usize, const C: usize> = [&'a [[T; R]; C]; 2];

impl<T: Scalar, const R: usize, const C: usize> FivePoint<T, R, C> {
    /// Relaxes one colour: blocks of 8 and then of 4 rows, and what is left one by one.
    #[inline(always)]
    pub(super) fn relax_blocks(
        &self,
        color: usize,
        x: &mut [[T; R]; C],
        beside: Beside<'_, T, R, C>,
        update: &impl Update<T>,
    ) {
        let rest = self.relax_rows::<8>(1, color, x, beside, update);
        let rest = self.relax_rows::<4>(rest, color, x, beside, update);
        let zero = [T::ZERO; R];
        let [p, q] = beside;
        for j in 0..C {
            let (p, q) = (&p[j], &q[j]);
            let Some((column, left, right)) = Self::column(x, j, &zero) else { return };
            let mut point = |i: usize| {
                // One above the first row wraps to the largest index, which `get` finds outside.
                let above = column.get(i.wrapping_sub(1)).copied().unwrap_or(T::ZERO);
                let below = column.get(i + 1).copied().unwrap_or(T::ZERO);
                let value = self.combine(column[i], left[i], right[i], below, above);
                column[i] = update.relaxed(value, column[i], [p[i], q[i]]);
            };
            if R > 0 && (j + color).is_multiple_of(2) {
                point(0);
            }
            let mut i = rest + (rest + j + color) % 2;
            while i < R {
                point(i);
                i += 2;
            }
        }
    }

    /// Relaxes one colour in as many blocks of `W` rows as fit from row `top` on, the last row
    /// left out; returns the first row not relaxed.
    ///
    /// Every point of a block is computed, because numbers side by side fill a register without
    /// being sorted, and those of the colour are kept. Across the columns, and not along them:
    /// left and right neighbours then come from registers, and no load meets what was stored just
    /// before, as it would if a block waited for the whole block above or to its left.
    #[inline(always)]
    fn relax_rows<const W: usize>(
        &self,
        mut top: usize,
        color: usize,
        x: &mut [[T; R]; C],
        [p, q]: Beside<'_, T, R, C>,
        update: &impl Update<T>,
    ) -> usize {
        while top + W < R {
            let mut left = [T::ZERO; W];
            let Some(mut own) = x.first().and_then(|column| block(column, top)) else { break };
            for j in 0..C {
                let right = x.get(j + 1).and_then(|column| block(column, top));
                let right = right.unwrap_or([T::ZERO; W]);
                let column = &mut x[j];
                let (Some(above), Some(below), Some(p), Some(q)) = (
                    block::<_, W>(column, top - 1),
                    block::<_, W>(column, top + 1),
                    block::<_, W>(&p[j], top),
                    block::<_, W>(&q[j], top),
                ) else {
                    break;
                };
                let mut new = [T::ZERO; W];
                for k in 0..W {
                    let value = self.combine(own[k], left[k], right[k], below[k], above[k]);
                    new[k] = update.relaxed(value, own[k], [p[k], q[k]]);
                }
                let Some(kept) = column.get_mut(top..).and_then(<[_]>::first_chunk_mut::<W>) else {
                    break;
                };
                let mut k = (top + j + color) % 2;
                while k < W {
                    kept[k] = new[k];
                    k += 2;
                }
                // What it was: the neighbours of the colour are of the other one, not changed.
                left = own;
                own = right;
            }
            top += W;
        }
        top
    }
}

/// `W` numbers from `first` on.
#[inline(always)]
fn block<T: Copy, const W: usize>(column: &[T], first: usize) -> Option<[T; W]> {
    column.get(first..)?.first_chunk().copied()
}
