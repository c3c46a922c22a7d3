//! The two precisions of the program.

use crate::batch::Laned;
use rand::{Rng, RngExt};
use solvekit::Real;
use std::fmt::{Display, LowerExp};
use std::str::FromStr;

/// A number that files hold and solvers work in: `f32` or `f64`.
///
/// Text is parsed straight into the working precision, so that a decimal number is rounded once.
pub trait Precision:
    Real + Laned + Display + LowerExp + FromStr + npyz::AutoSerialize + Send + Sync
{
    /// The name that the command line and messages use.
    const NAME: &'static str;

    /// The same number in f64, which holds every number of either precision.
    fn to_f64(self) -> f64;

    /// A random number in [0, 1). Drawn in this precision: rounding a larger one could give 1.
    fn uniform(random: &mut impl Rng) -> Self;
}

impl Precision for f32 {
    const NAME: &'static str = "f32";

    fn to_f64(self) -> f64 {
        self.into()
    }

    fn uniform(random: &mut impl Rng) -> Self {
        random.random()
    }
}

impl Precision for f64 {
    const NAME: &'static str = "f64";

    fn to_f64(self) -> f64 {
        self
    }

    fn uniform(random: &mut impl Rng) -> Self {
        random.random()
    }
}
