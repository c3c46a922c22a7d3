//! Numerical solvers in fixed memory that learn while they run and say truthfully how they ended.
//!
//! `no_std`, no allocation, no panic, no `unsafe`. The vocabulary (operators, the run loop, the
//! report) is `solvekit-core`, re-exported here.
//!
//! | module | what it solves |
//! |---|---|
//! | [`sor`] | A x = b by successive over-relaxation: fixed ω, Young's ω, ω adapted inside the solve; by blocks, between bounds |
//! | [`bcd`] | least f(x) + g(x) by block coordinate descent: partitions, rules, updates, trees |
//! | [`fit`] | its f: least squares, quadratics, logistic and softmax fits |
//! | [`penalty`] | its g: L1, elastic net, groups, bounds, MCP, SCAD |
//! | [`network`] | the same in a few learned layers: unfolded ISTA and IHT, LISTA and its kin, TISTA, HyperLISTA |
//! | [`dictionary`] | sensing matrices that cost no memory: signs from a seed, rows of a Hadamard matrix |
//! | [`recovery`] | sparse x from few measurements: proximal gradient, thresholding, pursuits |
//! | [`calibration`] | the gains of sensors and the signal they see, from the same snapshots |
//! | [`rows`] | A x = b of any shape by projections onto rows: Kaczmarz, in turn, sampled, greedy, by blocks |
//! | [`direct`] | A x = b, small: Cholesky in memory the caller owns, and refinement with a report |
//! | [`krylov`] | A x = b by conjugate directions: CG, and shells that make any direction safe |
//! | [`lasso`] | the lasso and the elastic net, with a proved duality gap |
//! | [`choice`] | which method to use next, by the work of earlier solves |
//! | [`tuner`] | which ω to use next, learned from the cost of earlier solves |
//! | `fixed` | some of these in Q15 and Q31, for cores without floating point (feature `fixed`) |
//! | `storage` | what was learned survives a reset: checked bytes, two slots of flash (feature `storage`) |
//! | `telemetry` | a run watched from outside: every look as a frame on a wire (feature `telemetry`) |
//!
//! ```
//! use solvekit::{FivePoint, SMatrix, Status, Stop, solve, sor::AdaptiveSor};
//!
//! // A heated plate: a 10 × 10 grid, a source in the middle, edges held at zero.
//! let plate = FivePoint::<f32, 10, 10>::laplacian(0.0);
//! let mut source = SMatrix::<f32, 10, 10>::zeros();
//! source[(5, 5)] = 1.0;
//!
//! let sor = AdaptiveSor::new(&plate, &source)?;
//! let mut state = sor.start();
//! let report = solve(&sor, &mut state, Stop::relative(1e-5)?);
//! assert_eq!(report.status, Status::Converged);
//! assert!(report.iterations < 60, "{report:?}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "serde")]
mod array;
pub mod bcd;
pub mod calibration;
mod checksum;
pub mod choice;
pub mod dictionary;
pub mod direct;
mod draw;
pub mod fit;
#[cfg(feature = "fixed")]
#[cfg_attr(docsrs, doc(cfg(feature = "fixed")))]
pub mod fixed;
pub mod krylov;
pub mod lasso;
pub mod network;
pub mod penalty;
pub mod recovery;
pub mod rows;
pub mod sor;
#[cfg(feature = "storage")]
#[cfg_attr(docsrs, doc(cfg(feature = "storage")))]
pub mod storage;
mod system;
#[cfg(feature = "telemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "telemetry")))]
pub mod telemetry;
pub mod tuner;

pub use system::SystemError;

#[cfg(feature = "defmt")]
#[cfg_attr(docsrs, doc(cfg(feature = "defmt")))]
pub use solvekit_core::Log;

/// Which solver, how tight, in what memory, in which slices: two pages for firmware.
#[doc = include_str!("../GUIDE.md")]
pub mod guide {}

/// The README's example, compiled and run with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use solvekit_core::{
    Armed, Banded, BandedError, Buffer, Certificate, ColorOperator, Colored, Coloring,
    ColoringError, ColumnOperator, Constraint, Csr, CsrError, CsrSlice, CsrVec, FivePoint,
    Iteration, Lanes, LinearOperator, Observation, Observer, Penalty, Real, Report, Ring,
    RowOperator, Run, SMatrix, SVector, Scalar, Separable, Status, StepCost, Stop, StopError,
    Transposed, coloring, csr, dense, nalgebra, operator, scalar, solve, squares, sum,
};
