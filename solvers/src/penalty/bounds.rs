//! [`Bounds`]: l ≤ x ≤ u.

use super::{Constraint, Penalty, PenaltyError, Separable, off_bound, outside};
use crate::{Buffer, Real, SVector};

/// g(x) = 0 where lⱼ ≤ xⱼ ≤ uⱼ for every j, infinite elsewhere. A bound may be infinite; equal bounds
/// hold a coordinate where it is.
///
/// prox: min(max(v, lⱼ), uⱼ), whatever the step. Distance: |∇ⱼf| between the bounds,
/// max(−∇ⱼf, 0) at the lower one, max(∇ⱼf, 0) at the upper one, nothing where they are equal; outside,
/// where there is no subgradient, the largest finite number (not infinity, with which a run from
/// such a start would end before its first step).
///
/// Storage: a buffer of lower and one of upper bounds, for each coordinate one. Coordinates beyond
/// their length have the last bounds, so that buffers of one number bound all alike
/// ([`all`](Bounds::all)).
///
/// ```
/// use solvekit::{SVector, penalty::{Bounds, Penalty, PenaltyError}};
/// let lower = SVector::from([0.0_f32, -1.0]);
/// let bounds = Bounds::new(lower, SVector::from([f32::INFINITY, 1.0]))?;
/// assert_eq!([bounds.prox(0, 1.0, 9.0), bounds.prox(1, 1.0, 9.0)], [9.0, 1.0]);
/// assert_eq!(Bounds::all(0.0_f32, 1.0)?.prox(7, 1.0, -0.5), 0.0);
/// let crossed = Bounds::new(lower, SVector::from([1.0, -2.0]));
/// assert_eq!(crossed.unwrap_err(), PenaltyError::CrossedBounds { coordinate: 1 });
/// # Ok::<(), PenaltyError>(())
/// ```
///
/// With the feature `serde` they can be written, but not read: what was read goes through
/// [`new`](Self::new), which checks them.
///
/// Source: Parikh and Boyd, *Proximal Algorithms*, 2014, §6.2.4.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Bounds<V> {
    lower: V,
    upper: V,
}

impl<R: Real> Bounds<SVector<R, 1>> {
    /// One pair of bounds for every coordinate.
    ///
    /// # Errors
    /// [`PenaltyError::NanBound`], [`PenaltyError::CrossedBounds`], of coordinate 0.
    pub fn all(lower: R, upper: R) -> Result<Self, PenaltyError> {
        Self::new(SVector::from([lower]), SVector::from([upper]))
    }
}

impl<V> Bounds<V> {
    /// Bounds of each coordinate.
    ///
    /// # Errors
    /// [`PenaltyError::Empty`], [`PenaltyError::Length`] where there are not as many upper as lower
    /// bounds, [`PenaltyError::NanBound`], [`PenaltyError::CrossedBounds`].
    pub fn new<R: Real>(lower: V, upper: V) -> Result<Self, PenaltyError>
    where
        V: Buffer<R>,
    {
        let (expected, found) = (lower.as_slice().len(), upper.as_slice().len());
        if expected == 0 {
            return Err(PenaltyError::Empty);
        }
        if expected != found {
            return Err(PenaltyError::Length { expected, found });
        }
        for (coordinate, (l, u)) in lower.as_slice().iter().zip(upper.as_slice()).enumerate() {
            if l.partial_cmp(l).is_none() || u.partial_cmp(u).is_none() {
                return Err(PenaltyError::NanBound { coordinate });
            }
            // An infinite bound on the wrong side leaves no number either.
            if l > u || *l == R::INFINITY || *u == -R::INFINITY {
                return Err(PenaltyError::CrossedBounds { coordinate });
            }
        }
        Ok(Self { lower, upper })
    }

    /// lⱼ and uⱼ.
    #[inline]
    pub fn of<R: Real>(&self, coordinate: usize) -> (R, R)
    where
        V: Buffer<R>,
    {
        let (l, u) = (self.lower.as_slice(), self.upper.as_slice());
        let l = l.get(coordinate).or(l.last()).copied().unwrap_or(-R::INFINITY);
        let u = u.get(coordinate).or(u.last()).copied().unwrap_or(R::INFINITY);
        (l, u)
    }
}

impl<R: Real, V: Buffer<R>> Penalty<R> for Bounds<V> {
    fn value(&self, j: usize, x: R) -> R {
        let (l, u) = self.of(j);
        // 0 · x keeps a NaN.
        if x < l || x > u { R::INFINITY } else { R::ZERO * x }
    }
    #[inline]
    fn prox(&self, j: usize, _: R, v: R) -> R {
        let (l, u) = self.of(j);
        v.max(l).min(u)
    }
    #[inline]
    fn distance(&self, j: usize, x: R, gradient: R) -> R {
        let (l, u) = self.of(j);
        if x > l && x < u {
            gradient.abs()
        } else if x == l && x == u {
            (R::ZERO * gradient).abs()
        } else if x == l {
            off_bound(-gradient)
        } else if x == u {
            off_bound(gradient)
        } else {
            outside(x, gradient)
        }
    }
    fn slope(&self, _: usize, _: R) -> R {
        R::ZERO
    }
    fn sticks(&self, j: usize, x: R) -> bool {
        let (l, u) = self.of(j);
        x <= l || x >= u
    }
}

impl<R: Real, V: Buffer<R>> Separable<R> for Bounds<V> {}
impl<R: Real, V: Buffer<R>> Constraint<R> for Bounds<V> {}
