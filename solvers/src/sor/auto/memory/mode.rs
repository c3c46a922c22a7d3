//! The slowest mode, refined by what a solve found.

use super::AutoMemory;
use crate::sor::auto::Halves;
use crate::sor::auto::exponent::{distance, usable, young_distance};
use crate::sor::auto::ritz::{Products, products, ritz};
use crate::sor::auto::solve::{AutoSor, AutoSorState};
use crate::sum::max_abs;
use crate::{Buffer, Real, RowOperator};

/// Drift above which a long solve pays for one more refinement, and the sweeps that make it long.
const REFINING: f64 = 0.003;
const LONG: u32 = 24;
/// λ is where it was when it moved by less than this part, divided by the sweeps of a solve: then
/// the length of the next one hardly depends on it.
const STILL: f64 = 0.3;
/// Exponent of the sweep that refines the mode: a stronger one than Gauss–Seidel, weaker than Young's.
const REFINE: f64 = 0.85;
/// A refinement helps while the eigen-residual comes down so far from pass to pass; one that does
/// not is tried every fourth solve.
const HELPS: f64 = 1.0;

impl<R: Real, X: Buffer<R>> AutoMemory<R, X> {
    /// Refines the slowest mode. Was one more sweep spent on it?
    pub(super) fn learn_mode<A: RowOperator<R, Domain = X>, O: Halves<R, A>>(
        &mut self,
        sor: &AutoSor<'_, R, A, O>,
        state: &AutoSorState<R, X>,
    ) -> bool {
        let (b, inverse) = (sor.sor.system.b.as_slice(), sor.sor.inverse_diagonal.as_slice());
        let x = state.x.as_slice();
        // A mode that is not known may have any length.
        let mode = if sor.plan.first { x } else { self.mode.as_slice() };
        let found = products(b, inverse, sor.unit, mode, x);
        let Some(found) = found else { return false };
        if sor.plan.first {
            self.begin(&found, &state.x);
            return false;
        }
        let Some(pass) = &sor.pass else {
            self.since = self.since.saturating_add(1);
            if found.energy < R::from_f64(0.98) * self.lambda * found.mass {
                self.calm = 0;
            }
            return false;
        };
        let mut lambda = pass.lambda;
        if let Some(ritz) = ritz(pass, &found) {
            lambda = ritz.lambda;
            for (v, x) in self.mode.as_mut_slice().iter_mut().zip(state.x.as_slice()) {
                *v = ritz.of_v * *v + ritz.of_x * *x;
            }
        }
        let improvement = (pass.lambda - lambda) / pass.lambda;
        self.drift += R::from_f64(0.3) * (improvement - self.drift);
        let length = R::from_u32(state.control.sweeps);
        let moved = (pass.lambda - self.lambda).abs() * length > R::from_f64(STILL) * self.lambda;
        self.calm = if moved { 0 } else { self.calm.saturating_add(1) };
        self.since = 0;
        self.inverse_trace = sor.inverse_trace;
        self.lambda = usable(lambda);
        if let Some(context) = &mut self.context {
            context.learn(self.lambda);
        }
        let crooked = pass.defect > R::from_f64(0.01) * pass.lambda * pass.lambda;
        let defect = pass.defect / (pass.lambda * pass.lambda);
        let helps = defect < R::from_f64(HELPS) * self.defect || self.solves.is_multiple_of(4);
        self.defect = defect;
        let rough = self.drift > R::from_f64(REFINING) || (crooked && helps);
        let refine = state.control.sweeps >= LONG && rough;
        if refine {
            self.refine(sor);
        }
        self.normalise();
        refine
    }

    fn begin(&mut self, found: &Products<R>, x: &X) {
        let lambda = found.energy / found.mass;
        if lambda > R::ZERO {
            self.mode = x.clone();
            self.known = true;
            self.normalise();
            self.lambda = usable(lambda);
            self.drift = R::ONE;
        }
    }

    /// One SOR sweep on (A − 0.9 λ D) v = 0.
    fn refine<A: RowOperator<R, Domain = X>, O: Halves<R, A>>(
        &mut self,
        sor: &AutoSor<'_, R, A, O>,
    ) {
        let inverse = sor.sor.inverse_diagonal.as_slice();
        let two = R::ONE + R::ONE;
        let weight = two - distance(R::from_f64(REFINE), young_distance(self.lambda), false);
        let shrink = R::ONE / (R::ONE - R::from_f64(0.9) * self.lambda);
        sor.sor.system.a.relax(&mut self.mode, |row, dot, v| {
            let Some(inverse) = inverse.get(row) else { return v };
            let target = (v - dot * *inverse) * shrink;
            (v + weight * (target - v)).finite_or(v)
        });
    }

    fn normalise(&mut self) {
        let size = max_abs(self.mode.as_slice());
        let scale = size.unit_scale();
        let usable = size.is_finite() && size > R::ZERO;
        self.known &= usable;
        // A mode out of range must not stay: it would spoil the next one's products.
        let fitted = |v: R| if usable { v * scale } else { R::ZERO };
        self.mode.as_mut_slice().iter_mut().for_each(|v| *v = fitted(*v));
    }
}
