//! [`IhtTile`]: [`Iht`](solvekit::recovery::Iht) on the signals of all lanes.

use super::Products;
use super::guard::{Guard, residuals, settle};
use super::largest::keep_largest;
use super::panels::{Rows, multiply, padded, rows, rows_mut};
use super::proposal::Look;
use super::seats::{Asked, Tile};
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
    fn end<const COUNT: usize>(&mut self, first: usize, pulls: [T; COUNT]) {
        let (x, next) = (rows::<T, COUNT>(self.x, first), rows_mut::<T, COUNT>(self.next, first));
        let mut i = 0;
        while i < COUNT {
            let x = x[i];
            next[i] = x.plus_product(self.step, pulls[i]);
            self.look.at_pull(pulls[i]);
            i += 1;
        }
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
    fn propose(&mut self, _asked: Asked) {
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
        let found =
            residuals(self.products, &self.y, &self.next, (&self.r, &mut self.next_r), self.scale);
        let guard = Guard { step_size: self.step_size, scaled_norm: self.scaled_norm };
        let step = &mut self.step;
        let moves = guard.moves(found, self.moved, *step, |lane, shorter| {
            step.lanes_mut()[lane] = shorter;
        });
        moves.take(&mut self.x, &mut self.next);
        moves.take(&mut self.r, &mut self.next_r);
    }
    fn unload(&self, lane: usize, answer: &mut [T::Real]) {
        for (answer, x) in answer.iter_mut().zip(&self.x) {
            *answer = x.lanes()[lane];
        }
    }
}
