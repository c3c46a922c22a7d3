//! The exact minimum over the coordinates that are not zero, as far as their signs stay.

use super::Lasso;
use super::look::axpy;
use super::workspace::Parts;
use crate::direct::{forward_in_place, packed, solve_in_place};
use crate::sum::dot;
use crate::{ColumnOperator, Real};

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I> {
    /// Goes to the minimum of the quadratic that the objective is where no sign changes. Coordinates
    /// whose sign would change stop at zero. Nothing is done where the objective would not fall.
    ///
    /// The factor of the last time is kept as far as the same coordinates are still there. A column
    /// that depends on those before it is left where it is.
    ///
    /// Source: Lee, Battle, Raina and Ng, *Efficient sparse coding algorithms*, NIPS 2006 (feature-sign
    /// search), with a projection and passes in place of its one coordinate at a time.
    pub(super) fn solve_support(
        &self,
        parts: &mut Parts<'_, R>,
        members: usize,
        factored: &mut usize,
        squares: &mut R,
    ) {
        self.refactor(parts, members, factored);
        let order = parts.order.get(..*factored).unwrap_or(&[]);
        let Some(d) = parts.d.get_mut(..*factored) else { return };
        let at = |v: &[R], slot: usize| v.get(slot).copied().unwrap_or(R::ZERO);
        for (d, slot) in d.iter_mut().zip(order) {
            let w = at(parts.w, *slot);
            let slope = if w < R::ZERO { -self.l1 } else { self.l1 };
            *d = at(parts.g, *slot) - self.ridge * w - slope;
        }
        solve_in_place(parts.factor, d);
        // How far until the first sign changes?
        let mut first = R::ONE;
        for (d, slot) in d.iter().zip(order) {
            let w = at(parts.w, *slot);
            if (w + *d) * w <= R::ZERO {
                first = first.min(-w / *d);
            }
        }
        let Some(h) = parts.h.get_mut(..members) else { return };
        let capacity = parts.capacity;
        let product = |d: &[R], h: &mut [R]| {
            h.fill(R::ZERO);
            for (d, slot) in d.iter().zip(order).filter(|(d, _)| **d != R::ZERO) {
                if let Some(row) = parts.gram.get(slot * capacity..slot * capacity + members) {
                    axpy(*d, row, h);
                }
            }
        };
        let fits = first >= R::ONE;
        if !fits {
            // The whole way for those that keep their sign, to zero for the others.
            for (d, slot) in d.iter_mut().zip(order) {
                let w = at(parts.w, *slot);
                if (w + *d) * w <= R::ZERO {
                    *d = -w;
                }
            }
        }
        product(d, h);
        let fall = |d: &[R], h: &[R]| {
            let mut change = R::ZERO;
            for (d, slot) in d.iter().zip(order) {
                let (w, g, h) = (at(parts.w, *slot), at(parts.g, *slot), at(h, *slot));
                let half = R::from_f64(0.5);
                let ridge = self.ridge * *d * (w + half * *d);
                let size = self.l1 * ((w + *d).abs() - w.abs());
                change += *d * (half * h - g) + ridge + size;
            }
            change
        };
        let falls = fits || fall(d, h) < R::ZERO;
        if !falls {
            return;
        }
        for (d, slot) in d.iter().zip(order) {
            if let Some(w) = parts.w.get_mut(*slot) {
                *squares -= *d * (at(parts.g, *slot) + at(parts.g, *slot) - at(h, *slot));
                *w += *d;
            }
        }
        axpy(-R::ONE, h, parts.g);
    }

    /// Brings the factor to the coordinates that are not zero.
    fn refactor(&self, parts: &mut Parts<'_, R>, members: usize, factored: &mut usize) {
        let Some(marks) = parts.d.get_mut(..members) else { return };
        marks.fill(R::ZERO);
        let alive = |slot: usize| parts.w.get(slot).is_some_and(|w| *w != R::ZERO);
        let old = parts.order.iter().take(*factored);
        let kept = old.take_while(|slot| alive(**slot)).count();
        for slot in parts.order.iter().take(kept) {
            if let Some(mark) = marks.get_mut(*slot) {
                *mark = R::ONE;
            }
        }
        let mut rows = kept;
        let rounding = R::EPSILON * R::from_f64(16.0) * R::from_u32(members as u32);
        for slot in 0..members {
            if !alive(slot) || marks.get(slot) != Some(&R::ZERO) {
                continue;
            }
            let start = packed(rows);
            let (above, rest) = parts.factor.split_at_mut(start.min(parts.factor.len()));
            let Some(own) = rest.get_mut(..=rows) else { break };
            let gram = parts.gram.get(slot * parts.capacity..).unwrap_or(&[]);
            let order = parts.order.get(..rows).unwrap_or(&[]);
            for (own, column) in own.iter_mut().zip(order) {
                *own = gram.get(*column).copied().unwrap_or(R::ZERO);
            }
            let Some((last, before)) = own.split_last_mut() else { break };
            forward_in_place(above, before);
            let diagonal = gram.get(slot).copied().unwrap_or(R::ZERO) + self.ridge;
            let pivot = diagonal - dot(before, before);
            if pivot > rounding * diagonal {
                *last = R::ONE / pivot.sqrt();
                if let Some(place) = parts.order.get_mut(rows) {
                    *place = slot;
                    rows += 1;
                }
            }
        }
        *factored = rows;
    }
}
