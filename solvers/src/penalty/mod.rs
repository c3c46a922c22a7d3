//! Penalties: one file each.
//!
//! | penalty | gⱼ(x) | convex | kind |
//! |---|---|---|---|
//! | [`Unpenalized`] | 0 | yes | constraint (none) |
//! | [`L1`] | λ\|x\| | yes | separable |
//! | [`L0`] | λ where x ≠ 0 | no | separable |
//! | [`ElasticNet`] | λ₁\|x\| + ½λ₂x² | yes | separable |
//! | [`GroupL1`] | λ√\|g\| ‖x_g‖₂ of a group g | yes | by groups |
//! | [`NonNegative`] | λx for x ≥ 0, else infinite | yes | constraint |
//! | [`Bounds`] | 0 for lⱼ ≤ x ≤ uⱼ, else infinite | yes | constraint |
//! | [`Mcp`] | λ\|x\| − x²/(2γ), constant from γλ on | no | separable |
//! | [`Scad`] | λ\|x\| up to λ, bent until aλ, constant from there | no | separable |
//!
//! Where a smooth part is ½‖y − A x‖² the weights here are not divided by the number of rows.
//!
//! # How to add one
//! A file with a type that implements [`Penalty`], and [`Separable`] where its coordinates do not know
//! of each other, and [`Constraint`] where it is also linear between bounds; every rule and update that
//! takes such penalties then takes it, from another crate as well. To have it here, add its file to
//! the list below. What must be given are six short functions:
//!
//! ```
//! use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Coordinate};
//! use solvekit::{Penalty, SMatrix, SVector, Separable, Stop, fit::LeastSquares, solve};
//!
//! /// ½ w x².
//! struct Ridge(f64);
//!
//! impl Penalty<f64> for Ridge {
//!     fn value(&self, _: usize, x: f64) -> f64 {
//!         0.5 * self.0 * x * x
//!     }
//!     fn prox(&self, _: usize, step: f64, v: f64) -> f64 {
//!         v / (1.0 + step * self.0)
//!     }
//!     fn distance(&self, _: usize, x: f64, gradient: f64) -> f64 {
//!         (gradient + self.0 * x).abs()
//!     }
//!     fn slope(&self, _: usize, x: f64) -> f64 {
//!         self.0 * x
//!     }
//!     fn curvature(&self, _: usize, _: f64) -> f64 {
//!         self.0
//!     }
//!     fn sticks(&self, _: usize, _: f64) -> bool {
//!         false
//!     }
//! }
//! impl Separable<f64> for Ridge {}
//!
//! let design = SMatrix::<f64, 2, 1>::from([[1.0, 1.0]]);
//! let response = SVector::from([2.0, 4.0]);
//! let rule = Cyclic::new(Partition::consecutive([0; 1], 1)?);
//! let fit = LeastSquares::new(&design, &response)?;
//! let descent = Descent::new(fit, Ridge(1.0), rule, Coordinate);
//! let mut state = descent.start_from(descent.fit().start());
//! assert!(solve(&descent, &mut state, Stop::relative(1e-12)?).converged());
//! assert!((state.point.x[0] - 2.0).abs() < 1e-12); // 6 / (2 + 1)
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// What is kept of a penalty are the numbers of its constructor; who reads them passes its checks.
#[cfg(feature = "serde")]
macro_rules! kept {
    ($penalty:ident { $($number:ident),+ }) => {
        #[derive(serde::Deserialize)]
        struct Kept<R> {
            $($number: R),+
        }

        impl<R: Real> TryFrom<Kept<R>> for $penalty<R> {
            type Error = PenaltyError;

            fn try_from(Kept { $($number),+ }: Kept<R>) -> Result<Self, PenaltyError> {
                Self::new($($number),+)
            }
        }
    };
}
#[cfg(feature = "serde")]
use kept;

mod bounds;
mod elastic_net;
mod group_l1;
mod l0;
mod l1;
mod mcp;
mod non_negative;
mod scad;
mod unpenalized;

pub use crate::{Constraint, Penalty, Separable};
pub use bounds::Bounds;
pub use elastic_net::ElasticNet;
pub use group_l1::GroupL1;
pub use l0::{L0, hard_threshold};
pub use l1::{L1, soft_threshold};
pub use mcp::Mcp;
pub use non_negative::NonNegative;
pub use scad::Scad;
pub use unpenalized::Unpenalized;

use crate::Real;
use core::fmt;

/// max(v − t, 0). NaN in, NaN out.
#[inline]
pub(crate) fn excess<R: Real>(v: R, t: R) -> R {
    let excess = v - t;
    if excess <= R::ZERO { R::ZERO } else { excess }
}

/// The distance of a penalty whose slope turns from −λ to λ at zero and is `slope` at any other x.
#[inline]
fn from_kink<R: Real>(x: R, gradient: R, lambda: R, slope: R) -> R {
    if x == R::ZERO { excess(gradient.abs(), lambda) } else { (gradient + slope).abs() }
}

/// How far a derivative pulls off a bound, `pull` > 0 being inwards. An infinite one is never small,
/// whatever its sign: it has overflowed.
#[inline]
fn off_bound<R: Real>(pull: R) -> R {
    excess(pull, R::ZERO) + R::ZERO * pull
}

/// The distance where a coordinate is not allowed: the largest number, and NaN or infinity stays.
fn outside<R: Real>(x: R, gradient: R) -> R {
    R::MAX + R::ZERO * x + R::ZERO * gradient
}

/// Why a penalty was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PenaltyError {
    /// A weight is negative, NaN or infinite.
    Weight,
    /// The parameter that says how far a penalty is from convex is outside its range.
    Concavity,
    /// A group of no coordinates.
    NoGroup,
    /// The last group, which may be shorter, begins inside another one or weighs more.
    LastGroup,
    /// There are no bounds, or no unknowns.
    Empty,
    /// There are not as many upper as lower bounds.
    Length {
        /// Lower bounds.
        expected: usize,
        /// Upper bounds.
        found: usize,
    },
    /// A bound is NaN.
    NanBound {
        /// The coordinate.
        coordinate: usize,
    },
    /// No finite number lies between the bounds.
    CrossedBounds {
        /// The coordinate.
        coordinate: usize,
    },
}

impl fmt::Display for PenaltyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weight => f.write_str("a penalty's weight must be finite and not negative"),
            Self::Concavity => f.write_str("γ must be finite and above 0, a finite and above 1"),
            Self::NoGroup => f.write_str("a group needs at least one coordinate"),
            Self::LastGroup => {
                f.write_str("a last group that is shorter begins where another one ends")
            }
            Self::Empty => f.write_str("there are no bounds or no unknowns"),
            Self::Length { expected, found } => {
                write!(f, "there are {expected} lower and {found} upper bounds")
            }
            Self::NanBound { coordinate } => {
                write!(f, "a bound of coordinate {coordinate} is not a number")
            }
            Self::CrossedBounds { coordinate } => {
                write!(f, "no number lies between the bounds of coordinate {coordinate}")
            }
        }
    }
}

impl core::error::Error for PenaltyError {}
