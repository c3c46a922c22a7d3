//! The lasso as an [`Iteration`].

use super::Lasso;
use super::state::{Asked, LassoState, Phase};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, ColumnOperator, Iteration, Real};

/// Passes after a path, which see to what it had to leave out, before another one.
const PASSES: u32 = 2;
/// Pieces of a path in one step.
const PIECES: u32 = 4;
/// Sweeps between two looks.
const SWEEPS: u32 = 4;
/// The columns in work are left for a look once their own gap is below this share of the last one.
const SHARE: f64 = 1e-3;
/// And after so many steps in any case: rounding has a floor.
const STEPS: u32 = 200;

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
{
    /// A pass over the columns in work, or some pieces of a path to their exact solution.
    fn work(&self, state: &mut LassoState<R, A::Domain, A::Range, G, I>) {
        let LassoState { x, workspace, members, factored, forward, squares, .. } = state;
        let mut parts = workspace.parts::<R>(self.design.columns());
        if state.phase == Phase::Pass {
            self.pass(&mut parts, *members, squares);
            state.passes += 1;
            if state.passes >= PASSES {
                (state.phase, state.passes) = (Phase::Begin, 0);
            }
        } else {
            if state.phase == Phase::Begin {
                if state.ridge != self.ridge {
                    (*factored, state.ridge) = (0, self.ridge);
                }
                if state.complete {
                    self.begin_dense(&mut parts, *members, factored, squares);
                }
                self.begin_trace(&mut parts, *members, factored);
                (state.phase, state.passes) = (Phase::Trace, 0);
                *forward = 0;
            }
            for _ in 0..PIECES {
                state.passes += 1;
                let done = self.trace(&mut parts, *members, factored, forward, squares);
                // A path that goes to and fro between ties ends here.
                if done || state.passes as usize > 8 * *members + 8 {
                    (state.phase, state.passes) = (Phase::Pass, 0);
                    break;
                }
            }
        }
        let x = x.as_mut_slice();
        for (column, w) in parts.members.iter().zip(&*parts.w).take(*members) {
            if let Some(x) = x.get_mut(*column) {
                *x = *w;
            }
        }
        let gap = self.inner_gap(&parts, *members, *squares);
        state.steps += 1;
        if state.complete || !gap.is_finite() {
            state.estimate = gap;
        }
        if !state.complete && (gap <= R::from_f64(SHARE) * state.gap || state.steps >= STEPS) {
            state.phase = Phase::Look;
        }
    }

    fn sweeps(&self, state: &mut LassoState<R, A::Domain, A::Range, G, I>) {
        let parts = state.workspace.parts::<R>(self.design.columns());
        let largest = self.sweep(&mut state.x, &mut state.residual, parts.places);
        state.passes += 1;
        if !largest.is_finite() {
            state.estimate = largest;
        }
        if state.passes >= SWEEPS || largest == R::ZERO {
            state.phase = Phase::Look;
        }
    }
}

impl<R: Real, A: ColumnOperator<R>, G, I> Iteration for Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
{
    type Real = R;
    type State = LassoState<R, A::Domain, A::Range, G, I>;
    const CERTIFICATE: Certificate = Certificate::DualityGap;

    fn step(&self, state: &mut Self::State) {
        state.asked = Asked::Never;
        if state.phase == Phase::Choose {
            self.choose(state);
        }
        match state.phase {
            Phase::Look | Phase::Choose => self.look(state, false),
            Phase::Pass | Phase::Begin | Phase::Trace => self.work(state),
            Phase::Sweep => self.sweeps(state),
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        state.asked = if state.asked == Asked::Never { Asked::Once } else { Asked::More };
        state.estimate
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        // Asked more than once, this is the beginning of another run, perhaps of another λ.
        let everything = state.asked == Asked::More;
        if everything || state.phase != Phase::Choose {
            self.look(state, everything);
        }
        Some(state.gap)
    }

    fn reference(&self) -> R {
        R::from_f64(0.5) * self.energy
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.correlations.as_mut_slice().fill(R::ZERO);
        state.residual.as_mut_slice().fill(R::ZERO);
        state.workspace.clear();
        (state.members, state.factored, state.forward) = (0, 0, 0);
        (state.squares, state.gap, state.estimate) = (R::ZERO, R::MAX, R::MAX);
        (state.phase, state.asked) = (Phase::Look, Asked::More);
    }
}
