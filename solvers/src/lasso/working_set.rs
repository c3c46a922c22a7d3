//! Which columns work, and their Gram matrix.

use super::Lasso;
use super::state::{LassoState, Phase};
use super::workspace::{OUTSIDE, Parts, SCREENED};
use crate::{Buffer, ColumnOperator, Real};

/// So few columns work all at once.
const FEW: usize = 64;

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
        // After the first passes what is in work is solved, or nearly so.
        state.phase = if *factored == 0 { Phase::Pass } else { Phase::Begin };
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
            *members += 1;
            *place = *members;
            if *members - first == number {
                break;
            }
        }
        self.extend_gram(parts, first, *members);
    }

    /// The rows and columns `from`..`to` of the Gram matrix, four at a time.
    fn extend_gram(&self, parts: &mut Parts<'_, R>, from: usize, to: usize) {
        let capacity = parts.capacity;
        let member = |slot: usize| parts.members.get(slot).copied().unwrap_or(usize::MAX);
        let mut start = from;
        while start < to {
            let slots: [usize; 4] = core::array::from_fn(|k| (start + k).min(to - 1));
            let batch = slots.map(member);
            for i in 0..(start + 4).min(to) {
                let pairs = self.design.column_pairs(member(i), batch);
                for (slot, pair) in slots.iter().zip(pairs) {
                    for at in [slot * capacity + i, i * capacity + slot] {
                        if let Some(entry) = parts.gram.get_mut(at) {
                            *entry = pair;
                        }
                    }
                }
            }
            start += 4;
        }
    }
}

/// Puts all columns out of work; those where x is not zero come back at once.
fn dismiss<R: Real>(parts: &mut Parts<'_, R>, members: &mut usize, factored: &mut usize) {
    parts.places.iter_mut().filter(|p| **p != SCREENED).for_each(|p| *p = OUTSIDE);
    (*members, *factored) = (0, 0);
}
