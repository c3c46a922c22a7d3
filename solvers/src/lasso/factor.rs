//! The Cholesky factor of the Gram matrix of the coordinates that are not zero, as they come and go.

use super::workspace::Parts;
use crate::Real;
use crate::direct::{forward_from, packed};
use crate::sum::{dot, dots_with};

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
    for (mark, w) in parts.d.iter_mut().zip(&*parts.w).take(members) {
        *mark = if *w == R::ZERO { R::ZERO } else { R::ONE };
    }
    for slot in parts.order.iter().take(*factored) {
        if let Some(mark) = parts.d.get_mut(*slot) {
            *mark = R::ZERO;
        }
    }
    append_marked(parts, members, factored, ridge);
}

/// A row more for every slot whose d is 1, but for columns that depend on those before them.
pub(super) fn append_marked<R: Real>(
    parts: &mut Parts<'_, R>,
    members: usize,
    factored: &mut usize,
    ridge: R,
) {
    let mut slot = 0;
    while slot < members {
        let (mut batch, mut filled) = ([0; 4], 0);
        let marks = parts.d.iter().enumerate().take(members).skip(slot);
        for ((slot, _), place) in marks.filter(|(_, mark)| **mark == R::ONE).zip(&mut batch) {
            *place = slot;
            filled += 1;
        }
        let [first, .., last] = batch;
        slot = 1 + match filled {
            0 => return,
            // From the first one refused on they are taken up again.
            4 => batch.get(append_four(parts, batch, factored, ridge)).copied().unwrap_or(last),
            _ => {
                append(parts, first, factored, ridge);
                first
            }
        };
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
    fill(parts, rows, slot, rows);
    finish(parts, slot, 0, factored, ridge)
}

/// [`append`] of four slots, one after the other until one is refused: how many were not. All four go
/// through the rows there are together, since one alone waits for each of its own entries.
fn append_four<R: Real>(
    parts: &mut Parts<'_, R>,
    slots: [usize; 4],
    factored: &mut usize,
    ridge: R,
) -> usize {
    let rows = *factored;
    for (k, slot) in slots.into_iter().enumerate() {
        fill(parts, rows + k, slot, rows);
    }
    let start = packed(rows).min(parts.factor.len());
    let (above, new) = parts.factor.split_at_mut(start);
    if let Some((a, rest)) = new.split_at_mut_checked(rows + 1)
        && let Some((b, rest)) = rest.split_at_mut_checked(rows + 2)
        && let Some((c, d)) = rest.split_at_mut_checked(rows + 3)
    {
        forward_four(above, rows, [a, b, c, d]);
    }
    for (k, slot) in slots.into_iter().enumerate() {
        for i in rows..rows + k {
            let entry = parts
                .order
                .get(i)
                .and_then(|column| parts.gram.get(slot * parts.capacity + column).copied());
            if let Some(own) = parts.factor.get_mut(packed(rows + k) + i) {
                *own = entry.unwrap_or(R::ZERO);
            }
        }
        if !finish(parts, slot, rows, factored, ridge) {
            return k;
        }
    }
    4
}

/// The first `rows` entries of each become those of L⁻¹ times them.
fn forward_four<R: Real>(factor: &[R], rows: usize, mut columns: [&mut [R]; 4]) {
    for i in 0..rows {
        let start = packed(i);
        let Some(row) = factor.get(start..=start + i) else { break };
        let Some((inverse, before)) = row.split_last() else { break };
        let known = dots_with(columns.each_ref().map(|own| own.get(..i).unwrap_or(&[])), before);
        for (own, known) in columns.iter_mut().zip(known) {
            if let Some(own) = own.get_mut(i) {
                *own = (*own - known) * *inverse;
            }
        }
    }
}

/// The first `entries` of the row of the factor at `place`, as the Gram matrix has them.
fn fill<R: Real>(parts: &mut Parts<'_, R>, place: usize, slot: usize, entries: usize) {
    let gram = parts.gram.get(slot * parts.capacity..).unwrap_or(&[]);
    let own = parts.factor.get_mut(packed(place)..).unwrap_or_default();
    for (own, column) in own.iter_mut().zip(&*parts.order).take(entries) {
        *own = gram.get(*column).copied().unwrap_or(R::ZERO);
    }
}

/// What is left of a row whose first `done` entries are those of L: the others, and the pivot. False,
/// and nothing changed, where the column depends on those before it.
fn finish<R: Real>(
    parts: &mut Parts<'_, R>,
    slot: usize,
    done: usize,
    factored: &mut usize,
    ridge: R,
) -> bool {
    let rows = *factored;
    let (above, rest) = parts.factor.split_at_mut(packed(rows).min(parts.factor.len()));
    let own = rest.get_mut(..=rows).and_then(<[R]>::split_last_mut);
    let (Some(place), Some((last, before))) = (parts.order.get_mut(rows), own) else {
        return false;
    };
    forward_from(above, before, done);
    let diagonal = parts.gram.get(slot * parts.capacity + slot).copied().unwrap_or(R::ZERO) + ridge;
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
