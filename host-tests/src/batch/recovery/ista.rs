//! [`IstaTile`]: [`Ista`](solvekit::recovery::Ista) on the signals of all lanes.

use super::Products;
use super::guard::{Guard, residuals, settle};
use super::panels::{Rows, multiply, padded};
use super::seats::Tile;
use crate::batch::lanes::Side;
use solvekit::recovery::StepSize;
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
    /// Are the proposals in the place of x? So it is where nobody looks and no step is guarded: half
    /// of the cache is spared.
    in_place: bool,
    /// NaN where such a step has left the range, and with it the last iterate.
    lost: T,
}

/// What a look tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<T> {
    /// Largest |Aᵀr|, and zero times their sum: NaN where one is not finite.
    pull: T,
    pull_taint: T,
    /// The same of x⁺ − x.
    change: T,
    change_taint: T,
}

impl<T: Side> Look<T> {
    pub(super) const NOTHING: Self =
        Self { pull: T::ZERO, pull_taint: T::ZERO, change: T::ZERO, change_taint: T::ZERO };

    #[inline(always)]
    pub(super) fn at_pull(&mut self, pull: T) {
        self.pull = pull.abs().most(self.pull);
        self.pull_taint = self.pull_taint.plus_product(pull, T::ZERO);
    }
    #[inline(always)]
    pub(super) fn at_change(&mut self, change: T) {
        self.change = change.abs().most(self.change);
        self.change_taint = self.change_taint.plus_product(change, T::ZERO);
    }
    /// Of one lane; NaN where a number is not finite.
    pub(super) fn largest_pull(&self, lane: usize) -> T::Real {
        self.pull.lanes()[lane] + self.pull_taint.lanes()[lane]
    }
    pub(super) fn largest_change(&self, lane: usize) -> T::Real {
        self.change.lanes()[lane] + self.change_taint.lanes()[lane]
    }
}

/// x⁺ = S(x + α Aᵀr; α λ), row by row.
pub(super) struct Proposal<'t, T> {
    pub(super) x: &'t [T],
    pub(super) next: &'t mut [T],
    pub(super) step: T,
    pub(super) threshold: T,
    pub(super) scale: T,
    pub(super) look: Look<T>,
    pub(super) moved: T,
}

impl<T: Side> Rows<T> for Proposal<'_, T> {
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
        let change = x - next;
        self.look.at_pull(pull);
        self.look.at_change(change);
        let apart = self.scale * change;
        self.moved = self.moved.plus_product(apart, apart);
    }
}

/// −b … b; of NaN anything between, which a difference from it does not show.
#[inline(always)]
pub(super) fn clamped<T: Side>(z: T, bound: T) -> T {
    (-bound).most(z.least(bound))
}

/// x ← S(x + α Aᵀr; α λ), row by row.
struct InPlace<'t, T> {
    x: &'t mut [T],
    step: T,
    threshold: T,
}

impl<T: Side> Rows<T> for InPlace<'_, T> {
    #[inline(always)]
    fn start(&self, _: usize) -> T {
        T::ZERO
    }
    #[inline(always)]
    fn end(&mut self, row: usize, pull: T) {
        let z = self.x[row].plus_product(self.step, pull);
        self.x[row] = z - clamped(z, self.threshold);
    }
}

/// r ← y − A x, row by row.
struct Renewed<'t, T> {
    y: &'t [T],
    r: &'t mut [T],
    taint: T,
}

impl<T: Side> Rows<T> for Renewed<'_, T> {
    #[inline(always)]
    fn start(&self, row: usize) -> T {
        self.y[row]
    }
    #[inline(always)]
    fn end(&mut self, row: usize, sum: T) {
        self.r[row] = sum;
        self.taint = self.taint.plus_product(sum, T::ZERO);
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
            in_place: false,
            lost: T::ZERO,
        }
    }

    fn set_step(&mut self, lane: usize, step: T::Real) {
        self.step.lanes_mut()[lane] = step;
        self.threshold.lanes_mut()[lane] = step * self.lambda.lanes()[lane];
    }

    fn clear_numbers(&mut self, lane: usize) {
        self.step.lanes_mut()[lane] = Scalar::ONE;
        self.threshold.lanes_mut()[lane] = Scalar::ZERO;
        self.moved.lanes_mut()[lane] = Scalar::ZERO;
        self.lost.lanes_mut()[lane] = Scalar::ZERO;
    }
}

