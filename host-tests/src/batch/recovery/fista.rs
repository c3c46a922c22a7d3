//! [`FistaTile`]: [`Fista`](solvekit::recovery::Fista) on the signals of all lanes.

use super::Products;
use super::guard::{Guard, residuals, settle};
use super::panels::{multiply, padded};
use super::proposal::{Look, Proposal};
use super::seats::{Asked, Tile};
use crate::batch::lanes::Side;
use solvekit::recovery::StepSize;
use solvekit::sum::square;
use solvekit::{Real, Scalar};

/// As [`IstaTile`](super::ista::IstaTile), with the point beside x from which steps are made.
#[derive(Debug)]
pub(super) struct FistaTile<'b, T: Side> {
    products: &'b Products<T::Real>,
    step_size: StepSize<T::Real>,
    y: Vec<T>,
    x: Vec<T>,
    ahead: Vec<T>,
    next: Vec<T>,
    r: Vec<T>,
    ahead_r: Vec<T>,
    next_r: Vec<T>,
    step: T,
    lambda: T,
    threshold: T,
    momentum: T,
    estimate: T,
    look: Look<T>,
    scale: T,
    scaled_norm: T,
    moved: T,
    /// A power of two for each signal that brings steps of x to about 1.
    x_scale: T,
}

impl<'b, T: Side> FistaTile<'b, T> {
    /// Nothing in any lane.
    pub(super) fn new(products: &'b Products<T::Real>, step_size: StepSize<T::Real>) -> Self {
        let rows = || vec![T::ZERO; padded(products.rows)];
        let columns = || vec![T::ZERO; padded(products.columns)];
        Self {
            products,
            step_size,
            y: rows(),
            x: columns(),
            ahead: columns(),
            next: columns(),
            r: rows(),
            ahead_r: rows(),
            next_r: rows(),
            step: T::ONE,
            lambda: T::ZERO,
            threshold: T::ZERO,
            momentum: T::ONE,
            estimate: T::ZERO,
            look: Look::NOTHING,
            scale: T::ONE,
            scaled_norm: T::ZERO,
            moved: T::ZERO,
            x_scale: T::ONE,
        }
    }

    /// Largest |z − x⁺| and ⟨z − x⁺, x⁺ − x⟩, scaled.
    #[inline(always)]
    fn changes(&self) -> (Look<T>, T) {
        let (mut look, mut uphill) = (Look::NOTHING, T::ZERO);
        for ((z, next), x) in self.ahead.iter().zip(&self.next).zip(&self.x) {
            let change = *z - *next;
            look.at_change(change);
            uphill = uphill.plus_product(self.x_scale * change, self.x_scale * (*next - *x));
        }
        (look, uphill)
    }

    /// Decides for every signal whether it moves, and with which momentum: 1 or 0, and β.
    fn decide(&mut self, taint: T, curved: T, look: &Look<T>, uphill: T) -> (bool, T, T) {
        let guard = Guard { step_size: self.step_size, scaled_norm: self.scaled_norm };
        let (mut all, mut accepted, mut betas) = (true, T::ONE, T::ZERO);
        for lane in 0..T::LANES {
            let step = self.step.lanes()[lane];
            let shorter = guard.shorter(lane, self.moved, curved, self.step);
            let uphill = uphill.lanes()[lane];
            let finite = taint.lanes()[lane] == Scalar::ZERO && uphill.is_finite();
            match shorter {
                Some(shorter) if shorter != step => self.set_step(lane, shorter),
                _ if !finite => self.estimate.lanes_mut()[lane] = T::Real::INFINITY,
                _ => {
                    self.estimate.lanes_mut()[lane] = look.largest_change(lane) / step;
                    let momentum = self.momentum.lanes()[lane];
                    let one = T::Real::ONE;
                    let root = (one + T::Real::from_f64(4.0) * square(momentum)).sqrt();
                    let after = T::Real::from_f64(0.5) * (one + root);
                    let restart = uphill > Scalar::ZERO;
                    self.momentum.lanes_mut()[lane] = if restart { one } else { after };
                    if !restart {
                        betas.lanes_mut()[lane] = (momentum - one) / after;
                    }
                    continue;
                }
            }
            accepted.lanes_mut()[lane] = Scalar::ZERO;
            all = false;
        }
        (all, accepted, betas)
    }

    /// Every vector.
    fn all(&mut self) -> [&mut Vec<T>; 7] {
        [
            &mut self.x,
            &mut self.ahead,
            &mut self.next,
            &mut self.r,
            &mut self.ahead_r,
            &mut self.next_r,
            &mut self.y,
        ]
    }

    fn set_step(&mut self, lane: usize, step: T::Real) {
        self.step.lanes_mut()[lane] = step;
        self.threshold.lanes_mut()[lane] = step * self.lambda.lanes()[lane];
    }

