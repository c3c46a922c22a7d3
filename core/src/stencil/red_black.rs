//! The two colours of the chessboard, whose points do not wait for each other.

use super::{FivePoint, wide};
use crate::operator::Update;
use crate::{ColorOperator, Scalar};

impl<T: Scalar, const R: usize, const C: usize> FivePoint<T, R, C> {
    /// Relaxes every second point of column `j` from `first` (0 or 1) on. None waits for another,
    /// and the ends of the column are taken out of the loop, so that it can be vectorised.
    #[inline(always)]
    fn relax_alternate_unrolled(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        first: usize,
        zero: &[T; R],
        mut at: impl FnMut(usize, T, T) -> T,
    ) {
        let Some((column, left, right)) = Self::column(x, j, zero) else { return };
        let mut above = match first.checked_sub(1).and_then(|i| column.get(i)) {
            Some(above) => self.vertical * *above,
            None => self.vertical * T::ZERO,
        };
        let mut i = first;
        let mut point = |i: usize| {
            // Where this stays a call, the compiler does not know that i < R.
            let next = column.get(i + 1).copied().unwrap_or(T::ZERO);
            let (Some(own), Some(left), Some(right)) =
                (column.get_mut(i), left.get(i), right.get(i))
            else {
                return;
            };
            let below = self.vertical * next;
            let sides = self.center * *own + self.horizontal * (*left + *right);
            *own = at(i, (sides + below) + above, *own);
            above = below;
        };
        while i + 6 < R {
            point(i);
            point(i + 2);
            point(i + 4);
            point(i + 6);
            i += 8;
        }
        while i < R {
            point(i);
            i += 2;
        }
    }

    /// Relaxes the points of [`relax_alternate_unrolled`](Self::relax_alternate_unrolled) one by
    /// one, where a single point fills the registers.
    #[inline(always)]
    fn relax_alternate(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        first: usize,
        zero: &[T; R],
        [p, q]: [&[T; R]; 2],
        update: &impl Update<T>,
    ) {
        let Some((column, left, right)) = Self::column(x, j, zero) else { return };
        let above = first.checked_sub(1).and_then(|i| column.get(i)).copied();
        let mut above = self.vertical * above.unwrap_or(T::ZERO);
        let mut i = first;
        while i < R {
            let below = self.vertical * if i + 1 < R { column[i + 1] } else { T::ZERO };
            let old = column[i];
            let sides = self.center * old + self.horizontal * (left[i] + right[i]);
            column[i] = update.relaxed((sides + below) + above, old, [p[i], q[i]]);
            above = below;
            i += 2;
        }
    }
}

impl<T: Scalar, const R: usize, const C: usize> ColorOperator<T> for FivePoint<T, R, C> {
    /// Two, as on a chessboard: point (i, j) has colour (i + j) mod 2.
    #[inline]
    fn colors(&self) -> usize {
        2
    }

    #[inline]
    fn relax_color(
        &self,
        color: usize,
        x: &mut Self::Domain,
        mut update: impl FnMut(usize, T, T) -> T,
    ) {
        if color > 1 {
            return;
        }
        let zero = [T::ZERO; R];
        for j in 0..C {
            let first = (j + color) % 2;
            self.relax_alternate_unrolled(&mut x.data.0, j, first, &zero, |i, dot, old| {
                update(j * R + i, dot, old)
            });
        }
    }

    #[inline(always)]
    fn relax_color_beside(
        &self,
        color: usize,
        x: &mut Self::Domain,
        beside: [&Self::Range; 2],
        update: &impl Update<T>,
    ) {
        if color > 1 {
            return;
        }
        let beside = beside.map(|vector| &vector.data.0);
        if in_blocks::<T>() {
            return self.relax_blocks(color, &mut x.data.0, beside, update);
        }
        let zero = [T::ZERO; R];
        let [p, q] = beside;
        for j in 0..C {
            let (p, q) = (&p[j], &q[j]);
            let first = (j + color) % 2;
            // The bits are the same. Lanes fill the registers with one point, and a Cortex-M has
            // few of them; elsewhere the compiler vectorises the unrolled form.
            if wide::<T>() || cfg!(target_arch = "arm") {
                self.relax_alternate(&mut x.data.0, j, first, &zero, [p, q], update);
            } else {
                self.relax_alternate_unrolled(&mut x.data.0, j, first, &zero, |i, dot, old| {
                    update.relaxed(dot, old, [p[i], q[i]])
                });
            }
        }
    }
}

/// Is one colour best relaxed in blocks? The bits are the same. Half of what a block computes is
/// dropped, which pays where a register holds four numbers or more: measured with SSE2 and AVX2.
const fn in_blocks<T>() -> bool {
    cfg!(target_arch = "x86_64") && size_of::<T>() <= size_of::<f32>()
}
