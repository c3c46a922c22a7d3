//! [`Bend`]: the derivatives of a spline, where it left an entry.

use super::Element;
use solvekit::network::{MAX_KNOTS, Spline};

/// ∂x/∂ of all that the entry x = S(z; θ) depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bend<T> {
    /// z.
    through: T,
    by_threshold: T,
    /// How many knots are below |z|.
    interval: usize,
    /// The value at the last of them.
    lower: T,
    /// The value at the next one.
    upper: T,
}

impl<T: Element> Bend<T> {
    /// Of an entry that was spared.
    pub(super) const SPARED: Self = Self {
        through: T::ONE,
        by_threshold: T::ZERO,
        interval: 0,
        lower: T::ZERO,
        upper: T::ZERO,
    };

    /// With u and w of the knot before: |x| = θ w + slope (|z| − θ u), and slope is the next value
    /// less w over the gap, or 1. A w of zero counts as fixed: what is below its knot is zero, and is
    /// not asked for.
    pub(super) fn new(spline: &Spline<T>, z: T, theta: T) -> Self {
        let at = spline.at(z, theta);
        let (knots, values) = (spline.knots(), spline.values());
        let before = |table: &[T]| at.interval.checked_sub(1).and_then(|k| table.get(k)).copied();
        let u = before(knots).unwrap_or(T::ZERO);
        let w = before(values).unwrap_or(T::ZERO);
        let upper =
            knots.get(at.interval).map_or(T::ZERO, |next| (z.abs() - theta * u) / (*next - u));
        let lower = if w == T::ZERO { T::ZERO } else { theta - upper };
        let signed = |slope: T| if z < T::ZERO { -slope } else { slope };
        Self {
            through: at.slope,
            by_threshold: signed(w - at.slope * u),
            interval: at.interval,
            lower: signed(lower),
            upper: signed(upper),
        }
    }

    /// From ∂loss/∂x to ∂loss/∂z; adds the derivatives by the values, and returns that by θ.
    #[inline(always)]
    pub(super) fn pull_back(&self, slope: &mut T, by_value: &mut [f64; MAX_KNOTS]) -> f64 {
        let own = slope.wide();
        if let Some(k) = self.interval.checked_sub(1) {
            by_value[k] += own * self.lower.wide();
        }
        // Beyond the last knot there is no value, and no derivative.
        if let Some(next) = by_value.get_mut(self.interval) {
            *next += own * self.upper.wide();
        }
        *slope *= self.through;
        own * self.by_threshold.wide()
    }
}
