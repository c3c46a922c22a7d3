//! Blind gain calibration: the gains of sensors and the signal they see, from the same snapshots.
//!
//! y_l = γ ∘ A_l x + noise, l = 1 … p: m sensors of unknown gains γ see one unknown signal x (n
//! numbers) several times through known A_l that differ. Of (α γ, x / α), which explain the same
//! data, the one with gains of mean 1 is meant.
//!
//! | method | what it minimises | per step |
//! |---|---|---|
//! | [`ProjectedGradient`] | f(x, γ) = 1/(2 m p) Σ ‖γ ∘ A_l x − y_l‖², in subspaces or with bounded gains where wanted | one product each with all A_l and A_lᵀ |
//! | [`SparseProjectedGradient`] | the same with at most K non-zeros in x | one product more |
//!
//! All begin with [`Snapshots`]; [`Counts`] says whether there are enough of them.

mod counts;
mod error;
mod gains;
mod gradient;
pub mod norm;
mod prior;
mod snapshots;
mod sparse;

pub use counts::Counts;
pub use error::CalibrationError;
pub use gains::Steps;
pub use gradient::{ProjectedGradient, ProjectedGradientState};
pub use prior::{Anything, Prior, Subspace};
pub use snapshots::{Order, Snapshots};
pub use sparse::{SparseProjectedGradient, SparseProjectedGradientState};
