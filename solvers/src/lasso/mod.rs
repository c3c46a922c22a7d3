//! The lasso and the elastic net, with a duality gap that is proved.
//!
//! A run goes through four kinds of steps, each of bounded work:
//!
//! 1. **look**: r = y − A x and Aᵀr from x alone, and from them the gap. The gap shows which columns are
//!    zero in every solution; they are never read again;
//! 2. **choose**: the columns that pull hardest get into work (all of them where there are few), with
//!    their Gram matrix;
//! 3. **pass**: each column in work to its best value in turn, by rows of the Gram matrix;
//! 4. **solve**: the exact minimum over the coordinates that are not zero, as far as signs stay, by a
//!    factor that is kept from one time to the next.
//!
//! Passes and solves take turns until the columns in work are done; the next look brings in others.
//! Once signs and zeros are right one solve ends it, however correlated the columns are. Columns that
//! do not fit into the workspace are worked on by passes over A with the residual.
//!
//! The report's certificate is always a look's gap, an upper bound of the objective's distance to
//! the least one; a tolerance is relative to ½‖y‖². λ ≥ λ_max is solved by x = 0 with a gap of exactly zero.
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
//! assert_eq!(*state.x(), SVector::from([0.0, 1.0]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Source: Tibshirani 1996; Zou and Hastie 2005; working sets as in Massias, Gramfort and Salmon,
//! *Celer: a Fast Solver for the Lasso with Dual Extrapolation*, ICML 2018.

mod error;
mod factor;
mod iteration;
mod look;
mod pass;
mod problem;
mod state;
mod sweep;
mod trace;
mod working_set;
mod workspace;

pub use error::LassoError;
pub use problem::Lasso;
pub use state::{LassoState, StateOf};
pub use workspace::{Workspace, indices, numbers};
