//! [`Unpenalized`]: g = 0.

use super::{Constraint, Penalty, Separable};
use crate::Real;

/// g(x) = 0: the smooth function alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Unpenalized;

impl<R: Real> Penalty<R> for Unpenalized {
    fn value(&self, _: usize, _: R) -> R {
        R::ZERO
    }
    #[inline]
    fn prox(&self, _: usize, _: R, v: R) -> R {
        v
    }
    #[inline]
    fn distance(&self, _: usize, _: R, gradient: R) -> R {
        gradient.abs()
    }
    fn slope(&self, _: usize, _: R) -> R {
        R::ZERO
    }
    fn sticks(&self, _: usize, _: R) -> bool {
        false
    }
}

impl<R: Real> Separable<R> for Unpenalized {}

/// Anything is allowed.
impl<R: Real> Constraint<R> for Unpenalized {}