impl<T: Side> Tile for IstaTile<'_, T> {
    type Real = T::Real;
    const ESTIMATES: bool = false;

    fn clear(&mut self) {
        // Of the others a proposal makes all anew before anybody reads them.
        for all in [&mut self.x, &mut self.y] {
            all.fill(T::ZERO);
        }
        for lane in 0..T::LANES {
            self.clear_numbers(lane);
        }
    }
    fn clear_lane(&mut self, lane: usize) {
        for all in [&mut self.x, &mut self.next, &mut self.r, &mut self.next_r, &mut self.y] {
            all.iter_mut().for_each(|numbers| numbers.lanes_mut()[lane] = Scalar::ZERO);
        }
        self.clear_numbers(lane);
    }
    fn load(&mut self, lane: usize, y: &[T::Real], y_norm: T::Real) {
        for (own, y) in self.y.iter_mut().zip(y) {
            own.lanes_mut()[lane] = *y;
        }
        let scale = y_norm.unit_scale();
        self.scale.lanes_mut()[lane] = scale;
        self.scaled_norm.lanes_mut()[lane] = scale * y_norm;
        self.moved.lanes_mut()[lane] = Scalar::ZERO;
        self.step.lanes_mut()[lane] = self.step_size.initial();
        // Until it is known nothing passes.
        self.threshold.lanes_mut()[lane] = T::Real::INFINITY;
    }
    fn settle(&mut self, lane: Option<usize>) {
        settle(&mut self.r, &self.y, lane);
    }
    fn weigh(&mut self, lane: usize, lambda: T::Real) {
        self.lambda.lanes_mut()[lane] = lambda;
        self.set_step(lane, self.step_size.initial());
    }
    #[inline(always)]
    fn propose(&mut self, look: bool) {
        self.in_place = !look && !self.step_size.is_guarded();
        let (step, threshold) = (self.step, self.threshold);
        if self.in_place {
            let rows = InPlace { x: &mut self.x, step, threshold };
            multiply(&self.products.adjoint, &self.r, rows);
            return;
        }
        let rows = Proposal {
            x: &self.x,
            next: &mut self.next,
            step,
            threshold,
            scale: self.scale,
            look: Look::NOTHING,
            moved: T::ZERO,
        };
        let rows = multiply(&self.products.adjoint, &self.r, rows);
        (self.look, self.moved) = (rows.look, rows.moved);
    }
    fn correlation(&self, lane: usize) -> T::Real {
        self.look.largest_pull(lane)
    }
    fn certificate(&self, lane: usize) -> T::Real {
        self.look.largest_change(lane) / self.step.lanes()[lane]
    }
    #[inline(always)]
    fn update(&mut self) {
        if self.in_place {
            let rows = Renewed { y: &self.y, r: &mut self.r, taint: self.lost };
            let rows = multiply(&self.products.minus, &self.x, rows);
            self.lost = rows.taint;
            return;
        }
        let found =
            residuals(self.products, &self.y, &self.next, (&self.r, &mut self.next_r), self.scale);
        let guard = Guard { step_size: self.step_size, scaled_norm: self.scaled_norm };
        let moves =
            guard.moves(found, self.moved, self.step, |lane, step| self.set_step(lane, step));
        moves.take(&mut self.x, &mut self.next);
        moves.take(&mut self.r, &mut self.next_r);
    }
    fn is_lost(&self, lane: usize) -> bool {
        self.lost.lanes()[lane] != Scalar::ZERO
    }
    fn unload(&self, lane: usize, answer: &mut [T::Real]) {
        for (answer, x) in answer.iter_mut().zip(&self.x) {
            *answer = x.lanes()[lane];
        }
    }
}
