//! [`LassoState`]: everything a step changes.

use super::workspace::Workspace;
use super::{Lasso, LassoError};
use crate::fit::FitError;
use crate::system::first_non_finite;
use crate::{Buffer, ColumnOperator, LinearOperator, Real};

/// What the next step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Phase {
    /// r, Aᵀr and the gap from x.
    Look,
    /// Columns into work, and a pass over them.
    Choose,
    /// A pass over the columns in work.
    Pass,
    /// A path to the exact solution among the columns in work begins.
    Begin,
    /// Its next pieces.
    Trace,
    /// A pass over all columns with the residual.
    Sweep,
}

/// Whether the gap at hand was made by the last step, and how often it has been asked for since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Asked {
    Never,
    Once,
    More,
}

/// x with its residual, Aᵀr and the columns in work: 2 N + M numbers, the [`Workspace`] and about 12
/// words.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LassoState<R, X, Y, G, I> {
    pub(super) x: X,
    /// Aᵀr at the last look; zero for a column that is screened.
    pub(super) correlations: X,
    pub(super) residual: Y,
    pub(super) workspace: Workspace<G, I>,
    pub(super) phase: Phase,
    pub(super) asked: Asked,
    /// Columns in work.
    pub(super) members: usize,
    /// Rows of the factor.
    pub(super) factored: usize,
    /// Entries of L⁻¹ u that are up to date.
    pub(super) forward: usize,
    /// (1 − α) λ of the factor.
    pub(super) ridge: R,
    /// α λ and (1 − α) λ of the columns screened.
    pub(super) screened_for: [R; 2],
    /// Passes since the last path; its pieces; sweeps since the last look.
    pub(super) passes: u32,
    /// Steps since the last look.
    pub(super) steps: u32,
    /// Does every column that can be other than zero work?
    pub(super) complete: bool,
    /// ‖r‖².
    pub(super) squares: R,
    /// The gap at the last look.
    pub(super) gap: R,
    /// What the run is told.
    pub(super) estimate: R,
}

/// The [`LassoState`] of a design's vectors.
pub type StateOf<R, A, G, I> =
    LassoState<R, <A as LinearOperator<R>>::Domain, <A as LinearOperator<R>>::Range, G, I>;

impl<R: Real, X, Y, G, I> LassoState<R, X, Y, G, I> {
    /// Starts from `x`; `const`, and so unchecked ([`Lasso::start_at`] checks). The others must hold
    /// zeros.
    pub const fn new(x: X, correlations: X, residual: Y, workspace: Workspace<G, I>) -> Self {
        Self {
            x,
            correlations,
            residual,
            workspace,
            phase: Phase::Look,
            asked: Asked::More,
            members: 0,
            factored: 0,
            forward: 0,
            ridge: R::ZERO,
            screened_for: [R::ZERO; 2],
            passes: 0,
            steps: 0,
            complete: false,
            squares: R::ZERO,
            gap: R::MAX,
            estimate: R::MAX,
        }
    }

    /// The unknowns.
    pub const fn x(&self) -> &X {
        &self.x
    }

    /// The unknowns, to be changed: the next step looks at them anew.
    pub const fn x_mut(&mut self) -> &mut X {
        self.phase = Phase::Look;
        self.asked = Asked::More;
        &mut self.x
    }

    /// The unknowns, when nothing else is needed any more.
    pub fn into_x(self) -> X {
        self.x
    }

    /// y − A x at the last look, which a run takes before it says anything final.
    pub const fn residual(&self) -> &Y {
        &self.residual
    }

    /// The duality gap at the last look.
    pub const fn gap(&self) -> R {
        self.gap
    }
}

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]>,
{
    /// x = 0.
    ///
    /// # Errors
    /// [`LassoError::Workspace`].
    pub fn start(&self, workspace: Workspace<G, I>) -> Result<StateOf<R, A, G, I>, LassoError> {
        self.start_at(self.design.zero_domain(), workspace)
    }

    /// A given x.
    ///
    /// # Errors
    /// [`LassoError`]: `Workspace`, and `Fit` with `Length` or `NonFiniteStart`.
    pub fn start_at(
        &self,
        x: A::Domain,
        workspace: Workspace<G, I>,
    ) -> Result<StateOf<R, A, G, I>, LassoError> {
        let (expected, found) = (self.design.columns(), x.as_slice().len());
        if expected != found {
            return Err(FitError::Length { expected, found }.into());
        }
        if let Some(unknown) = first_non_finite(x.as_slice()) {
            return Err(FitError::NonFiniteStart { unknown }.into());
        }
        if let Some((expected, found)) = workspace.shortage(expected) {
            return Err(LassoError::Workspace { expected, found });
        }
        let (zeros, residual) = (self.design.zero_domain(), self.design.zero_range());
        Ok(LassoState::new(x, zeros, residual, workspace))
    }
}
