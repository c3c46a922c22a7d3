//! [`Sor`]: SOR with one ω, in any order.

use super::{Forward, Order, SorError};
use crate::operator::{Update, residual_norm};
use crate::system::{System, check_omega, inverse_diagonal, restore_finite};
use crate::{Buffer, Certificate, Iteration, RowOperator, Scalar};
use core::marker::PhantomData;

/// SOR for A x = b with a fixed ω: per sweep, for every i in the [`Order`] `O`
/// (i = 1 … N unless said otherwise), xᵢ ← xᵢ + ω (bᵢ − Σⱼ aᵢⱼ xⱼ) / aᵢᵢ.
///
/// Shapes: A is N × N, b and x have N entries; any units with \[A\]\[x\] = \[b\].
/// Storage: N + 3 numbers here (the reciprocals of the diagonal), N numbers in [`SorState`]. Cost:
/// a sweep is one pass over A, 2 N more multiplications and 2 N additions; a check of the residual
/// is another pass.
///
/// With `T` = [`Lanes`](crate::Lanes) it solves several systems of one shape side by side.
///
/// An update that would not be finite is not made, so x always holds the last finite value of
/// every unknown, whatever overflowed.
///
/// ```
/// use solvekit::{SMatrix, SVector, Status, Stop, solve, sor::Sor};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, -1.0, -1.0, 4.0);
/// let b = SVector::from([3.0, 3.0]);
/// let sor = Sor::new(&a, &b, 1.05)?;
/// let mut state = sor.start();
/// let report = solve(&sor, &mut state, Stop::relative(1e-6)?);
/// assert_eq!(report.status, Status::Converged);
/// assert!((state.x - SVector::from([1.0, 1.0])).norm() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: arXiv 2310.02246, §2 (the same iteration in place of the paper's M⁻¹r form).
#[derive(Clone, Debug)]
pub struct Sor<'a, T: Scalar, A: RowOperator<T>, O = Forward> {
    pub(super) system: System<'a, T, A>,
    pub(super) inverse_diagonal: A::Range,
    omega: T,
    order: PhantomData<O>,
}

/// What a sweep changes: the iterate, N numbers.
///
/// ```
/// use solvekit::{SVector, operator::zeros, sor::SorState};
/// static START: SorState<SVector<f32, 16>> = SorState::new(zeros()); // lives in .bss
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SorState<X> {
    /// The iterate.
    pub x: X,
}

impl<X> SorState<X> {
    /// Starts from `x`; `const`, and so unchecked ([`Sor::start_at`] checks).
    pub const fn new(x: X) -> Self {
        Self { x }
    }
}

impl<'a, T: Scalar, A: RowOperator<T>> Sor<'a, T, A> {
    /// Checks the system once, so that no sweep has to. Forward order.
    ///
    /// # Errors
    /// As [`ordered`](Sor::ordered).
    pub fn new(a: &'a A, b: &'a A::Range, omega: T) -> Result<Self, SorError> {
        Self::ordered(a, b, omega, Forward)
    }
}

impl<'a, T: Scalar, A: RowOperator<T>, O: Order<T, A>> Sor<'a, T, A, O> {
    /// Checks the system once, so that no sweep has to; sweeps in the given order.
    ///
    /// ```
    /// use solvekit::{FivePoint, SMatrix, Stop, solve, sor::{Multicolor, Sor}};
    /// let a = FivePoint::<f32, 8, 8>::laplacian(0.0);
    /// let b = SMatrix::repeat(1.0);
    /// let red_black = Sor::ordered(&a, &b, 1.5, Multicolor)?;
    /// assert!(solve(&red_black, &mut red_black.start(), Stop::relative(1e-5)?).converged());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Every [`SorError`] but `NonFiniteStart` and `JacobiRadius`.
    pub fn ordered(a: &'a A, b: &'a A::Range, omega: T, _order: O) -> Result<Self, SorError> {
        check_omega(omega)?;
        let system = System::new(a, b)?;
        let inverse_diagonal = inverse_diagonal(a)?;
        Ok(Self { system, inverse_diagonal, omega, order: PhantomData })
    }

    /// Changes ω; x stays with the state, so ω may change between sweeps.
    ///
    /// # Errors
    /// [`SorError::Omega`]; ω is as before.
    pub fn set_omega(&mut self, omega: T) -> Result<(), SorError> {
        check_omega(omega)?;
        self.omega = omega;
        Ok(())
    }

    /// ω.
    pub const fn omega(&self) -> T {
        self.omega
    }

