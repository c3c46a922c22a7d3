//! [`IstaTile`]: [`Ista`](solvekit::recovery::Ista) on the signals of all lanes.

use super::Products;
use super::panels::{Rows, multiply, padded};
use super::seats::Tile;
use crate::batch::lanes::Side;
use solvekit::recovery::StepSize;
use solvekit::sum::square;
use solvekit::{Real, Scalar};

/// As many signals as there are lanes, each unknown and measurement of all of them side by side.
#[derive(Debug)]
pub(super) struct IstaTile<'b, T: Side> {
    products: &'b Products<T::Real>,
    step_size: StepSize<T::Real>,
    y: Vec<T>,
    x: Vec<T>,
    next: Vec<T>,
    r: Vec<T>,
    next_r: Vec<T>,
    /// α, λ and α λ.
    step: T,
    lambda: T,
    threshold: T,
    look: Look<T>,
    /// Of a guarded step: a power of two for each signal, its ‖y‖ times that, and ‖s (x⁺ − x)‖².
    scale: T,
    scaled_norm: T,
    moved: T,
}

/// What a look tells.
#[derive(Clone, Copy, Debug)]
struct Look<T> {
    /// Largest |Aᵀr|, and zero times their sum: NaN where one is not finite.
    pull: T,
    pull_taint: T,
    /// The same of x⁺ − x.
    change: T,
    change_taint: T,
}

impl<T: Side> Look<T> {
    const NOTHING: Self =
        Self { pull: T::ZERO, pull_taint: T::ZERO, change: T::ZERO, change_taint: T::ZERO };
}

/// x⁺ = S(x + α Aᵀr; α λ), row by row.
struct Proposal<'t, T, const LOOK: bool, const GUARDED: bool> {
    x: &'t [T],
    next: &'t mut [T],
    step: T,
    threshold: T,
    scale: T,
    look: Look<T>,
    moved: T,
}

impl<T: Side, const LOOK: bool, const GUARDED: bool> Rows<T> for Proposal<'_, T, LOOK, GUARDED> {
    #[inline(always)]
    fn start(&self, _: usize) -> T {
        T::ZERO
    }
    #[inline(always)]
    fn end(&mut self, row: usize, pull: T) {
        let x = self.x[row];
        let z = x.plus_product(self.step, pull);
        let next = z - clamped(z, self.threshold);
        self.next[row] = next;
        if LOOK {
            let change = (x - next).abs();
            let look = &mut self.look;
            look.pull = pull.abs().most(look.pull);
            look.pull_taint = look.pull_taint.plus_product(pull, T::ZERO);
            look.change = change.most(look.change);
            look.change_taint = look.change_taint.plus_product(change, T::ZERO);
        }
        if GUARDED {
            let apart = self.scale * (x - next);
            self.moved = self.moved.plus_product(apart, apart);
        }
    }
}

/// −b … b; of NaN anything between, which a difference from it does not show.
#[inline(always)]
pub(super) fn clamped<T: Side>(z: T, bound: T) -> T {
    (-bound).most(z.least(bound))
}

/// r⁺ = y − A x⁺, row by row.
struct Residual<'t, T, const GUARDED: bool> {
    y: &'t [T],
    r: &'t [T],
    next_r: &'t mut [T],
    scale: T,
    /// Zero times the sum of what was found.
    taint: T,
    /// ‖s (r⁺ − r)‖².
    curved: T,
}

impl<T: Side, const GUARDED: bool> Rows<T> for Residual<'_, T, GUARDED> {
    #[inline(always)]
    fn start(&self, row: usize) -> T {
        self.y[row]
    }
    #[inline(always)]
    fn end(&mut self, row: usize, sum: T) {
        self.next_r[row] = sum;
        self.taint = self.taint.plus_product(sum, T::ZERO);
        if GUARDED {
            let apart = self.scale * (self.r[row] - sum);
            self.curved = self.curved.plus_product(apart, apart);
        }
    }
}

impl<'b, T: Side> IstaTile<'b, T> {
    /// Nothing in any lane: signals that stay zero.
    pub(super) fn new(products: &'b Products<T::Real>, step_size: StepSize<T::Real>) -> Self {
        let rows = || vec![T::ZERO; padded(products.rows)];
        let columns = || vec![T::ZERO; padded(products.columns)];
        Self {
            products,
            step_size,
            y: rows(),
            x: columns(),
            next: columns(),
            r: rows(),
            next_r: rows(),
            step: T::ONE,
            lambda: T::ZERO,
            threshold: T::ZERO,
            look: Look::NOTHING,
            scale: T::ONE,
            scaled_norm: T::ZERO,
            moved: T::ZERO,
        }
    }

    #[inline(always)]
    fn propose_by<const LOOK: bool, const GUARDED: bool>(&mut self) {
        let mut rows = Proposal::<_, LOOK, GUARDED> {
            x: &self.x,
            next: &mut self.next,
            step: self.step,
            threshold: self.threshold,
            scale: self.scale,
            look: Look::NOTHING,
            moved: T::ZERO,
        };
        multiply(&self.products.adjoint, &self.r, &mut rows);
        (self.look, self.moved) = (rows.look, rows.moved);
    }

