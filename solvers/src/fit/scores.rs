//! [`Scores`]: what a classifier says of each row, and how its losses lean.

use crate::Real;

/// A x and the slopes of the losses beside it: one vector of each (logistic), or one of each for
/// every class (softmax). With the slopes at hand a partial derivative needs no exponential.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scores<Z> {
    pub(super) scores: Z,
    pub(super) slopes: Z,
}

impl<Z> Scores<Z> {
    /// Room for both, which [`refresh`](super::DataFit::refresh) will overwrite.
    pub const fn new(scores: Z, slopes: Z) -> Self {
        Self { scores, slopes }
    }

    /// A x.
    pub const fn scores(&self) -> &Z {
        &self.scores
    }

    /// The derivatives of each row's loss with respect to its scores.
    pub const fn slopes(&self) -> &Z {
        &self.slopes
    }
}

/// ln(1 + q) for q ≥ 0 to a few roundings of itself, however small q is.
pub(super) fn ln_1p<R: Real>(q: R) -> R {
    // What was lost in 1 + q is made good by the quotient (Kahan's trick; Goldberg 1991, theorem 4).
    let sum = R::ONE + q;
    if sum == R::ONE { q } else { sum.ln() * (q / (sum - R::ONE)) }
}

/// What rounding can do at most to a score Σⱼ aᵢⱼ xⱼ of `columns` terms whose sizes add up to `sizes`
/// or less; four times what is possible.
pub(super) fn rounding<R: Real>(columns: usize, sizes: R) -> R {
    let terms = R::from_u32(u32::try_from(columns).unwrap_or(u32::MAX)) + R::ONE;
    R::from_f64(2.0) * R::EPSILON * terms * sizes
}