    /// The state with x = 0.
    pub fn start(&self) -> SorState<A::Domain> {
        SorState::new(self.system.a.zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SorError::Length`], [`SorError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<SorState<A::Domain>, SorError> {
        self.system.start(x).map(SorState::new)
    }

    /// ‖b − A x‖₂, lane by lane.
    #[inline]
    pub fn residual_norm(&self, x: &A::Domain) -> T {
        residual_norm(self.system.a, self.system.b, x, self.system.scale)
    }

    /// One sweep with `omega`; `changed(i, Δxᵢ, rᵢ)` hears of every update, with the residual it met.
    #[inline(always)]
    pub(super) fn sweep(&self, x: &mut A::Domain, omega: T, mut changed: impl FnMut(usize, T, T)) {
        let b = self.system.b.as_slice();
        let inverse = self.inverse_diagonal.as_slice();
        O::relax(self.system.a, x, |row, dot, old| {
            let (Some(b), Some(inverse)) = (b.get(row), inverse.get(row)) else { return old };
            let residual = *b - dot;
            // ω/aᵢᵢ first: it waits for no other unknown, so the chain from one relaxed value to the
            // next is a multiplication shorter.
            let new = (old + (omega * *inverse) * residual).finite_or(old);
            changed(row, new - old, residual);
            new
        });
    }

    /// Powers of two that bring residuals (of the size of b) and changes (of the size of b / aᵢᵢ)
    /// to about 1.
    pub(super) fn scales(&self) -> (T, T) {
        let pairs = self.system.b.as_slice().iter().zip(self.inverse_diagonal.as_slice());
        let change = pairs.fold(T::ZERO, |size, (b, inverse)| size.max((*b * *inverse).abs()));
        (self.system.scale, change.unit_scale())
    }

    pub(super) fn reference_norm(&self) -> T::Real {
        self.system.b_norm.worst()
    }

    pub(super) fn worst_residual(&self, x: &A::Domain) -> T::Real {
        self.residual_norm(x).worst_against(self.system.b_norm)
    }
}

/// One sweep over a system that nobody looks at: `beside` are b and the reciprocals of the diagonal,
/// which a caller has made sure of. [`Sor`]'s step, for who keeps systems in a form of their own (several
/// side by side that come and go, say).
///
/// ```
/// use solvekit::{SMatrix, SVector, sor::{Forward, relax}};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, -1.0, -1.0, 4.0);
/// let (b, inverse_diagonal) = (SVector::from([3.0, 3.0]), SVector::from([0.25, 0.25]));
/// let mut x = SVector::zeros();
/// relax(&a, &mut x, [&b, &inverse_diagonal], 1.0, Forward);
/// assert_eq!(x, SVector::from([0.75, 0.9375]));
/// ```
#[inline(always)]
pub fn relax<T: Scalar, A: RowOperator<T>, O: Order<T, A>>(
    a: &A,
    x: &mut A::Domain,
    beside: [&A::Range; 2],
    omega: T,
    _order: O,
) {
    // The update of `Sor::sweep`, which nobody hears of: its order is then the operator's affair.
    O::relax_beside(a, x, beside, &Overrelax(omega));
}

/// The update with one ω; beside are b and the reciprocals of the diagonal.
struct Overrelax<T>(T);

impl<T: Scalar> Update<T> for Overrelax<T> {
    #[inline(always)]
    fn relaxed(&self, dot: T, old: T, [b, inverse]: [T; 2]) -> T {
        (old + (self.0 * inverse) * (b - dot)).finite_or(old)
    }
    #[inline(always)]
    fn unchecked(&self, dot: T, old: T, [b, inverse]: [T; 2]) -> Option<T> {
        Some(old + (self.0 * inverse) * (b - dot))
    }
}

impl<T: Scalar, A: RowOperator<T>, O: Order<T, A>> Iteration for Sor<'_, T, A, O> {
    type Real = T::Real;
    type State = SorState<A::Domain>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    #[inline]
    fn step(&self, state: &mut Self::State) {
        let beside = [self.system.b, &self.inverse_diagonal];
        O::relax_beside(self.system.a, &mut state.x, beside, &Overrelax(self.omega));
    }
    #[inline]
    fn residual(&self, state: &mut Self::State) -> T::Real {
        self.worst_residual(&state.x)
    }
    fn parameter(&self, _state: &Self::State) -> Option<T::Real> {
        Some(self.omega.worst())
    }
    fn reference(&self) -> T::Real {
        self.reference_norm()
    }
    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
    }
}
