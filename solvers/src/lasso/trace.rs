//! The exact solution among the columns in work, by a path that begins where they are.

use super::Lasso;
use super::factor::{append, refactor, remove};
use super::look::axpy;
use super::workspace::Parts;
use crate::direct::{backward_in_place, forward_from};
use crate::{Buffer, ColumnOperator, Real};

/// What ends a piece of the path.
#[derive(Clone, Copy)]
enum Event {
    /// The coordinate at this place of the factor becomes zero.
    Leaves(usize),
    /// The coordinate in this slot stops being zero, upwards or downwards.
    Enters(usize, bool),
}

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]>,
{
    /// Begins a path: the present w solves the problem with Aᵀy − u in the place of Aᵀy, and u goes
    /// linearly to zero.
    ///
    /// At the beginning aⱼᵀr − uⱼ is ±α λ + μ wⱼ where w is not zero. Elsewhere it is aⱼᵀr where that lies
    /// within ±α λ; what does not is scaled to lie within, the strongest on the edge, so that from w = 0
    /// the path is that of falling λ.
    pub(super) fn begin_trace(
        &self,
        parts: &mut Parts<'_, R>,
        members: usize,
        factored: &mut usize,
    ) {
        for slot in 0..members {
            if parts.w.get(slot).is_some_and(|w| *w != R::ZERO) {
                self.complete_row(parts, slot, members);
            }
        }
        refactor(parts, members, factored, self.ridge);
        let mut strongest = self.l1;
        for ((w, g), sign) in parts.w.iter().zip(&*parts.g).zip(&mut *parts.signs).take(members) {
            // Two: not zero, and yet left out of the factor.
            *sign = if *w == R::ZERO { R::ZERO } else { R::from_f64(2.0) };
            if *w == R::ZERO {
                strongest = strongest.max(self.pull(*g));
            }
        }
        for slot in parts.order.iter().take(*factored) {
            if let (Some(w), Some(sign)) = (parts.w.get(*slot), parts.signs.get_mut(*slot)) {
                *sign = if *w < R::ZERO { -R::ONE } else { R::ONE };
            }
        }
        let rest = R::ONE - self.l1 / strongest;
        let columns = parts.w.iter().zip(&*parts.g).zip(&mut *parts.u).zip(&*parts.signs);
        for (((w, g), u), sign) in columns.take(members) {
            *u = if *w != R::ZERO {
                *g - self.ridge * *w - self.l1 * *sign
            } else if self.pull(*g) > self.l1 {
                rest * *g
            } else {
                R::ZERO
            };
        }
    }

    /// The next piece of the path, to where a coordinate becomes zero or stops being zero; true at the
    /// path's end. Cost: a solve with the factor, its rows of the Gram matrix, and a change of it.
    ///
    /// Source: Asif and Romberg, *Sparse recovery of streaming signals using ℓ1-homotopy*, IEEE Trans.
    /// Signal Processing 62(16), 2014; from w = 0 it is the path of Osborne, Presnell and Turlach 2000
    /// and of LARS.
    pub(super) fn trace(
        &self,
        parts: &mut Parts<'_, R>,
        members: usize,
        factored: &mut usize,
        forward: &mut usize,
        squares: &mut R,
    ) -> bool {
        let at = |v: &[R], slot: usize| v.get(slot).copied().unwrap_or(R::ZERO);
        let order = parts.order.get(..*factored).unwrap_or(&[]);
        let d = parts.d.get_mut(..*factored).unwrap_or_default();
        let h = parts.h.get_mut(..members).unwrap_or_default();
        // u shrinks as a whole, and so does L⁻¹ u: only what has come in since is to be computed.
        let known = parts.forward.get_mut(..*factored).unwrap_or_default();
        for (known, slot) in known.iter_mut().zip(order).skip(*forward) {
            *known = at(parts.u, *slot);
        }
        forward_from(parts.factor, known, *forward);
        for (d, known) in d.iter_mut().zip(&*known) {
            *d = *known;
        }
        backward_in_place(parts.factor, d);
        product(parts.gram, parts.capacity, order, d, h);
        let (mut step, mut event) = (R::ONE, None);
        for (place, (d, slot)) in d.iter().zip(order).enumerate() {
            let (w, sign) = (at(parts.w, *slot), at(parts.signs, *slot));
            // Seldom true: zero is crossed before what ends the piece so far.
            if sign * (w + step * *d) < R::ZERO {
                let t = (-w / *d).max(R::ZERO);
                if t < step {
                    (step, event) = (t, Some(Event::Leaves(place)));
                }
            }
        }
        let columns = parts.g.iter().zip(&*parts.u).zip(&*h).zip(&*parts.signs);
        for (slot, (((g, u), h), sign)) in columns.enumerate() {
            let (now, end) = (*g - *u, *g - *h);
            let there = now + step * (end - now);
            // Seldom true, unlike the sign: the edge is crossed before what ends the piece so far.
            if (self.pull(there) > self.l1) & (*sign == R::ZERO) {
                let down = there < R::ZERO;
                let edge = if down { -self.l1 } else { self.l1 };
                let t = ((edge - now) / (end - now)).max(R::ZERO);
                if t < step {
                    (step, event) = (t, Some(Event::Enters(slot, down)));
                }
            }
        }
        for (d, slot) in d.iter().zip(order) {
            let delta = step * *d;
            if let Some(w) = parts.w.get_mut(*slot) {
                let g = at(parts.g, *slot);
                *squares -= delta * (g + g - step * at(h, *slot));
                *w += delta;
            }
        }
        axpy(-step, h, parts.g);
        let rest = R::ONE - step;
        parts.u.iter_mut().take(members).for_each(|u| *u *= rest);
        known.iter_mut().for_each(|known| *known *= rest);
        *forward = *factored;
        match event {
            None => return true,
            Some(Event::Leaves(place)) => {
                let slot = order.get(place).copied().unwrap_or(0);
                if let (Some(w), Some(sign)) = (parts.w.get_mut(slot), parts.signs.get_mut(slot)) {
                    *w = R::ZERO;
                    // What has not moved since it came in would come in again.
                    *sign = if step > R::ZERO { R::ZERO } else { R::from_f64(2.0) };
                }
                remove(parts, place, factored);
                *forward = place;
            }
            Some(Event::Enters(slot, down)) => {
                self.complete_row(parts, slot, members);
                let independent = append(parts, slot, factored, self.ridge);
                if let Some(sign) = parts.signs.get_mut(slot) {
                    let own = if down { -R::ONE } else { R::ONE };
                    *sign = if independent { own } else { R::from_f64(2.0) };
                }
            }
        }
        false
    }
}

/// h ← Σ dᵢ · row i of the Gram matrix, four rows at a time.
pub(super) fn product<R: Real>(gram: &[R], capacity: usize, order: &[usize], d: &[R], h: &mut [R]) {
    h.fill(R::ZERO);
    let row = |slot: usize| gram.get(slot * capacity..).unwrap_or(&[]);
    let (slots, last_slots) = order.as_chunks::<4>();
    let (factors, last_factors) = d.as_chunks::<4>();
    for (slots, factors) in slots.iter().zip(factors) {
        let [a, b, c, d] = slots.map(row);
        let [p, q, r, s] = *factors;
        for ((((h, a), b), c), d) in h.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *h += (p * *a + q * *b) + (r * *c + s * *d);
        }
    }
    for (slot, factor) in last_slots.iter().zip(last_factors) {
        axpy(*factor, row(*slot), h);
    }
}