    /// r⁺ of the proposals: what is not finite, and how far residuals have moved.
    #[inline(always)]
    fn residuals<const GUARDED: bool>(&mut self) -> (T, T) {
        let mut rows = Residual::<_, GUARDED> {
            y: &self.y,
            r: &self.r,
            next_r: &mut self.next_r,
            scale: self.scale,
            taint: T::ZERO,
            curved: T::ZERO,
        };
        multiply(&self.products.minus, &self.next, &mut rows);
        (rows.taint, rows.curved)
    }

    fn set_step(&mut self, lane: usize, step: T::Real) {
        self.step.lanes_mut()[lane] = step;
        self.threshold.lanes_mut()[lane] = step * self.lambda.lanes()[lane];
    }
}

impl<T: Side> Tile for IstaTile<'_, T> {
    type Real = T::Real;
    const ESTIMATES: bool = false;

    fn load(&mut self, lane: usize, y: &[T::Real], y_norm: T::Real) {
        for ((own, r), y) in self.y.iter_mut().zip(&mut self.r).zip(y) {
            own.lanes_mut()[lane] = *y;
            r.lanes_mut()[lane] = *y;
        }
        let scale = y_norm.unit_scale();
        self.scale.lanes_mut()[lane] = scale;
        self.scaled_norm.lanes_mut()[lane] = scale * y_norm;
        self.moved.lanes_mut()[lane] = Scalar::ZERO;
        self.step.lanes_mut()[lane] = self.step_size.initial();
        // Until it is known nothing passes.
        self.threshold.lanes_mut()[lane] = T::Real::INFINITY;
    }
    fn weigh(&mut self, lane: usize, lambda: T::Real) {
        self.lambda.lanes_mut()[lane] = lambda;
        self.set_step(lane, self.step_size.initial());
    }
    #[inline(always)]
    fn propose(&mut self, look: bool) {
        match (look, self.step_size.is_guarded()) {
            (false, false) => self.propose_by::<false, false>(),
            (false, true) => self.propose_by::<false, true>(),
            (true, false) => self.propose_by::<true, false>(),
            (true, true) => self.propose_by::<true, true>(),
        }
    }
    fn correlation(&self, lane: usize) -> T::Real {
        self.look.pull.lanes()[lane] + self.look.pull_taint.lanes()[lane]
    }
    fn certificate(&self, lane: usize) -> T::Real {
        let change = self.look.change.lanes()[lane] + self.look.change_taint.lanes()[lane];
        change / self.step.lanes()[lane]
    }
    #[inline(always)]
    fn update(&mut self) {
        let (taint, curved) = if self.step_size.is_guarded() {
            self.residuals::<true>()
        } else {
            self.residuals::<false>()
        };
        let mut accepted = T::ONE;
        let mut all = true;
        for lane in 0..T::LANES {
            let finite = taint.lanes()[lane] == Scalar::ZERO;
            let step = self.step.lanes()[lane];
            let shorter = if self.step_size.is_guarded() {
                let (moved, curved) = (self.moved.lanes()[lane], curved.lanes()[lane]);
                shorter_step(moved, curved, step, self.scaled_norm.lanes()[lane])
            } else {
                None
            };
            if let Some(shorter) = shorter {
                self.set_step(lane, shorter);
            }
            if shorter.is_some() || !finite {
                accepted.lanes_mut()[lane] = Scalar::ZERO;
                all = false;
            }
        }
        if all {
            std::mem::swap(&mut self.x, &mut self.next);
            std::mem::swap(&mut self.r, &mut self.next_r);
            return;
        }
        for (own, next) in self.x.iter_mut().zip(&self.next) {
            *own = T::ZERO.if_less(accepted, *next, *own);
        }
        for (own, next) in self.r.iter_mut().zip(&self.next_r) {
            *own = T::ZERO.if_less(accepted, *next, *own);
        }
    }
    fn unload(&mut self, lane: usize, answer: &mut [T::Real]) {
        for (answer, x) in answer.iter_mut().zip(&self.x) {
            *answer = x.lanes()[lane];
        }
        // Zero from now on: neither denormal numbers nor infinite ones.
        let columns = self.x.iter_mut().zip(&mut self.next);
        for (x, next) in columns {
            x.lanes_mut()[lane] = Scalar::ZERO;
            next.lanes_mut()[lane] = Scalar::ZERO;
        }
        for (r, y) in self.r.iter_mut().zip(&mut self.y) {
            r.lanes_mut()[lane] = Scalar::ZERO;
            y.lanes_mut()[lane] = Scalar::ZERO;
        }
        self.moved.lanes_mut()[lane] = Scalar::ZERO;
    }
}

/// What [`Ista`](solvekit::recovery::Ista) asks of a guarded step: `None` where the model with
/// curvature 1/α covers it, else the step to try instead. `moved` is ‖s (x⁺ − x)‖², `curved`
/// ‖s (r⁺ − r)‖², `scaled_norm` s ‖y‖.
pub(super) fn shorter_step<R: Real>(moved: R, curved: R, step: R, scaled_norm: R) -> Option<R> {
    let rounding = square(R::from_f64(16.0) * R::EPSILON * scaled_norm);
    if curved <= moved / step + rounding {
        return None;
    }
    let passing = R::from_f64(0.98) * moved / curved;
    Some(Scalar::max(passing, R::from_f64(0.5) * step).finite_or(step))
}
