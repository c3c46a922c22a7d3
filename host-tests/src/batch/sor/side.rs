//! [`SideBySide`]: the systems of one part, as many at a time as there are lanes.

use super::super::lanes::{Laned, OnLanes, Side};
use super::super::slots::{Group, Slots};
use super::super::told::Told;
use super::super::{Part, Rows};
use super::SorBatch;
use super::broadcast::Broadcast;
use crate::vector::Vector;
use solvekit::operator::residual_norm;
use solvekit::sor::{Forward, Symmetric, relax};
use solvekit::sum::{max_abs, square};
use solvekit::{Certificate, RowOperator, Scalar, SystemError};
use std::marker::PhantomData;

/// An order of relaxation, whatever the lanes are.
pub(super) trait Sweep {
    /// One sweep.
    fn sweep<T: Scalar, A>(a: &A, x: &mut Vector<T>, beside: [&Vector<T>; 2], omega: T)
    where
        A: RowOperator<T, Domain = Vector<T>, Range = Vector<T>>;
}

macro_rules! sweep {
    ($order:ident) => {
        impl Sweep for $order {
            #[inline(always)]
            fn sweep<T: Scalar, A>(a: &A, x: &mut Vector<T>, beside: [&Vector<T>; 2], omega: T)
            where
                A: RowOperator<T, Domain = Vector<T>, Range = Vector<T>>,
            {
                relax(a, x, beside, omega, $order);
            }
        }
    };
}
sweep!(Forward);
sweep!(Symmetric);

/// The systems of a part, to be solved with lanes.
pub(super) struct SideBySide<'b, 'a, R: Laned, O> {
    batch: &'b SorBatch<'a, R>,
    part: Part<'b, SorBatch<'a, R>>,
    order: PhantomData<O>,
}

impl<'b, 'a, R: Laned, O> SideBySide<'b, 'a, R, O> {
    pub(super) fn new(
        batch: &'b SorBatch<'a, R>,
        part: Part<'b, SorBatch<'a, R>>,
        _order: O,
    ) -> Self {
        Self { batch, part, order: PhantomData }
    }
}

impl<R: Laned, O: Sweep> OnLanes<R> for SideBySide<'_, '_, R, O> {
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) {
        let mut group = Systems::<T, R>::new(self.batch);
        let mut slots = Slots::new(self.batch, self.part, T::LANES, self.batch.stop);
        while slots.fill(&mut group) {
            loop {
                group.sweep::<O>();
                if slots.is_due() {
                    group.look();
                }
                if slots.advance(&mut group) {
                    break;
                }
            }
        }
    }
}

/// As many systems as there are lanes.
struct Systems<'b, 'a, T, R: Laned> {
    batch: &'b SorBatch<'a, R>,
    /// Empty where one matrix serves all.
    matrices: Vec<T>,
    b: Vector<T>,
    inverse_diagonal: Vector<T>,
    x: Vector<T>,
    omega: T,
    /// Powers of two that bring each b to about 1.
    scale: T,
    /// Of the scaled residuals: the sums of their squares, and the residuals' norms out of them.
    squares: T,
    norms: T,
}

impl<'b, 'a, R: Laned, T: Side<Real = R>> Systems<'b, 'a, T, R> {
    /// Nothing in any lane: a system whose answer is zero.
    fn new(batch: &'b SorBatch<'a, R>) -> Self {
        let order = batch.systems.order();
        let numbers = if batch.systems.is_shared() { 0 } else { order * order };
        let zeros = || Vector::filled(order, T::ZERO);
        Self {
            batch,
            matrices: vec![T::ZERO; numbers],
            b: zeros(),
            inverse_diagonal: zeros(),
            x: zeros(),
            omega: T::ONE,
            scale: T::ONE,
            squares: T::ZERO,
            norms: T::ZERO,
        }
    }

    #[inline(always)]
    fn sweep<O: Sweep>(&mut self) {
        let beside = [&self.b, &self.inverse_diagonal];
        let order = self.b.len();
        if self.batch.systems.is_shared() {
            let a = Broadcast(self.batch.systems.matrix(0));
            O::sweep(&a, &mut self.x, beside, self.omega);
        } else {
            O::sweep(&Rows::new(order, &self.matrices), &mut self.x, beside, self.omega);
        }
    }

    /// Evaluates the residual of every lane.
    #[inline(always)]
    fn look(&mut self) {
        let order = self.b.len();
        self.squares = if self.batch.systems.is_shared() {
            squared_residual(&Broadcast(self.batch.systems.matrix(0)), &self.b, &self.x, self.scale)
        } else {
            squared_residual(&Rows::new(order, &self.matrices), &self.b, &self.x, self.scale)
        };
        self.norms = self.squares.sqrt() / self.scale;
    }
}

/// Σ ((bᵢ − Σⱼ aᵢⱼ xⱼ) · scale)² in the fixed summation order.
#[inline(always)]
fn squared_residual<T: Scalar, A>(a: &A, b: &Vector<T>, x: &Vector<T>, scale: T) -> T
where
    A: RowOperator<T, Domain = Vector<T>, Range = Vector<T>>,
{
    let mut sums = [-T::ZERO; 4];
    for (row, b) in b.iter().enumerate() {
        sums[row & 3] += square((*b - a.row_dot(row, x)) * scale);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

impl<R: Laned, T: Side<Real = R>> Group for Systems<'_, '_, T, R> {
    type Real = R;
    type Refusal = SystemError;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn load(&mut self, lane: usize, system: usize) -> Result<Told<R>, SystemError> {
        let begun = self.batch.begin(system)?;
        let (systems, omega) = (&self.batch.systems, self.batch.omega_of(system));
        let (a, numbers) = (systems.matrix(system), systems.right_hand_side(system));
        let start = self.batch.start_of(system);
        for (slot, number) in self.matrices.iter_mut().zip(a.numbers()) {
            slot.lanes_mut()[lane] = *number;
        }
        for (row, number) in numbers.iter().enumerate() {
            self.b[row].lanes_mut()[lane] = *number;
            self.inverse_diagonal[row].lanes_mut()[lane] = R::ONE / a.diagonal(row);
            self.x[row].lanes_mut()[lane] = start.as_ref().map_or(R::ZERO, |start| start[row]);
        }
        self.omega.lanes_mut()[lane] = omega;
        self.scale.lanes_mut()[lane] = max_abs(numbers).unit_scale();
        Ok(begun)
    }

    fn residual(&self, lane: usize, system: usize) -> R {
        let squares = self.squares.lanes()[lane];
        let tiny = square(square(R::EPSILON));
        if squares >= tiny && squares.is_finite() {
            return self.norms.lanes()[lane];
        }
        // Far larger or smaller than b: by itself, as one system does it.
        let (a, b) = (self.batch.systems.matrix(system), self.b.iter());
        let b: Vector<R> = b.map(|b| b.lanes()[lane]).collect();
        let x: Vector<R> = self.x.iter().map(|x| x.lanes()[lane]).collect();
        residual_norm(&a, &b, &x, self.scale.lanes()[lane])
    }

    fn unload(&mut self, lane: usize, answer: &mut [R]) {
        let lanes = self.x.iter_mut().zip(self.b.iter_mut()).zip(answer);
        for ((x, b), answer) in lanes {
            *answer = x.lanes()[lane];
            // Zero from now on: neither denormal numbers nor infinite ones.
            x.lanes_mut()[lane] = R::ZERO;
            b.lanes_mut()[lane] = R::ZERO;
        }
    }
}
