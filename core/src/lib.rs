//! The vocabulary of solvekit, without any algorithm: what a number is, what an operator is, and
//! how an iteration is run and reported. `no_std`, no allocation, no panic, no `unsafe`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`scalar`] | [`Scalar`] (arithmetic only) and [`Real`] (ordered): `f32`, `f64` |
//! | [`lanes`] | [`Lanes`]: several problems side by side as one [`Scalar`] |
//! | [`sum`] | the one summation order and the norms built on it |
//! | [`operator`], [`column`](mod@column) | [`Buffer`], [`LinearOperator`], [`RowOperator`], [`ColumnOperator`] |
//! | [`penalty`] | [`Penalty`]: what is added to a smooth function, by its proximal map |
//! | [`dense`], [`csr`], [`banded`], [`stencil`] | operators of fixed size: `SMatrix` (and its products), [`Csr`], [`Banded`], [`FivePoint`] |
//! | [`coloring`] | [`Coloring`]: rows that do not wait for each other |
//! | [`stop`], [`iteration`], [`run`], [`report`] | [`Stop`], [`Iteration`], [`Run`], [`solve`], [`Status`], [`Report`] |
//! | [`cost`] | [`StepCost`]: what a step takes, so that time can be a budget |
//! | [`observe`], [`ring`] | [`Observer`]: who hears of every look; [`Ring`]: the last of them in fixed memory |
//!
//! # One source for every size
//!
//! A solver is generic over its operator, and the operator's associated vector types
//! ([`LinearOperator::Domain`], [`LinearOperator::Range`]) carry the shapes. `SMatrix<T, M, N>`
//! has `SVector`s, so a mismatch does not compile; [`FivePoint`] has grids; a host matrix of any
//! size has heap vectors; and `T` may be [`Lanes`]. No solver names a size.
//!
//! # One result everywhere
//!
//! Every sum runs through [`sum`] in one fixed order and nothing is contracted to a fused
//! multiply-add, so `f32` gives the same bits on a host, in a lane and on every microcontroller.
//!
//! ```
//! use solvekit_core::{Certificate, Iteration, Status, Stop, solve};
//!
//! /// Heron's iteration for √2: the smallest possible solver.
//! struct Heron;
//! impl Iteration for Heron {
//!     type Real = f32;
//!     type State = f32;
//!     const CERTIFICATE: Certificate = Certificate::ResidualNorm;
//!     fn step(&self, x: &mut f32) { *x = 0.5 * (*x + 2.0 / *x) }
//!     fn residual(&self, x: &mut f32) -> f32 { (*x * *x - 2.0).abs() }
//!     fn reference(&self) -> f32 { 2.0 }
//!     fn restore(&self, x: &mut f32) { *x = 1.0 }
//! }
//! let mut x = 1.0;
//! let report = solve(&Heron, &mut x, Stop::relative(1e-6)?);
//! assert_eq!(report.status, Status::Converged);
//! assert!((x - 2.0_f32.sqrt()).abs() < 1e-6);
//! # Ok::<(), solvekit_core::StopError>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(feature = "libm"))]
compile_error!(
    "solvekit-core needs exact square roots: enable its `libm` feature (it is on by default)"
);

pub mod banded;
pub mod coloring;
pub mod column;
pub mod cost;
pub mod csr;
pub mod dense;
pub mod iteration;
pub mod lanes;
pub mod observe;
pub mod operator;
pub mod penalty;
pub mod report;
pub mod ring;
pub mod run;
pub mod scalar;
pub mod squares;
pub mod stencil;
pub mod stop;
pub mod sum;

pub use banded::{Banded, BandedError};
pub use coloring::{Colored, Coloring, ColoringError};
pub use column::{ColumnOperator, Transposed};
pub use cost::StepCost;
pub use csr::{Csr, CsrError, CsrSlice, CsrVec};
pub use iteration::Iteration;
pub use lanes::Lanes;
pub use nalgebra;
pub use nalgebra::{SMatrix, SVector};
#[cfg(feature = "defmt")]
#[cfg_attr(docsrs, doc(cfg(feature = "defmt")))]
pub use observe::Log;
pub use observe::{Armed, Observation, Observer};
pub use operator::{Buffer, ColorOperator, LinearOperator, RowOperator};
pub use penalty::{Constraint, Penalty, Separable};
pub use report::{Certificate, Report, Status};
pub use ring::Ring;
pub use run::{Run, solve};
pub use scalar::{Real, Scalar};
pub use stencil::FivePoint;
pub use stop::{Stop, StopError};
