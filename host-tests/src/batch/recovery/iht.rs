//! [`IhtTile`]: [`Iht`](solvekit::recovery::Iht) on the signals of all lanes.

use super::Products;
use super::ista::{Look, Residual, settle, shorter_step};
use super::largest::keep_largest;
use super::panels::{Rows, multiply, padded};
use super::seats::Tile;
use crate::batch::lanes::Side;
use solvekit::Scalar;
use solvekit::recovery::StepSize;

/// As [`IstaTile`](super::ista::IstaTile), with the K largest in the place of a threshold.
#[derive(Debug)]
pub(super) struct IhtTile<'b, T: Side> {
    products: &'b Products<T::Real>,
    step_size: StepSize<T::Real>,
    y: Vec<T>,
    x: Vec<T>,
    next: Vec<T>,
    r: Vec<T>,
    next_r: Vec<T>,
    /// Room for K.
    list: Vec<T>,
    step: T,
    look: Look<T>,
    scale: T,
    scaled_norm: T,
    moved: T,
}

/// x + α Aᵀr, row by row.
struct Ascent<'t, T> {
    x: &'t [T],
    next: &'t mut [T],
    step: T,
    look: Look<T>,
}

impl<T: Side> Rows<T> for Ascent<'_, T> {
    #[inline(always)]
    fn start(&self, _: usize) -> T {
        T::ZERO
    }
    #[inline(always)]
    fn end(&mut self, row: usize, pull: T) {
        self.next[row] = self.x[row].plus_product(self.step, pull);
        self.look.at_pull(pull);
    }
}

impl<'b, T: Side> IhtTile<'b, T> {
    /// Nothing in any lane; K between 1 and N.
    pub(super) fn new(
        products: &'b Products<T::Real>,
        sparsity: usize,
        step_size: StepSize<T::Real>,
    ) -> Self {
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
            list: vec![T::ZERO; sparsity],
            step: T::ONE,
            look: Look::NOTHING,
            scale: T::ONE,
            scaled_norm: T::ZERO,
            moved: T::ZERO,
        }
    }

    /// r⁺ of the proposals: what is not finite, and how far residuals have moved.
    #[inline(always)]
    fn residuals(&mut self) -> (T, T) {
        let rows = Residual {
            y: &self.y,
            r: &self.r,
            next_r: &mut self.next_r,
            scale: self.scale,
            taint: T::ZERO,
            curved: T::ZERO,
        };
        let rows = multiply(&self.products.minus, &self.next, rows);
        (rows.taint, rows.curved)
    }

    fn clear_numbers(&mut self, lane: usize) {
        self.step.lanes_mut()[lane] = Scalar::ONE;
        self.moved.lanes_mut()[lane] = Scalar::ZERO;
    }
}

impl<T: Side> Tile for IhtTile<'_, T> {
    type Real = T::Real;
    const ESTIMATES: bool = false;

    fn clear(&mut self) {
        for all in [&mut self.x, &mut self.next, &mut self.r, &mut self.next_r, &mut self.y] {
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
        self.step.lanes_mut()[lane] = self.step_size.initial();
    }
    fn settle(&mut self, lane: Option<usize>) {
        settle(&mut self.r, &self.y, lane);
    }
    #[inline(always)]
    fn propose(&mut self, _look: bool) {
        let (x, next) = (&self.x, &mut self.next);
        let rows = Ascent { x, next, step: self.step, look: Look::NOTHING };
        let rows = multiply(&self.products.adjoint, &self.r, rows);
        self.look = rows.look;
        keep_largest(&mut self.next[..self.products.columns], &mut self.list);
        self.moved = T::ZERO;
        for (next, x) in self.next.iter().zip(&self.x) {
            let change = *x - *next;
            self.look.at_change(change);
            let apart = self.scale * change;
            self.moved = self.moved.plus_product(apart, apart);
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
        let (taint, curved) = self.residuals();
        let (mut all, mut accepted) = (true, T::ONE);
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
                self.step.lanes_mut()[lane] = shorter;
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
    fn unload(&self, lane: usize, answer: &mut [T::Real]) {
        for (answer, x) in answer.iter_mut().zip(&self.x) {
            *answer = x.lanes()[lane];
        }
    }
}
