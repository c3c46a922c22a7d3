//! [`Direction`]: where a search direction comes from.

use crate::sor::{Order, Symmetric};
use crate::system::{check_omega, inverse_diagonal};
use crate::{Buffer, LinearOperator, RowOperator, Scalar, SystemError};
use core::marker::PhantomData;

/// A source of search directions for [`ConjugateDirections`](super::ConjugateDirections): a
/// relaxation, a stale factor, a small network, anything that guesses A⁻¹ r.
///
/// A closure `|r: &A::Range, q: &mut A::Domain| …` is one.
pub trait Direction<T: Scalar, A: LinearOperator<T>> {
    /// q ← a guess of A⁻¹ r in any scale. r is the residual times a power of two that brings its
    /// largest entry to about 1; q holds zeros. A q of zeros, NaN or infinities is no guess: r takes
    /// its place.
    fn propose(&self, r: &A::Range, q: &mut A::Domain);
}

impl<T: Scalar, A: LinearOperator<T>, F: Fn(&A::Range, &mut A::Domain)> Direction<T, A> for F {
    fn propose(&self, r: &A::Range, q: &mut A::Domain) {
        self(r, q);
    }
}

/// q = r: the iterates of [`Cg`](super::Cg).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Residual;

impl<T: Scalar, A: LinearOperator<T>> Direction<T, A> for Residual {
    fn propose(&self, r: &A::Range, q: &mut A::Domain) {
        for (q, r) in q.as_mut_slice().iter_mut().zip(r.as_slice()) {
            *q = *r;
        }
    }
}

/// q = one sweep of SOR for A q = r from q = 0. [`Symmetric`] makes it the step of
/// [`SsorCg`](super::SsorCg); the other orders are no symmetric operators, which the shell allows.
///
/// Storage: N + 1 numbers. Cost: [`Order::PASSES`] passes over A.
#[derive(Clone, Debug)]
pub struct Sweep<'a, T: Scalar, A: RowOperator<T>, O = Symmetric> {
    a: &'a A,
    inverse_diagonal: A::Range,
    omega: T,
    order: PhantomData<O>,
}

impl<'a, T: Scalar, A: RowOperator<T>, O: Order<T, A>> Sweep<'a, T, A, O> {
    /// A sweep over `a` with `omega` in the given order.
    ///
    /// # Errors
    /// [`SystemError`]: `Omega`, `ZeroDiagonal`, `TinyDiagonal`.
    pub fn new(a: &'a A, omega: T, _order: O) -> Result<Self, SystemError> {
        check_omega(omega)?;
        Ok(Self { a, inverse_diagonal: inverse_diagonal(a)?, omega, order: PhantomData })
    }
}

impl<T: Scalar, A: RowOperator<T>, O: Order<T, A>> Direction<T, A> for Sweep<'_, T, A, O> {
    fn propose(&self, r: &A::Range, q: &mut A::Domain) {
        let (r, inverse) = (r.as_slice(), self.inverse_diagonal.as_slice());
        O::relax(self.a, q, |row, dot, old| match (r.get(row), inverse.get(row)) {
            (Some(r), Some(inverse)) => old + (self.omega * *inverse) * (*r - dot),
            _ => old,
        });
    }
}
