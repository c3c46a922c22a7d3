//! [`Curve`]: soft thresholding or splines, on the way forward and back.

use super::super::Element;
use super::super::bend::Bend;
use super::numbers::{MatrixNumbers, Slopes};
use solvekit::Real;
use solvekit::network::{Shrinkage, Spline};

/// S of all layers: the splines there are, or soft thresholding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve<'n, T> {
    thresholds: &'n [T],
    splines: &'n [Spline<T>],
}

/// To the bit as without one, and as with splines alone.
impl<T: Real> Shrinkage<T> for Curve<'_, T> {
    fn layers(&self) -> Option<usize> {
        if self.splines.is_empty() { None } else { Shrinkage::layers(self.splines) }
    }

    #[inline]
    fn shrink(&self, layer: usize, z: T, theta: T) -> T {
        self.splines.shrink(layer, z, theta)
    }
}

impl<'n, T: Element> Curve<'n, T> {
    pub(super) fn of(numbers: &'n MatrixNumbers<T>) -> Self {
        Self { thresholds: &numbers.thresholds, splines: &numbers.splines }
    }

    /// Are there splines, whose way back asks for z?
    pub(super) const fn is_learned(&self) -> bool {
        !self.splines.is_empty()
    }

    /// From ∂loss/∂x⁺ to ∂loss/∂z, x⁺ = S(z; θ); adds the derivatives by θ and by the values of a
    /// spline. Where x⁺ is zero nothing comes through. z is read where there are splines.
    pub(super) fn pull_back(
        &self,
        layer: usize,
        (slope, z, after): (&mut [T], &[T], &[T]),
        slopes: &mut Slopes<T>,
    ) {
        let by_threshold = match (self.splines.get(layer), slopes.values.get_mut(layer)) {
            (Some(spline), Some(by_value)) => {
                let theta = self.thresholds[layer];
                let mut by_threshold = 0.0;
                for ((slope, z), x) in slope.iter_mut().zip(z).zip(after) {
                    if *x == T::ZERO {
                        *slope = T::ZERO;
                    } else {
                        by_threshold += Bend::new(spline, *z, theta).pull_back(slope, by_value);
                    }
                }
                by_threshold
            }
            _ => through_soft(slope, after),
        };
        slopes.thresholds[layer] += by_threshold;
    }
}

/// The derivative of soft thresholding: what comes through is where x⁺ is not zero. The derivative
/// by θ is returned.
fn through_soft<T: Element>(slope: &mut [T], after: &[T]) -> f64 {
    let mut by_threshold = 0.0;
    for (slope, x) in slope.iter_mut().zip(after) {
        if *x == T::ZERO {
            *slope = T::ZERO;
        } else if *x > T::ZERO {
            by_threshold -= slope.wide();
        } else {
            by_threshold += slope.wide();
        }
    }
    by_threshold
}
