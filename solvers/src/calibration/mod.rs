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
//! | [`GaussNewton`] | f with the gains eliminated, from a linear start; offsets and gains drawn to 1 where wanted; standard errors | m (p − 1) n² / 2 + n³ / 6 |
//! | [`SharedGains`] | the same for several signals that one vector of gains sees, the signals eliminated | for each signal m p n² / 2 + m² n / 2, and m³ / 6 |
//!
//! All begin with [`Snapshots`]; [`Counts`] says whether there are enough of them. [`Auto`] leaves
//! nothing to choose: start and steps of [`GaussNewton`], standard errors, faulty sensors found and left
//! out, gains near 1 where the data alone do not tell them, and a [`Verdict`].
//!
//! [`mod@array`] calibrates arrays that see another signal in every frame: in a known subspace, or one that
//! all sensors share.
//!
//! [`norm`] calibrates sensors of three axes by a vector of constant length, such as gravity;
//! [`ferraris`] an accelerometer and a gyroscope by six poses and three turns.
//!
//! [`Recalibration`] keeps a linear model of several readings right by an occasional reference.
//! [`tracking`] follows gains that drift from frame to frame.

pub mod array;
mod auto;
mod counts;
mod deviation;
mod error;
pub mod ferraris;
mod fit;
mod gains;
mod gauss_newton;
mod gradient;
mod kernel;
pub mod norm;
mod prior;
mod recalibration;
mod screen;
mod sensor;
mod shared;
mod sink;
mod snapshots;
mod sparse;
mod steps;
mod student;
pub mod tracking;

pub use auto::{Answer, Auto, AutoState, AutoStateOf, Verdict};
pub use counts::Counts;
pub use error::CalibrationError;
pub use fit::Gauge;
pub use gains::Steps;
pub use gauss_newton::{GaussNewton, GaussNewtonState};
pub use gradient::{ProjectedGradient, ProjectedGradientState};
pub use prior::{Anything, Prior, Subspace};
pub use recalibration::{Recalibration, RecalibrationState, Sample, half_life};
pub use screen::search;
pub use sensor::Sensor;
pub use shared::{SharedGains, SharedGainsState, SharedGainsStateOf, shared_room};
pub use sink::Form;
pub use snapshots::{Order, Snapshots};
pub use sparse::{SparseProjectedGradient, SparseProjectedGradientState};
pub use student::{student_quantile, tail_of_f};