    fn clear_numbers(&mut self, lane: usize) {
        self.step.lanes_mut()[lane] = Scalar::ONE;
        self.threshold.lanes_mut()[lane] = Scalar::ZERO;
        self.moved.lanes_mut()[lane] = Scalar::ZERO;
        self.momentum.lanes_mut()[lane] = Scalar::ONE;
        self.x_scale.lanes_mut()[lane] = Scalar::ONE;
    }
}

/// z⁺ = x⁺ + β (x⁺ − x), and x⁺ in the place of x, where a signal is accepted.
#[inline(always)]
fn advance<T: Side>(x: &mut [T], ahead: &mut [T], next: &[T], beta: T, accepted: T) {
    for ((x, ahead), next) in x.iter_mut().zip(ahead).zip(next) {
        let extrapolated = next.plus_product(beta, *next - *x);
        *ahead = T::ZERO.if_less(accepted, extrapolated, *ahead);
        *x = T::ZERO.if_less(accepted, *next, *x);
    }
}

impl<T: Side> Tile for FistaTile<'_, T> {
    type Real = T::Real;
    const ESTIMATES: bool = true;

    fn clear(&mut self) {
        self.all().into_iter().for_each(|all| all.fill(T::ZERO));
        for lane in 0..T::LANES {
            self.clear_numbers(lane);
        }
    }
    fn clear_lane(&mut self, lane: usize) {
        for all in self.all() {
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
        self.step.lanes_mut()[lane] = self.step_size.initial();
        // Until it is known nothing passes.
        self.threshold.lanes_mut()[lane] = T::Real::INFINITY;
    }
    fn settle(&mut self, lane: Option<usize>) {
        settle(&mut self.r, &self.y, lane);
        settle(&mut self.ahead_r, &self.y, lane);
    }
    fn weigh(&mut self, lane: usize, lambda: T::Real) {
        self.lambda.lanes_mut()[lane] = lambda;
        self.set_step(lane, self.step_size.initial());
    }
    #[inline(always)]
    fn propose(&mut self, _asked: Asked) {
        let rows = Proposal {
            x: &self.ahead,
            next: &mut self.next,
            step: self.step,
            threshold: self.threshold,
            scale: self.scale,
            look: Look::NOTHING,
            moved: T::ZERO,
        };
        let rows = multiply(&self.products.adjoint, &self.ahead_r, rows);
        (self.look, self.moved) = (rows.look, rows.moved);
    }
    fn correlation(&self, lane: usize) -> T::Real {
        self.look.largest_pull(lane)
    }
    fn certificate(&self, lane: usize) -> T::Real {
        self.look.largest_change(lane) / self.step.lanes()[lane]
    }
    fn begin(&mut self, lane: usize) {
        self.momentum.lanes_mut()[lane] = Scalar::ONE;
        self.estimate.lanes_mut()[lane] = self.certificate(lane);
        // As large as the first step can be.
        let size = self.look.largest_pull(lane) * self.step.lanes()[lane];
        self.x_scale.lanes_mut()[lane] = size.unit_scale();
    }
    #[inline(always)]
    fn update(&mut self) {
        let (taint, curved) = residuals(
            self.products,
            &self.y,
            &self.next,
            (&self.ahead_r, &mut self.next_r),
            self.scale,
        );
        let (look, uphill) = self.changes();
        let (all, accepted, beta) = self.decide(taint, curved, &look, uphill);
        if all {
            for ((x, ahead), next) in self.x.iter().zip(&mut self.ahead).zip(&self.next) {
                *ahead = next.plus_product(beta, *next - *x);
            }
            for ((r, ahead), next) in self.r.iter().zip(&mut self.ahead_r).zip(&self.next_r) {
                *ahead = next.plus_product(beta, *next - *r);
            }
            std::mem::swap(&mut self.x, &mut self.next);
            std::mem::swap(&mut self.r, &mut self.next_r);
        } else {
            advance(&mut self.x, &mut self.ahead, &self.next, beta, accepted);
            advance(&mut self.r, &mut self.ahead_r, &self.next_r, beta, accepted);
        }
    }
    fn estimate(&self, lane: usize) -> T::Real {
        self.estimate.lanes()[lane]
    }
    fn confirm(&mut self, lane: usize) {
        for (ahead, x) in self.ahead.iter_mut().zip(&self.x) {
            ahead.lanes_mut()[lane] = x.lanes()[lane];
        }
        for (ahead, r) in self.ahead_r.iter_mut().zip(&self.r) {
            ahead.lanes_mut()[lane] = r.lanes()[lane];
        }
        self.momentum.lanes_mut()[lane] = Scalar::ONE;
    }
    fn unload(&self, lane: usize, answer: &mut [T::Real]) {
        for (answer, x) in answer.iter_mut().zip(&self.x) {
            *answer = x.lanes()[lane];
        }
    }
}
