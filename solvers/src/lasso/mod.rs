//! The lasso and the elastic net, with a duality gap that is proved.
//!
//! A run goes through these steps, each of bounded work:
//!
//! - **look**: r = y − A x and Aᵀr from x alone, and from them the gap. The gap shows which columns are
//!   zero in every solution; they are never read again;
//! - **choose**: the columns that pull hardest get into work (all of them where there are few);
//! - **path**: from where x is to the exact solution among the columns in work, four pieces a step,
//!   with a factor that gains or loses a row at the end of each piece. Only rows of the Gram matrix
//!   whose coordinate moves are computed. Where λ is small and the columns few and little alike, it
//!   begins at the least squares solution instead, which has most of the signs already;
//! - **pass**: each column in work to its best value in turn, by rows of the Gram matrix: for what a path
//!   leaves out, a column that depends on others.
//!
//! A path ends after as many pieces as there are coordinates that come or go, however correlated the
//! columns are; the next look brings in others. Where the columns in work do not fit into the workspace,
//! passes over all of A with the residual take its place.
//!
//! The report's certificate is always a look's gap, an upper bound of the objective's distance to
//! the least one; a tolerance is relative to ½‖y‖². λ ≥ λ_max is solved by x = 0 with a gap of exactly zero.
//!
//! A [`Path`] goes down from λ_max through many λ, each from where the one before ended.
//! [`Concomitant`] finds the scale of the noise too, so that λ need not follow it.
//!
//! ```
//! use solvekit::lasso::{Lasso, Workspace, indices, numbers};
//! use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
//! // Three measurements, two candidates, of which the second explains them.
//! let design = SMatrix::<f32, 3, 2>::from([[1.0, -1.0, 1.0], [1.0, 1.0, 1.0]]);
//! let response = SVector::from([2.0, 2.0, 2.0]);
//! let lasso = Lasso::new(&design, &response, 3.0)?;
//! let memory = Workspace::new(2, zeros::<f32, { numbers(2) }, 1>(), [0; indices(2, 2)]);
//! let mut state = lasso.start(memory)?;
//! let report = solve(&lasso, &mut state, Stop::relative(1e-6)?);
//! assert!(report.converged());
//! assert_eq!(state.x()[0], 0.0);
//! assert!((state.x()[1] - 1.0).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Source: Tibshirani 1996; Zou and Hastie 2005; working sets as in Massias, Gramfort and Salmon,
//! *Celer: a Fast Solver for the Lasso with Dual Extrapolation*, ICML 2018; the path as in Asif and
//! Romberg, IEEE Trans. Signal Processing 62(16), 2014.

pub mod concomitant;
mod dense;
mod error;
mod factor;
mod held;
mod iteration;
mod look;
mod pass;
mod path;
mod problem;
mod state;
mod sweep;
mod trace;
mod working_set;
mod workspace;

pub use concomitant::{Concomitant, ConcomitantState};
pub use error::LassoError;
pub use path::{Path, PathPoint, Weighted};
pub use problem::Lasso;
pub use state::{LassoState, StateOf};
pub use workspace::{Workspace, indices, numbers};
