//! Solvers in fixed-point numbers, for cores without floating point in hardware (Cortex-M0 first).
//!
//! Entries of matrices are Q15 or Q31 ([`I1F15`], [`I1F31`], of the crate `fixed`), vectors are Q31:
//! numbers from −1 up to 1, which the caller scales his units to. Steps are integer arithmetic
//! throughout; only constructors and looks at the certificate compute a few floats. The solvers are
//! [`Iteration`](crate::Iteration)s with the mathematics of their kin in floating point, and have
//! the same bits on every machine.
//!
//! Arithmetic, exactly: a product of two entries has 46 fraction bits, of which nothing is lost for
//! a 16-bit entry and the bits below are cut (towards −∞) for two of 32 bits. Sums of such products
//! are exact in 64 bits. A sum is rounded once, halves upward, to the 31 bits of a number. A number
//! that does not fit then is cut off at the end of the format and counted, and the count is in the
//! state and in the [`Report`](crate::Report): where [`overflows`](crate::Report::overflows) is not
//! zero, the data ask for a smaller scale.
//!
//! | solver | equation |
//! |---|---|
//! | [`Cholesky`], [`Refinement`] | A x = b, A symmetric positive definite |
//! | [`Sor`] | A x = b, by sweeps |
//! | [`Ista`] | least ½‖y − A x‖² + λ‖x‖₁ |
//! | [`Iht`] | y = A x with at most K non-zeros |
//! | [`HyperLista`] | the same in a few layers with three learned numbers |
//!
//! ```
//! use solvekit::fixed::{Cholesky, I1F31, Refinement, words};
//! use solvekit::{Stop, solve};
//! let q = I1F31::from_num::<f32>;
//! let (a, b) = ([[q(0.6), q(0.2)], [q(0.2), q(0.5)]], [q(0.3), q(-0.1)]);
//! let mut memory = [0; words(2)];
//! let direct = Refinement::new(&a, &b, Cholesky::factor(&a, &mut memory)?);
//! let mut state = direct.start();
//! let report = solve(&direct, &mut state, Stop::relative(1e-7)?);
//! assert!(report.converged() && report.overflows == 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arithmetic;
mod cholesky;
mod convert;
mod dictionary;
mod error;
mod format;
mod hyper_lista;
mod iht;
mod ista;
mod log;
mod norm;
mod proximal;
mod refinement;
mod saturations;
mod scale;
mod sor;
mod system;

pub use ::fixed::types::{I1F15, I1F31};
pub use cholesky::{Cholesky, words};
pub use convert::{quantize, signal};
pub use dictionary::{Dictionary, Sensing};
pub use error::FixedError;
pub use format::Format;
pub use hyper_lista::{HyperLista, HyperListaState};
pub use iht::{Iht, IhtState};
pub use ista::{Ista, IstaState};
pub use refinement::{Refinement, RefinementState};
pub use saturations::Saturations;
pub use scale::Scale;
pub use sor::{Sor, SorState};
