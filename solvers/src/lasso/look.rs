//! The look from outside: r, Aᵀr and the gap from x alone, and what follows from them.

use super::Lasso;
use super::problem::Gap;
use super::state::{LassoState, Phase};
use super::workspace::{OUTSIDE, SCREENED};
use crate::sum::dot;
use crate::{Buffer, ColumnOperator, Real};

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]>,
{
    /// r, Aᵀr and the gap, computed from x. `everything` takes no earlier screening for granted.
    /// Cost: the columns where x is not zero, and all that are not screened.
    pub(super) fn look(
        &self,
        state: &mut LassoState<R, A::Domain, A::Range, G, I>,
        everything: bool,
    ) {
        let LassoState { x, correlations, residual, workspace, .. } = state;
        let parts = workspace.parts::<R>(self.design.columns());
        let x = x.as_slice();
        let weights = [self.l1, self.ridge];
        if everything || weights != state.screened_for {
            parts.places.iter_mut().filter(|p| **p == SCREENED).for_each(|p| *p = OUTSIDE);
        }
        state.screened_for = weights;
        let c = correlations.as_mut_slice();
        residual.clone_from(self.response);
        for (x, place) in x.iter().zip(parts.places.iter_mut()) {
            if *place == SCREENED && *x != R::ZERO {
                *place = OUTSIDE;
            }
        }
        if x.iter().all(|x| *x == R::ZERO) {
            for (c, known) in c.iter_mut().zip(self.correlations.as_slice()) {
                *c = *known;
            }
            state.squares = self.energy;
        } else {
            self.subtract(x, residual);
            state.squares = dot(residual.as_slice(), residual.as_slice());
            self.correlate(parts.places, residual, c);
        }
        let gap = self.gap(x, c, state.squares);
        if gap.gap.is_finite() {
            self.screen(gap, parts.places, x, c);
        }
        for (slot, column) in parts.members.iter().enumerate().take(state.members) {
            let at = |v: &[R]| v.get(*column).copied().unwrap_or(R::ZERO);
            let inverse = parts.inverse.get_mut(slot);
            if let (Some(w), Some(g), Some(inverse)) =
                (parts.w.get_mut(slot), parts.g.get_mut(slot), inverse)
            {
                (*w, *g) = (at(x), at(c));
                *inverse = self.inverse(at(self.squared_norms.as_slice()));
            }
        }
        state.gap = gap.gap;
        state.estimate = gap.gap;
        state.phase = Phase::Choose;
        (state.passes, state.steps) = (0, 0);
    }

    /// cⱼ ← aⱼᵀr for every column that is not screened, four at a time.
    fn correlate(&self, places: &[usize], r: &A::Range, c: &mut [R]) {
        let columns = c.len();
        let (mut batch, mut filled) = ([0; 4], 0);
        for j in 0..columns {
            if places.get(j) != Some(&SCREENED) {
                if let Some(slot) = batch.get_mut(filled) {
                    *slot = j;
                }
                filled += 1;
            } else if let Some(c) = c.get_mut(j) {
                *c = R::ZERO;
            }
            if filled == 4 || (filled > 0 && j + 1 == columns) {
                // What is left of an earlier batch is computed once more.
                let dots = self.design.column_dots(batch, r);
                for (j, dot) in batch.iter().zip(dots) {
                    if let Some(c) = c.get_mut(*j) {
                        *c = dot;
                    }
                }
                filled = 0;
            }
        }
    }

    /// Marks the columns that no solution needs: s |cⱼ| + ‖aⱼ‖ √(2 gap) < α λ, where the left side
    /// bounds |aⱼᵀ r| at the solution.
    ///
    /// Source: Ndiaye, Fercoq, Gramfort and Salmon, *Gap Safe Screening Rules for Sparsity Enforcing
    /// Penalties*, JMLR 18(128), 2017, theorem 6, for the augmented problem.
    fn screen(&self, gap: Gap<R>, places: &mut [usize], x: &[R], c: &mut [R]) {
        // cⱼ is known to some ε ‖aⱼ‖ ‖r‖ only.
        let rounding = R::EPSILON * R::from_f64(4.0) * self.energy;
        let radius = R::from_f64(2.0) * (gap.scaled + rounding);
        let norms = self.squared_norms.as_slice();
        for (((place, x), c), norm) in places.iter_mut().zip(x).zip(c).zip(norms) {
            let room = self.l1 - gap.factor * self.pull(*c);
            let reach = (*norm + self.ridge) * radius;
            if *place == OUTSIDE && *x == R::ZERO && room > R::ZERO && room * room > reach {
                *place = SCREENED;
                *c = R::ZERO;
            }
        }
    }
}

/// y ← y + factor · a.
#[inline(always)]
pub(super) fn axpy<R: Real>(factor: R, a: &[R], y: &mut [R]) {
    for (y, a) in y.iter_mut().zip(a) {
        *y += factor * *a;
    }
}
