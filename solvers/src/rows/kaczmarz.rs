//! [`Kaczmarz`]: one row after the other.

use super::rule::RowRule;
use super::{RowSystem, RowsError};
use crate::system::restore_finite;
use crate::{Certificate, Iteration, RowOperator, Scalar};

/// Kaczmarz' method for A x = b of any shape: for each row that the rule chose, in turn,
/// x ← x + ω (bᵢ − aᵢᵀx) / ‖aᵢ‖² · aᵢ; with ω = 1 the projection of x onto the solutions of the row.
///
/// Consistent systems: x tends to the solution that is nearest to the start; from x = 0 that is the
/// one of least norm. No step leads away from any solution x*:
/// ‖x⁺ − x*‖² = ‖x − x*‖² − ω (2 − ω) (bᵢ − aᵢᵀx)² / ‖aᵢ‖².
///
/// Inconsistent systems have nothing to converge to: x comes to hover near a least-squares solution,
/// and the run ends [`Stalled`](crate::Status::Stalled) (`bcd` with a
/// [`LeastSquares`](crate::fit::LeastSquares) solves those). A row of zeros is refused unless its right-hand
/// side is zero, and then never moves x.
///
/// Shapes: A is M × N, b has M entries, x has N. Storage: M + 3 numbers here, N and the rule's memory
/// in [`KaczmarzState`]. Cost of a step: two visits of each row chosen, and the choice; the certificate is a
/// pass over A, so check it about once in M rows ([`Stop::check_every`](crate::Stop::check_every)).
///
/// With rows [in turn](super::rule::InTurn), `T` may be [`Lanes`](crate::Lanes).
///
/// ```
/// use solvekit::bcd::Partition;
/// use solvekit::rows::{Kaczmarz, rule::InTurn};
/// use solvekit::{SMatrix, SVector, Stop, solve};
/// // One plane in space: the point of it that is nearest to the origin.
/// let a = SMatrix::<f32, 1, 3>::new(1.0, 2.0, 2.0);
/// let b = SVector::from([9.0]);
/// let rule = InTurn::new(Partition::consecutive([0], 1)?);
/// let kaczmarz = Kaczmarz::new(&a, &b, rule, 1.0)?;
/// let mut state = kaczmarz.start();
/// assert!(solve(&kaczmarz, &mut state, Stop::relative(1e-6)?).converged());
/// assert_eq!(state.x, SVector::from([1.0, 2.0, 2.0]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Kaczmarz 1937; Strohmer and Vershynin 2009 (rows sampled by their norms); Nutini et al.,
/// *Convergence Rates for Greedy Kaczmarz Algorithms*, UAI 2016.
#[derive(Clone, Debug)]
pub struct Kaczmarz<'a, T: Scalar, A: RowOperator<T>, S> {
    system: RowSystem<'a, T, A>,
    rule: S,
    relaxation: T,
}

/// The iterate, and what the rule remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KaczmarzState<X, S> {
    /// The iterate.
    pub x: X,
    /// The rule's memory.
    pub rule: S,
}

impl<X, S> KaczmarzState<X, S> {
    /// Starts from `x`; `const`, and so unchecked ([`Kaczmarz::start_at`] checks).
    pub const fn new(x: X, rule: S) -> Self {
        Self { x, rule }
    }
}

impl<'a, T: Scalar, A: RowOperator<T>, S: RowRule<T, A>> Kaczmarz<'a, T, A, S> {
    /// Checks the system once. `relaxation` is ω; 1 is the projection.
    ///
    /// # Errors
    /// [`RowsError`], but for `NonFiniteStart`.
    pub fn new(a: &'a A, b: &'a A::Range, rule: S, relaxation: T) -> Result<Self, RowsError> {
        check_relaxation(relaxation)?;
        Ok(Self { system: RowSystem::new(a, b)?, rule, relaxation })
    }

    /// The state with x = 0.
    pub fn start(&self) -> KaczmarzState<A::Domain, S::State> {
        KaczmarzState::new(self.system.matrix().zero_domain(), self.rule.start())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`RowsError::Length`], [`RowsError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<KaczmarzState<A::Domain, S::State>, RowsError> {
        Ok(KaczmarzState::new(self.system.start(x)?, self.rule.start()))
    }

    /// ‖b − A x‖₂, lane by lane.
    pub fn residual_norm(&self, x: &A::Domain) -> T {
        self.system.residual_norm(x)
    }
}

/// 0 < ω < 2 in every lane.
///
/// # Errors
/// `Relaxation`.
pub(super) fn check_relaxation<T: Scalar>(relaxation: T) -> Result<(), RowsError> {
    crate::system::check_omega(relaxation).map_err(|_| RowsError::Relaxation)
}

impl<T: Scalar, A: RowOperator<T>, S: RowRule<T, A>> Iteration for Kaczmarz<'_, T, A, S> {
    type Real = T::Real;
    type State = KaczmarzState<A::Domain, S::State>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    #[inline]
    fn step(&self, state: &mut Self::State) {
        let KaczmarzState { x, rule } = state;
        for row in self.rule.select(&self.system, x, rule) {
            let distance = self.system.residual(*row, x) * self.system.inverse_square(*row);
            self.system.add_row(*row, self.relaxation * distance, x);
        }
    }

    fn residual(&self, state: &mut Self::State) -> T::Real {
        self.system.worst_residual(&state.x)
    }

    fn reference(&self) -> T::Real {
        self.system.reference()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
    }
}
