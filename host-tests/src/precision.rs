//! The two precisions of the program.

use std::fmt::{Debug, Display, LowerExp};
use std::ops::{Add, AddAssign, Mul, Neg, Sub};
use std::str::FromStr;

/// A number that files hold and solvers work in: `f32` or `f64`.
///
/// Text is parsed straight into the working precision, so that a decimal number is rounded once.
pub trait Precision:
    Copy
    + Default
    + PartialEq
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + FromStr
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + npyz::AutoSerialize
    + Send
    + Sync
    + 'static
{
    /// The name that the command line and messages use.
    const NAME: &'static str;
    /// The number 1: the value of every entry of a pattern matrix.
    const ONE: Self;

    /// The nearest number of this precision; infinite when `value` is beyond its range.
    fn from_f64(value: f64) -> Self;

    /// The same number in f64, which holds every number of either precision.
    fn to_f64(self) -> f64;
}

impl Precision for f32 {
    const NAME: &'static str = "f32";
    const ONE: Self = 1.0;

    fn from_f64(value: f64) -> Self {
        value as Self
    }

    fn to_f64(self) -> f64 {
        self.into()
    }
}

impl Precision for f64 {
    const NAME: &'static str = "f64";
    const ONE: Self = 1.0;

    fn from_f64(value: f64) -> Self {
        value
    }

    fn to_f64(self) -> f64 {
        self
    }
}
