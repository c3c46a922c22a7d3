//! [`Set`]: where the systems of a batch are, and [`Held`]: their matrices in lanes.

use super::super::lanes::{Laned, Side};
use super::super::told::Told;
use super::super::{Rows, Systems};
use super::broadcast::{Broadcast, Same};
use super::side::Sweep;
use crate::vector::Vector;
use solvekit::sor::Sor;
use solvekit::sum::square;
use solvekit::{Iteration, RowOperator, Scalar, SystemError};
use std::borrow::Borrow;

/// Systems of one size, to be relaxed one after the other or side by side.
pub(super) trait Set<R: Laned>: Copy + Sync {
    /// A matrix of single numbers.
    type Matrix: RowOperator<R, Domain = Vector<R>, Range = Vector<R>>;
    /// The matrices of all lanes.
    type Held<T: Side<Real = R>>: Held<T>;

    /// Unknowns of a system.
    fn size(&self) -> usize;
    /// How many systems.
    fn count(&self) -> usize;
    /// The matrix of one system.
    fn matrix_of(&self, system: usize) -> impl Borrow<Self::Matrix>;
    /// The right-hand side of one system; empty where there is no such system.
    fn side_of(&self, system: usize) -> &[R];
    /// Room for matrices in all lanes. `inverse_diagonal` is zeros, and stays so unless one matrix
    /// serves all.
    fn held<T: Side<Real = R>>(&self, inverse_diagonal: &mut [T]) -> Self::Held<T>;

    /// Where a system begins, by the solver's own constructor and measures.
    fn begin(
        &self,
        system: usize,
        omega: R,
        start: Option<Vector<R>>,
    ) -> Result<Told<R>, SystemError> {
        by_constructor(self.matrix_of(system).borrow(), self.side_of(system), omega, start)
    }
}

/// Where one system begins.
pub(super) fn by_constructor<R: Laned, A>(
    a: &A,
    b: &[R],
    omega: R,
    start: Option<Vector<R>>,
) -> Result<Told<R>, SystemError>
where
    A: RowOperator<R, Domain = Vector<R>, Range = Vector<R>>,
{
    let b = Vector::from(b.to_vec());
    let sor = Sor::new(a, &b, omega)?;
    let reference = sor.reference();
    // From x = 0 the residual is b, and so are its bits.
    let residual = match start {
        None => reference,
        Some(start) => sor.residual_norm(&sor.start_at(start)?.x),
    };
    Ok(Told::new(residual, reference))
}

/// Matrices of the systems in all lanes.
pub(super) trait Held<T: Side> {
    /// Puts the matrix of a system into a lane, and 1 / aᵢᵢ beside it.
    fn load(&mut self, lane: usize, system: usize, inverse_diagonal: &mut [T]);
    /// One sweep. To be `#[inline(always)]`.
    fn sweep<O: Sweep>(&self, x: &mut Vector<T>, beside: [&Vector<T>; 2], omega: T);
    /// Σ ((bᵢ − Σⱼ aᵢⱼ xⱼ) · scale)² in the fixed summation order. To be `#[inline(always)]`.
    fn squared_residual(&self, b: &Vector<T>, x: &Vector<T>, scale: T) -> T;
}

impl<'a, R: Laned> Set<R> for Systems<'a, R> {
    type Matrix = Rows<'a, R>;
    type Held<T: Side<Real = R>> = Dense<'a, T, R>;

    fn size(&self) -> usize {
        self.order()
    }
    fn count(&self) -> usize {
        self.len()
    }
    fn matrix_of(&self, system: usize) -> impl Borrow<Rows<'a, R>> {
        self.matrix(system)
    }
    fn side_of(&self, system: usize) -> &[R] {
        self.right_hand_side(system)
    }
    fn held<T: Side<Real = R>>(&self, _inverse_diagonal: &mut [T]) -> Dense<'a, T, R> {
        let numbers = if self.is_shared() { 0 } else { self.order().pow(2) };
        Dense { systems: *self, own: vec![T::ZERO; numbers] }
    }
}

/// Matrices in full.
#[derive(Debug)]
pub(super) struct Dense<'a, T, R> {
    systems: Systems<'a, R>,
    /// Empty where one matrix serves all.
    own: Vec<T>,
}

impl<R: Laned, T: Side<Real = R>> Held<T> for Dense<'_, T, R> {
    fn load(&mut self, lane: usize, system: usize, inverse_diagonal: &mut [T]) {
        let a = self.systems.matrix(system);
        for (slot, number) in self.own.iter_mut().zip(a.numbers()) {
            slot.lanes_mut()[lane] = *number;
        }
        for (row, inverse) in inverse_diagonal.iter_mut().enumerate() {
            inverse.lanes_mut()[lane] = R::ONE / a.diagonal(row);
        }
    }
    #[inline(always)]
    fn sweep<O: Sweep>(&self, x: &mut Vector<T>, beside: [&Vector<T>; 2], omega: T) {
        if self.systems.is_shared() {
            O::sweep(&Broadcast(&self.systems.matrix(0)), x, beside, omega);
        } else {
            O::sweep(&Rows::new(self.systems.order(), &self.own), x, beside, omega);
        }
    }
    #[inline(always)]
    fn squared_residual(&self, b: &Vector<T>, x: &Vector<T>, scale: T) -> T {
        if self.systems.is_shared() {
            squared_residual(&Broadcast(&self.systems.matrix(0)), b, x, scale)
        } else {
            squared_residual(&Rows::new(self.systems.order(), &self.own), b, x, scale)
        }
    }
}

/// One matrix that serves all lanes: 1 / aᵢᵢ is there before the first system is.
impl<R: Laned, T: Side<Real = R>, M: Same<R>> Held<T> for Broadcast<'_, M> {
    fn load(&mut self, _lane: usize, _system: usize, _inverse_diagonal: &mut [T]) {}
    #[inline(always)]
    fn sweep<O: Sweep>(&self, x: &mut Vector<T>, beside: [&Vector<T>; 2], omega: T) {
        O::sweep(self, x, beside, omega);
    }
    #[inline(always)]
    fn squared_residual(&self, b: &Vector<T>, x: &Vector<T>, scale: T) -> T {
        squared_residual(self, b, x, scale)
    }
}

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
