//! Which columns work, and their Gram matrix.

use super::Lasso;
use super::state::{LassoState, Phase};
use super::workspace::{OUTSIDE, Parts, SCREENED};
use crate::{Buffer, ColumnOperator, Real};

/// So few columns work all at once.
const FEW: usize = 64;
/// Entries of a row of the Gram matrix that are sorted into known and unknown at a time.
const LIST: usize = 32;

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]>,
{
    /// Lets columns into work after a look: those where x is not zero, and those that pull hardest
    /// for their length. Where they do not all fit, the next steps are sweeps.
    pub(super) fn choose(&self, state: &mut LassoState<R, A::Domain, A::Range, G, I>) {
        let columns = self.design.columns();
        let LassoState { x, correlations, workspace, members, factored, .. } = state;
        let mut parts = workspace.parts::<R>(columns);
        let (x, c) = (x.as_slice(), correlations.as_slice());
        let moved = |parts: &Parts<'_, R>| {
            let pairs = x.iter().zip(&*parts.places);
            pairs.filter(|(x, place)| **x != R::ZERO && **place == OUTSIDE).count()
        };
        let outside = parts.places.iter().filter(|place| **place == OUTSIDE).count();
        let (threshold, wanted) = if *members + outside <= FEW.min(parts.capacity) {
            (-R::ONE, outside)
        } else {
            let most = (*members).max(FEW);
            self.threshold(c, parts.places, most)
        };
        if *members + moved(&parts) + wanted > parts.capacity {
            dismiss(&mut parts, members, factored);
        }
        let room = parts.capacity.saturating_sub(*members);
        let forced = moved(&parts);
        // One more must fit at least, or nothing would change.
        state.complete = threshold < R::ZERO || wanted == 0;
        if parts.capacity == 0 || forced > room || (wanted > 0 && forced == room) {
            state.phase = Phase::Sweep;
            return;
        }
        self.admit(x, c, &mut parts, members, |x, _, _| x != R::ZERO, forced);
        let room = parts.capacity.saturating_sub(*members);
        let pulls = |_: R, c: R, norm: R| {
            let pull = self.pull(c);
            threshold < R::ZERO || (pull > self.l1 && pull * pull >= threshold * norm)
        };
        self.admit(x, c, &mut parts, members, pulls, wanted.min(room));
        state.phase = Phase::Begin;
    }

    /// A bound t of cⱼ²/‖aⱼ‖² that leaves at most `most` of the columns that pull (|cⱼ| > α λ), and how
    /// many those are; 0 where that is all of them.
    fn threshold(&self, c: &[R], places: &[usize], most: usize) -> (R, usize) {
        let norms = self.squared_norms.as_slice();
        let count = |threshold: R| {
            let triples = c.iter().zip(places).zip(norms);
            let pulling = triples.filter(|((c, place), norm)| {
                let pull = self.pull(**c);
                **place == OUTSIDE && pull > self.l1 && pull * pull >= threshold * **norm
            });
            pulling.count()
        };
        let all = count(R::ZERO);
        if all <= most {
            return (R::ZERO, all);
        }
        // cⱼ² ≤ ‖aⱼ‖² ‖y‖².
        let (mut low, mut high, mut found) = (R::ZERO, self.energy, 0);
        for _ in 0..24 {
            let middle = R::from_f64(0.5) * (low + high);
            let number = count(middle);
            if number > most {
                low = middle;
            } else {
                (high, found) = (middle, number);
                if 4 * number >= 3 * most {
                    break;
                }
            }
        }
        // Columns of one and the same pull: as many of them as there is room for.
        if found == 0 { (low, most) } else { (high, found) }
    }

    /// Gives a slot to the first `number` columns outside that pass the `test` (x, c, ‖a‖²).
    fn admit(
        &self,
        x: &[R],
        c: &[R],
        parts: &mut Parts<'_, R>,
        members: &mut usize,
        test: impl Fn(R, R, R) -> bool,
        number: usize,
    ) {
        if number == 0 {
            return;
        }
        let first = *members;
        let norms = self.squared_norms.as_slice();
        let columns = x.iter().zip(c).zip(norms).zip(parts.places.iter_mut()).enumerate();
        for (j, (((x, c), norm), place)) in columns {
            if *place != OUTSIDE || !test(*x, *c, *norm) {
                continue;
            }
            let slots = parts.w.get_mut(*members).zip(parts.g.get_mut(*members));
            let more = parts.inverse.get_mut(*members).zip(parts.members.get_mut(*members));
            let (Some((w, g)), Some((inverse, member))) = (slots, more) else { break };
            (*w, *g, *inverse, *member) = (*x, *c, self.inverse(*norm), j);
            if let (Some(slot), Some(known)) =
                (parts.norms.get_mut(*members), parts.known.get_mut(*members))
            {
                (*slot, *known) = (*norm, 0);
            }
            *members += 1;
            *place = *members;
            if *members - first == number {
                break;
            }
        }
    }

    /// Completes a slot's row of the Gram matrix: what other rows know is copied, the rest computed,
    /// four entries at a time. Only the rows of columns that move are ever asked for.
    pub(super) fn complete_row(&self, parts: &mut Parts<'_, R>, slot: usize, members: usize) {
        let Parts { capacity, gram, members: columns, known, .. } = parts;
        let capacity = *capacity;
        let Some(begin) = known.get(slot).copied() else { return };
        if begin >= members {
            return;
        }
        let column = |slot: usize| columns.get(slot).copied().unwrap_or(usize::MAX);
        let (mut list, mut unknown, mut first) = ([slot; LIST + 4], 0, begin);
        while first < members {
            let last = (first + LIST).min(members);
            // Which entries are known is a pattern no processor foresees: no branch on it.
            for i in first..last {
                let mirrored = gram.get(i * capacity + slot).copied().unwrap_or(R::ZERO);
                if let Some(entry) = gram.get_mut(slot * capacity + i) {
                    *entry = mirrored;
                }
                if let Some(place) = list.get_mut(unknown) {
                    *place = i;
                }
                unknown += usize::from(known.get(i).is_none_or(|known| *known <= slot));
            }
            // At the end what fills the last batch is computed once more.
            let whole = if last == members { unknown.div_ceil(4) } else { unknown / 4 };
            let (batches, _) = list.as_chunks::<4>();
            for batch in batches.iter().take(whole) {
                let pairs = self.design.column_pairs(column(slot), batch.map(column));
                for (i, pair) in batch.iter().zip(pairs) {
                    if let Some(entry) = gram.get_mut(slot * capacity + i) {
                        *entry = pair;
                    }
                }
            }
            // The others wait for more.
            let others: [usize; 4] =
                core::array::from_fn(|k| list.get(4 * whole + k).copied().unwrap_or(slot));
            list.iter_mut().zip(others).for_each(|(place, i)| *place = i);
            (first, unknown) = (last, unknown.saturating_sub(4 * whole));
        }
        if let Some(known) = known.get_mut(slot) {
            *known = members;
        }
    }
}

/// Puts all columns out of work; those where x is not zero come back at once.
fn dismiss<R: Real>(parts: &mut Parts<'_, R>, members: &mut usize, factored: &mut usize) {
    parts.places.iter_mut().filter(|p| **p != SCREENED).for_each(|p| *p = OUTSIDE);
    (*members, *factored) = (0, 0);
}
