//! [`SideBySide`]: the systems of one part, as many at a time as there are lanes.

use super::super::lanes::{Laned, OnLanes, Side};
use super::super::slots::{Group, Slots};
use super::super::told::Told;
use super::super::{Batch, Part};
use super::held::Held;
use super::{Relaxable, SorBatch};
use crate::vector::Vector;
use solvekit::operator::residual_norm;
use solvekit::sor::{Forward, Symmetric, relax};
use solvekit::sum::{max_abs, square};
use solvekit::{Certificate, Report, RowOperator, Scalar, SystemError};
use std::borrow::Borrow;
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
pub(super) struct SideBySide<'b, B: Batch, O> {
    batch: &'b B,
    part: Part<'b, B>,
    order: PhantomData<O>,
}

impl<'b, B: Batch, O> SideBySide<'b, B, O> {
    pub(super) fn new(batch: &'b B, part: Part<'b, B>, _order: O) -> Self {
        Self { batch, part, order: PhantomData }
    }
}

impl<'a, R: Laned, S: Relaxable<R>, O: Sweep> OnLanes<R> for SideBySide<'_, SorBatch<'a, R, S>, O>
where
    SorBatch<'a, R, S>: Batch<Number = R, Outcome = Result<Report<R>, SystemError>>,
{
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) {
        let mut group = Relaxed::<T, R, S>::new(self.batch);
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
struct Relaxed<'b, 'a, T: Side<Real = R>, R: Laned, S: Relaxable<R>> {
    batch: &'b SorBatch<'a, R, S>,
    matrices: S::Held<T>,
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

impl<'b, 'a, R: Laned, S: Relaxable<R>, T: Side<Real = R>> Relaxed<'b, 'a, T, R, S> {
    /// Nothing in any lane: a system whose answer is zero.
    fn new(batch: &'b SorBatch<'a, R, S>) -> Self {
        let zeros = || Vector::filled(batch.systems.size(), T::ZERO);
        let mut inverse_diagonal = zeros();
        Self {
            batch,
            matrices: batch.systems.held(&mut inverse_diagonal),
            b: zeros(),
            inverse_diagonal,
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
        self.matrices.sweep::<O>(&mut self.x, beside, self.omega);
    }

    /// Evaluates the residual of every lane.
    #[inline(always)]
    fn look(&mut self) {
        self.squares = self.matrices.squared_residual(&self.b, &self.x, self.scale);
        self.norms = self.squares.sqrt() / self.scale;
    }
}

impl<R: Laned, S: Relaxable<R>, T: Side<Real = R>> Group for Relaxed<'_, '_, T, R, S> {
    type Real = R;
    type Refusal = SystemError;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn load(&mut self, lane: usize, system: usize) -> Result<Told<R>, SystemError> {
        let begun = self.batch.begin(system)?;
        let (numbers, start) = (self.batch.systems.side_of(system), self.batch.start_of(system));
        self.matrices.load(lane, system, &mut self.inverse_diagonal);
        for (row, number) in numbers.iter().enumerate() {
            self.b[row].lanes_mut()[lane] = *number;
            self.x[row].lanes_mut()[lane] = start.as_ref().map_or(R::ZERO, |start| start[row]);
        }
        self.omega.lanes_mut()[lane] = self.batch.omega_of(system);
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
        let (a, b) = (self.batch.systems.matrix_of(system), self.b.iter());
        let b: Vector<R> = b.map(|b| b.lanes()[lane]).collect();
        let x: Vector<R> = self.x.iter().map(|x| x.lanes()[lane]).collect();
        residual_norm(a.borrow(), &b, &x, self.scale.lanes()[lane])
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
