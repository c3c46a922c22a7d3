//! [`ConcomitantState`]: everything a step changes.

use super::super::{LassoState, Workspace};
use crate::Real;

/// A [`LassoState`], and seven words about the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConcomitantState<R, X, Y, G, I> {
    pub(super) lasso: LassoState<R, X, Y, G, I>,
    /// max(σ₀, ‖r‖/√n) at the last look.
    pub(super) sigma: R,
    /// The σ that the lasso works with.
    pub(super) scale: R,
    /// Has the lasso been solved since the last look?
    pub(super) solved: bool,
    /// σ² of the lasso before, and ‖r‖²/n at its solution; negative where there was none.
    pub(super) before: [R; 2],
    /// The gap at the last look.
    pub(super) gap: R,
    /// What the run is told.
    pub(super) estimate: R,
}

impl<R: Real, X, Y, G, I> ConcomitantState<R, X, Y, G, I> {
    /// Starts from `x`; `const`, and so unchecked
    /// ([`Concomitant::start_at`](super::Concomitant::start_at) checks). The others must hold zeros.
    pub const fn new(x: X, correlations: X, residual: Y, workspace: Workspace<G, I>) -> Self {
        Self::around(LassoState::new(x, correlations, residual, workspace))
    }

    pub(super) const fn around(lasso: LassoState<R, X, Y, G, I>) -> Self {
        Self {
            lasso,
            sigma: R::ZERO,
            scale: R::ZERO,
            solved: false,
            before: [R::ZERO; 2],
            gap: R::MAX,
            estimate: R::MAX,
        }
    }

    /// The unknowns.
    pub const fn x(&self) -> &X {
        self.lasso.x()
    }

    /// The unknowns, to be changed: the next step looks at them anew.
    pub const fn x_mut(&mut self) -> &mut X {
        self.solved = false;
        self.lasso.x_mut()
    }

    /// The unknowns, when nothing else is needed any more.
    pub fn into_x(self) -> X {
        self.lasso.into_x()
    }

    /// σ = max(σ₀, ‖y − A x‖/√n) at the last look, which a run takes before it says anything final.
    pub const fn sigma(&self) -> R {
        self.sigma
    }

    /// The σ of the lasso at work, at which P(x, σ) is known not to have grown; the same at the end.
    pub const fn scale(&self) -> R {
        self.scale
    }

    /// y − A x at the last look.
    pub const fn residual(&self) -> &Y {
        self.lasso.residual()
    }

    /// The duality gap of the concomitant problem at the last look.
    pub const fn gap(&self) -> R {
        self.gap
    }
}
