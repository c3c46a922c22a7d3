//! The concomitant lasso as an [`Iteration`].

use super::super::problem::copy;
use super::super::state::{LassoState, Phase};
use super::{Concomitant, ConcomitantState};
use crate::sum::dot;
use crate::{Buffer, Certificate, ColumnOperator, Iteration, Real};

/// σ changes once the lasso's own gap is below this share of what it was at the last look.
const SHARE: f64 = 1e-6;
/// And after so many of its steps in any case: rounding has a floor.
const STEPS: u32 = 20;

impl<R: Real, A: ColumnOperator<R>, G, I> Concomitant<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
{
    /// r, Aᵀr of every column and the gap from x alone; then the σ of the next lasso.
    fn look(&self, state: &mut ConcomitantState<R, A::Domain, A::Range, G, I>) {
        let LassoState { x, correlations, residual, squares, phase, .. } = &mut state.lasso;
        let (x, c) = (x.as_slice(), correlations.as_mut_slice());
        residual.clone_from(self.lasso.response);
        if x.iter().all(|x| *x == R::ZERO) {
            for (c, known) in c.iter_mut().zip(self.lasso.correlations.as_slice()) {
                *c = *known;
            }
            *squares = self.lasso.energy;
        } else {
            self.lasso.subtract(x, residual);
            *squares = dot(residual.as_slice(), residual.as_slice());
            let last = c.len().saturating_sub(1);
            for (block, c) in c.chunks_mut(4).enumerate() {
                // Beyond the last column its neighbours before it are asked again.
                let at = core::array::from_fn(|k| (4 * block + k).min(last));
                copy(c, self.lasso.design.column_dots(at, residual));
            }
        }
        *phase = Phase::Look;
        let squares = *squares;
        state.gap = self.gap(x, c, squares);
        state.estimate = state.gap;
        if state.gap.is_finite() {
            state.sigma = self.sigma(squares);
            self.rescale(state, squares / self.rows);
        }
        state.solved = false;
    }

    /// The σ of the next lasso, for ‖r‖²/n at the solution of the one before.
    fn rescale(&self, state: &mut ConcomitantState<R, A::Domain, A::Range, G, I>, found: R) {
        let mut next = found;
        if state.solved && state.scale > R::ZERO {
            let used = state.scale * state.scale;
            let [used_before, found_before] = state.before;
            let slope = (found - found_before) / (used - used_before);
            if used_before > R::ZERO && slope > R::ZERO && slope < R::ONE {
                // Where the secant meets σ² = ‖r‖²/n, but not beyond the σ of the same P(x, σ).
                let secant = (found - slope * used) / (R::ONE - slope);
                let mirrored = found * (found / used);
                next = if found < used { secant.max(mirrored) } else { secant.min(mirrored) };
            }
            state.before = [used, found];
        } else {
            state.before = [R::ZERO; 2];
        }
        state.scale = self.floor.max(next.finite_or(found).sqrt());
    }
}

impl<R: Real, A: ColumnOperator<R>, G, I> Iteration for Concomitant<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
{
    type Real = R;
    type State = ConcomitantState<R, A::Domain, A::Range, G, I>;
    const CERTIFICATE: Certificate = Certificate::DualityGap;

    fn step(&self, state: &mut Self::State) {
        self.at(state.scale).step(&mut state.lasso);
        let LassoState { phase, steps, complete, estimate, gap, .. } = &state.lasso;
        if !estimate.is_finite() {
            state.estimate = *estimate;
        }
        let solved = *complete && *estimate <= R::from_f64(SHARE) * *gap;
        match phase {
            // The lasso has just looked, or sweeps on.
            Phase::Choose | Phase::Sweep => {}
            // It would look for other columns, which the look here does too.
            Phase::Look => self.look(state),
            Phase::Pass | Phase::Begin | Phase::Trace => {
                if solved || *steps >= STEPS {
                    state.solved = solved;
                    self.look(state);
                }
            }
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        state.estimate
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        // No weight is negative: whatever was screened for it counts no more.
        state.lasso.screened_for = [-R::ONE; 2];
        self.look(state);
        Some(state.gap)
    }

    fn reference(&self) -> R {
        self.unit()
    }

    fn restore(&self, state: &mut Self::State) {
        self.at(state.scale).restore(&mut state.lasso);
        state.solved = false;
        state.before = [R::ZERO; 2];
        (state.gap, state.estimate) = (R::MAX, R::MAX);
        state.scale = self.sigma(self.lasso.energy);
        state.sigma = state.scale;
    }
}
