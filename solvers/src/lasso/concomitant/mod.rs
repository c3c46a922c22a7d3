//! The concomitant lasso: the scale σ of the noise is found with x, so that λ stays right when the
//! noise changes.
//!
//! Least over x and σ ≥ σ₀ of
//!
//! P(x, σ) = ‖y − A x‖² / (2 n σ) + σ/2 + λ‖x‖₁, n being the rows of A.
//!
//! With x at hand the best scale is σ = max(σ₀, ‖r‖/√n) for r = y − A x; with σ at hand x solves a
//! lasso of the weight n λ σ. [`Concomitant`] alternates the two. What remains when σ is eliminated is
//! the square-root lasso ‖r‖/√n + λ‖x‖₁, made smooth below σ₀: y → c y gives x → c x and σ → c σ
//! with one and the same λ, where the plain lasso's λ would have to become c λ.
//!
//! The dual problem: the greatest ⟨u, y⟩ + σ₀ (1 − n‖u‖²)/2 among all u with ‖Aᵀu‖_∞ ≤ λ and
//! √n‖u‖ ≤ 1. The certificate takes the best u in the direction of r.
//!
//! Source: Sun and Zhang, *Scaled Sparse Linear Regression*, Biometrika 99(4), 2012 (the alternation);
//! Ndiaye, Fercoq, Gramfort, Leclère and Salmon, *Efficient Smoothed Concomitant Lasso Estimation for
//! High Dimensional Regression*, J. Physics: Conf. Series 904, 2017 (σ₀, the dual and λ_max).

mod iteration;
mod problem;
mod state;

pub use problem::Concomitant;
pub use state::ConcomitantState;
