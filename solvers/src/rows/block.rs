//! [`BlockKaczmarz`]: several rows at once.

use super::kaczmarz::check_relaxation;
use super::rule::RowRule;
use super::{RowSystem, RowsError};
use crate::direct::{factor_in_place, packed, pairs, solve_in_place};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, Iteration, Real, RowOperator};

/// Block Kaczmarz, or sketch-and-project: x ← x + ω A_bᵀ (A_b A_bᵀ)⁻¹ (b_b − A_b x) for the rows b that
/// the rule chose; with ω = 1 the projection of x onto the solutions of all of them.
///
/// The Gram matrix of the rows is factored in place. Where it is singular to rounding (rows that say
/// the same) its pivots are raised to a floor, 4 τ ε times their diagonal entry, and
/// [`BlockKaczmarzState::added`] keeps the largest amount, relative to its diagonal entry. One block of all
/// rows is the solution of least norm in one step.
///
/// ‖x⁺ − x*‖² = ‖x − x*‖² − ω (2 − ω) r_bᵀ (A_b A_bᵀ)⁻¹ r_b for every solution x*, r_b = b_b − A_b x. What is said
/// of inconsistent systems and of rows of zeros at [`Kaczmarz`](super::Kaczmarz) holds here.
///
/// Storage: M + 3 numbers and room for a block here; N, τ (τ + 1) / 2 + τ and the rule's memory in the
/// state. Cost of a step: the choice, τ² / 2 products of two rows, τ³ / 6 multiplications.
///
/// ```
/// use solvekit::bcd::Partition;
/// use solvekit::rows::{BlockKaczmarz, rule::InTurn};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 1.0, 0.0, 1.0, 1.0);
/// let b = SVector::from([2.0, 2.0]);
/// let both = InTurn::new(Partition::consecutive([0; 2], 2)?);
/// let block = BlockKaczmarz::new(&a, &b, both, 1.0, zeros::<f32, 2, 1>(), zeros::<f32, 3, 1>())?;
/// let mut state = block.start();
/// let report = solve(&block, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged() && report.iterations == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Elfving 1980; Needell and Tropp 2014 (block Kaczmarz); Gower and Richtárik 2015 (sketch-and-project,
/// here with rows of the unit matrix as the sketch).
#[derive(Clone, Debug)]
pub struct BlockKaczmarz<'a, R: Real, A: RowOperator<R>, S, V, M> {
    system: RowSystem<'a, R, A>,
    rule: S,
    relaxation: R,
    direction: V,
    factor: M,
}

/// The iterate, what the rule remembers, room for one block, and what was met.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BlockKaczmarzState<R, X, S, V, M> {
    /// The iterate.
    pub x: X,
    /// The rule's memory.
    pub rule: S,
    direction: V,
    factor: M,
    added: R,
    pivot: Option<R>,
}

impl<R: Real, X, S, V, M> BlockKaczmarzState<R, X, S, V, M> {
    /// The largest amount that was added to a pivot so far, relative to its diagonal entry.
    pub const fn added(&self) -> R {
        self.added
    }

    /// The pivot at which the method broke down: a product of rows that overflowed.
    pub const fn pivot(&self) -> Option<R> {
        self.pivot
    }
}

impl<'a, R, A, S, V, M> BlockKaczmarz<'a, R, A, S, V, M>
where
    R: Real,
    A: RowOperator<R>,
    S: RowRule<R, A>,
    V: Buffer<R>,
    M: Buffer<R>,
{
    /// Checks the system once. τ is the length of `direction`, `factor` needs
    /// [`packed`]`(τ)` numbers; what they hold does not matter. Rows beyond the τ-th of a block are
    /// left for another time.
    ///
    /// # Errors
    /// [`RowsError`], but for `NonFiniteStart`; `Length` also for a `factor` that is too short.
    pub fn new(
        a: &'a A,
        b: &'a A::Range,
        rule: S,
        relaxation: R,
        direction: V,
        factor: M,
    ) -> Result<Self, RowsError> {
        check_relaxation(relaxation)?;
        let (expected, found) = (packed(direction.as_slice().len()), factor.as_slice().len());
        if found < expected {
            return Err(RowsError::Length { expected, found });
        }
        Ok(Self { system: RowSystem::new(a, b)?, rule, relaxation, direction, factor })
    }

    /// The state with x = 0.
    pub fn start(&self) -> <Self as Iteration>::State {
        self.start_from(self.system.matrix().zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`RowsError::Length`], [`RowsError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<<Self as Iteration>::State, RowsError> {
        self.system.start(x).map(|x| self.start_from(x))
    }

    fn start_from(&self, x: A::Domain) -> <Self as Iteration>::State {
        BlockKaczmarzState {
            x,
            rule: self.rule.start(),
            direction: self.direction.clone(),
            factor: self.factor.clone(),
            added: R::ZERO,
            pivot: None,
        }
    }

    /// ‖b − A x‖₂.
    pub fn residual_norm(&self, x: &A::Domain) -> R {
        self.system.residual_norm(x)
    }
}

impl<R, A, S, V, M> Iteration for BlockKaczmarz<'_, R, A, S, V, M>
where
    R: Real,
    A: RowOperator<R>,
    S: RowRule<R, A>,
    V: Buffer<R>,
    M: Buffer<R>,
{
    type Real = R;
    type State = BlockKaczmarzState<R, A::Domain, S::State, V, M>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        let BlockKaczmarzState { x, rule, direction, factor, added, pivot } = state;
        let rows = self.rule.select(&self.system, x, rule);
        let direction = direction.as_mut_slice();
        let rows = rows.get(..direction.len()).unwrap_or(rows);
        let (Some(direction), Some(factor)) =
            (direction.get_mut(..rows.len()), factor.as_mut_slice().get_mut(..packed(rows.len())))
        else {
            return;
        };
        for (slot, row) in direction.iter_mut().zip(rows) {
            *slot = self.relaxation * self.system.residual(*row, x);
        }
        for (slot, (i, j)) in factor.iter_mut().zip(pairs(rows)) {
            *slot = self.system.matrix().row_pair(i, j, |_| R::ONE);
        }
        match factor_in_place(factor, rows.len()) {
            Ok(amount) => *added = added.max(amount),
            Err(refused) => {
                *pivot = Some(refused);
                return;
            }
        }
        solve_in_place(factor, direction);
        for (row, factor) in rows.iter().zip(direction) {
            self.system.add_row(*row, *factor, x);
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.system.worst_residual(&state.x)
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.pivot.is_some()
    }

    fn reference(&self) -> R {
        self.system.reference()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
    }
}
