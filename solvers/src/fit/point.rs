//! [`Point`]: x and the one vector that is kept beside it.

use crate::system::restore_finite;
use crate::{Buffer, Real};

/// x and what a fit keeps beside it. `const`-built from zeros, and then to be refreshed by the run;
/// the fits' `start` does both.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Point<X, K> {
    /// The unknowns.
    pub x: X,
    pub(crate) kept: K,
}

impl<X, K> Point<X, K> {
    /// x with something beside it that [`refresh`](super::DataFit::refresh) will overwrite.
    pub const fn new(x: X, kept: K) -> Self {
        Self { x, kept }
    }

    /// What is kept: see the fit.
    pub const fn kept(&self) -> &K {
        &self.kept
    }

    /// xⱼ ← xⱼ + δ where that is finite; the change that was made, as rounding left it.
    #[inline]
    pub(crate) fn moved<R: Real>(&mut self, j: usize, delta: R) -> R
    where
        X: Buffer<R>,
    {
        let Some(slot) = self.x.as_mut_slice().get_mut(j) else { return R::ZERO };
        let old = *slot;
        *slot = (old + delta).finite_or(old);
        *slot - old
    }

    pub(crate) fn restore_x<R: Real>(&mut self)
    where
        X: Buffer<R>,
    {
        restore_finite(&mut self.x);
    }
}
