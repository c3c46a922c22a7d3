//! The Cholesky factor of the Gram matrix of the coordinates that are not zero, as they come and go.

use super::workspace::Parts;
use crate::Real;
use crate::direct::{forward_in_place, packed};
use crate::sum::dot;

/// Brings the factor to the coordinates that are not zero. What was factored stays as far as its
/// coordinates are still there; a column that depends on those before it is left out.
pub(super) fn refactor<R: Real>(
    parts: &mut Parts<'_, R>,
    members: usize,
    factored: &mut usize,
    ridge: R,
) {
    let alive = |w: &[R], slot: usize| w.get(slot).is_some_and(|w| *w != R::ZERO);
    let old = parts.order.iter().take(*factored);
    *factored = old.take_while(|slot| alive(parts.w, **slot)).count();
    let Some(marks) = parts.d.get_mut(..members) else { return };
    marks.fill(R::ZERO);
    for slot in parts.order.iter().take(*factored) {
        if let Some(mark) = marks.get_mut(*slot) {
            *mark = R::ONE;
        }
    }
    for slot in 0..members {
        if alive(parts.w, slot) && parts.d.get(slot) == Some(&R::ZERO) {
            append(parts, slot, factored, ridge);
        }
    }
}

/// A row more; false, and nothing changed, where the column depends on those before it. Cost: half
/// the square of the rows there are.
pub(super) fn append<R: Real>(
    parts: &mut Parts<'_, R>,
    slot: usize,
    factored: &mut usize,
    ridge: R,
) -> bool {
    let rows = *factored;
    let start = packed(rows).min(parts.factor.len());
    let (above, rest) = parts.factor.split_at_mut(start);
    let gram = parts.gram.get(slot * parts.capacity..).unwrap_or(&[]);
    let place = parts.order.get_mut(..=rows).and_then(<[usize]>::split_last_mut);
    let own = rest.get_mut(..=rows).and_then(<[R]>::split_last_mut);
    let (Some((place, order)), Some((last, before))) = (place, own) else { return false };
    for (own, column) in before.iter_mut().zip(&*order) {
        *own = gram.get(*column).copied().unwrap_or(R::ZERO);
    }
    forward_in_place(above, before);
    let diagonal = gram.get(slot).copied().unwrap_or(R::ZERO) + ridge;
    let pivot = diagonal - dot(before, before);
    // What rounding leaves of a column that is a sum of others.
    let rounding = R::EPSILON * R::from_f64(16.0) * R::from_u32(rows as u32 + 4);
    if pivot > rounding * diagonal {
        *last = R::ONE / pivot.sqrt();
        *place = slot;
        *factored += 1;
        true
    } else {
        false
    }
}

/// Takes out the row at `place`; those behind move up, and rotations put what they lost back on the
/// diagonal. Cost: the square of their number. Overwrites d and h.
///
/// Source: Golub and Van Loan, *Matrix Computations*, section 6.5 (4th edition).
pub(super) fn remove<R: Real>(parts: &mut Parts<'_, R>, place: usize, factored: &mut usize) {
    for row in place + 1..*factored {
        let (above, rest) = parts.factor.split_at_mut(packed(row).min(parts.factor.len()));
        let Some(to) = above.get_mut(packed(row - 1)..) else { break };
        let Some(from) = rest.get(..=row) else { break };
        let (Some(lost), Some(tail)) = (from.get(place).copied(), from.get(place + 1..)) else {
            break;
        };
        for (to, from) in to.iter_mut().zip(from).take(place) {
            *to = *from;
        }
        let Some(to) = to.get_mut(place..) else { break };
        for (to, from) in to.iter_mut().zip(tail) {
            *to = *from;
        }
        let Some((last, before)) = to.split_last_mut() else { break };
        let mut lost = lost;
        for ((l, cosine), sine) in before.iter_mut().zip(&*parts.h).zip(&*parts.d) {
            let turned = *cosine * *l + *sine * lost;
            lost = *cosine * lost - *sine * *l;
            *l = turned;
        }
        let own = R::ONE / *last;
        let length = (own * own + lost * lost).sqrt();
        *last = R::ONE / length;
        let at = before.len();
        if let (Some(cosine), Some(sine)) = (parts.h.get_mut(at), parts.d.get_mut(at)) {
            (*cosine, *sine) = (own * *last, lost * *last);
        }
    }
    for at in place + 1..*factored {
        if let Some(slot) = parts.order.get(at).copied()
            && let Some(before) = parts.order.get_mut(at - 1)
        {
            *before = slot;
        }
    }
    *factored = factored.saturating_sub(1);
}
