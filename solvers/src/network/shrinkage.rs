//! [`Shrinkage`]: what a layer does to each entry by its threshold.

use super::{NetworkError, Spline};
use crate::Real;
use crate::penalty::soft_threshold;

/// S(z; θ), the function a layer with the threshold θ applies to each entry. [`Soft`] is the usual
/// one; a [`Spline`] is learned, one for all layers or, in an array or slice, one for each.
pub trait Shrinkage<R: Real> {
    /// For how many layers there are functions; `None` where one serves any number.
    fn layers(&self) -> Option<usize> {
        None
    }

    /// S(z; θ) of a layer, from 0, for θ ≥ 0: odd in z and never falling. NaN in, NaN out.
    fn shrink(&self, layer: usize, z: R, theta: R) -> R;
}

/// Soft thresholding: sign(z) max(|z| − θ, 0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Soft;

impl<R: Real> Shrinkage<R> for Soft {
    #[inline]
    fn shrink(&self, _: usize, z: R, theta: R) -> R {
        soft_threshold(z, theta)
    }
}

impl<R: Real> Shrinkage<R> for Spline<R> {
    #[inline]
    fn shrink(&self, _: usize, z: R, theta: R) -> R {
        self.value(z, theta)
    }
}

/// One for each layer; a layer without one thresholds softly.
impl<R: Real> Shrinkage<R> for [Spline<R>] {
    fn layers(&self) -> Option<usize> {
        Some(self.len())
    }
    #[inline]
    fn shrink(&self, layer: usize, z: R, theta: R) -> R {
        match self.get(layer) {
            Some(spline) => spline.value(z, theta),
            None => soft_threshold(z, theta),
        }
    }
}

impl<R: Real, const T: usize> Shrinkage<R> for [Spline<R>; T] {
    fn layers(&self) -> Option<usize> {
        Some(T)
    }
    #[inline]
    fn shrink(&self, layer: usize, z: R, theta: R) -> R {
        self.as_slice().shrink(layer, z, theta)
    }
}

impl<R: Real, S: Shrinkage<R> + ?Sized> Shrinkage<R> for &S {
    fn layers(&self) -> Option<usize> {
        (**self).layers()
    }
    #[inline]
    fn shrink(&self, layer: usize, z: R, theta: R) -> R {
        (**self).shrink(layer, z, theta)
    }
}

/// # Errors
/// `Length`.
pub(super) fn check_shrinkage<R: Real>(
    shrinkage: &impl Shrinkage<R>,
    expected: usize,
) -> Result<(), NetworkError> {
    match shrinkage.layers() {
        Some(found) if found != expected => Err(NetworkError::Length { expected, found }),
        _ => Ok(()),
    }
}
