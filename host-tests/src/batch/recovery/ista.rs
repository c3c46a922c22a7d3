//! [`IstaTile`]: [`Ista`](solvekit::recovery::Ista) on the signals of all lanes.

use super::Products;
use super::guard::{Guard, residuals, settle};
use super::panels::{Plain, multiply, padded};
use super::proposal::{AtEnd, FromRest, Look, Proposal, SOFT, Step};
use super::seats::{Asked, Tile};
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
    /// Are the proposals in the place of x? So it is where no step is guarded and no certificate asked for:
    /// half of the cache is spared.
    in_place: bool,
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
    fn propose(&mut self, asked: Asked) {
        let (adjoint, r) = (&self.products.adjoint, &self.r);
        let (x, step, threshold) = (&mut self.x, self.step, self.threshold);
        let asked = if self.step_size.is_guarded() { Asked::All } else { asked };
        self.in_place = matches!(asked, Asked::Nothing | Asked::Start);
        match asked {
            Asked::Nothing => {
                multiply(adjoint, r, Step::<_, SOFT> { x, step, threshold });
            }
            Asked::Start => {
                let rows = FromRest { x, step, threshold, look: Look::NOTHING };
                self.look = multiply(adjoint, r, rows).look.changing_from_rest(step, threshold);
            }
            Asked::End => {
                let rows = AtEnd { x, step, threshold, look: Look::NOTHING };
                self.look = multiply(adjoint, r, rows).look;
            }
            Asked::All => {
                let (next, scale) = (&mut self.next, self.scale);
                let (look, moved) = (Look::NOTHING, T::ZERO);
                let rows = Proposal { x, next, step, threshold, scale, look, moved };
                let rows = multiply(adjoint, r, rows);
                (self.look, self.moved) = (rows.look, rows.moved);
            }
        }
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
            let rows = Plain { start: Some(&self.y), out: &mut self.r };
            multiply(&self.products.minus, &self.x, rows);
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
        // Once a residual has left the range no entry of x comes back into it, so that it is enough to
        // ask at the end.
        !self.step_size.is_guarded() && !self.certificate(lane).is_finite()
    }
    fn unload(&self, lane: usize, answer: &mut [T::Real]) {
        for (answer, x) in answer.iter_mut().zip(&self.x) {
            *answer = x.lanes()[lane];
        }
    }
}
