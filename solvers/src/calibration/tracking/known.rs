//! [`Known`]: what is known of gain and offset of one sensor together.

use crate::sum::square;
use crate::{Real, Scalar};

/// Σ u², Σ u and the count of the measurements of a sensor, or what has become of them: a symmetric
/// matrix of two rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<R> {
    pub(super) gain: R,
    pub(super) cross: R,
    pub(super) offset: R,
}

/// Of a [`Known`].
#[derive(Clone, Copy)]
struct Parts<R> {
    roots: [R; 2],
    rho: R,
    rest: R,
}

impl<R: Real> Known<R> {
    /// What two forgetting factors 1 − K leave.
    pub(super) fn faded(self, keep: [R; 2]) -> Self {
        let [gain, offset] = keep.map(|keep| R::ONE - keep);
        Self {
            gain: gain * self.gain,
            cross: gain.sqrt() * offset.sqrt() * self.cross,
            offset: offset * self.offset,
        }
    }

    pub(super) fn times(self, factor: R) -> Self {
        Self { gain: factor * self.gain, cross: factor * self.cross, offset: factor * self.offset }
    }

    pub(super) fn over(self, factor: R) -> Self {
        Self { gain: self.gain / factor, cross: self.cross / factor, offset: self.offset / factor }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            gain: self.gain + other.gain,
            cross: self.cross + other.cross,
            offset: self.offset + other.offset,
        }
    }

    /// The same for gains of another gauge: γ / `level`.
    pub(super) fn levelled(self, level: R) -> Self {
        let gain = (self.gain * square(level)).finite_or(R::MAX);
        // Where the gain's is cut off, what both share is too.
        let most = gain.sqrt() * self.offset.sqrt();
        let cross = Scalar::min(Scalar::max(self.cross * level, -most), most);
        Self { gain, cross, ..self }
    }

    pub(super) fn is_finite(self) -> bool {
        self.gain.is_finite() && self.cross.is_finite() && self.offset.is_finite()
    }

    /// Could sums be these, but for rounding?
    #[cfg(feature = "storage")]
    pub(super) fn is_semidefinite(self) -> bool {
        let most = self.gain.sqrt() * self.offset.sqrt();
        self.cross.abs() <= R::from_f64(1.001) * most
    }

    /// Roots of both diagonal entries, the correlation, and what that leaves of 1; zero where it is rounding.
    fn parts(self) -> Parts<R> {
        let roots = [self.gain.sqrt(), self.offset.sqrt()];
        let rho = (self.cross / roots[0] / roots[1]).finite_or(R::ZERO);
        let rest = (R::ONE - rho) * (R::ONE + rho);
        let told = rest > R::from_f64(64.0) * R::EPSILON;
        Parts { roots, rho, rest: if told { rest } else { R::ZERO } }
    }

    /// What a gain is told by where nothing is known of the offset, and an offset likewise.
    pub(super) fn alone(self) -> [R; 2] {
        let Parts { rest, .. } = self.parts();
        [self.gain * rest, self.offset * rest]
    }

    /// Gain and offset of least squares, of the products with u and with 1. Where they cannot be told
    /// apart, the shortest such change, each in its own unit.
    pub(super) fn solve(self, side: [R; 2]) -> [R; 2] {
        let Parts { roots, rho, rest } = self.parts();
        let [a, b] = [side[0] / roots[0], side[1] / roots[1]].map(|v| v.finite_or(R::ZERO));
        let [gain, offset] = if rest > R::ZERO {
            [(a - rho * b) / rest, (b - rho * a) / rest]
        } else {
            [a, b].map(|v| R::from_f64(0.5) * v)
        };
        let unit = |v: R, root: R| if root > R::ZERO { v / root } else { R::ZERO };
        [unit(gain, roots[0]), unit(offset, roots[1])]
    }

    /// Variances in units of the noise's; infinite where nothing tells them.
    pub(super) fn variances(self) -> [R; 2] {
        self.alone().map(|own| if own > R::ZERO { R::ONE / own } else { R::INFINITY })
    }

    /// The variance of `gain` γ + `offset` o, in units of the noise's.
    pub(super) fn variance_of(self, gain: R, offset: R) -> R {
        let unknown = |own: R, part: R| own == R::ZERO && part != R::ZERO;
        let Parts { roots, rho, rest } = self.parts();
        if rest == R::ZERO || unknown(self.gain, gain) || unknown(self.offset, offset) {
            return R::INFINITY;
        }
        let a = (gain / roots[0]).finite_or(R::ZERO);
        let b = (offset / roots[1]).finite_or(R::ZERO);
        let two = R::from_f64(2.0);
        Scalar::max(square(a) + square(b) - two * rho * a * b, R::ZERO) / rest
    }
}

/// What a frame shows of one sensor: sums over its measurements, the offset before taken off y.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums<R> {
    /// Σ u², Σ u and their count.
    pub(super) known: Known<R>,
    /// Σ u y.
    pub(super) product: R,
    /// Σ y.
    pub(super) measured: R,
}

impl<R: Real> Sums<R> {
    /// Σ u r and Σ r of what a gain leaves.
    pub(super) fn left(&self, gain: R) -> [R; 2] {
        [self.product - gain * self.known.gain, self.measured - gain * self.known.cross]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_squares_of_two_and_their_variances() {
        // u = 1, 2, 4 and y = 3 u − 5.
        let known = Known { gain: 21.0_f64, cross: 7.0, offset: 3.0 };
        let [gain, offset] = known.solve([3.0 * 21.0 - 5.0 * 7.0, 3.0 * 7.0 - 5.0 * 3.0]);
        assert!((gain - 3.0).abs() < 1e-14 && (offset + 5.0).abs() < 1e-13);
        let determinant = 21.0 * 3.0 - 49.0;
        let [of_gain, of_offset] = known.variances();
        assert!((of_gain - 3.0 / determinant).abs() < 1e-15);
        assert!((of_offset - 21.0 / determinant).abs() < 1e-14);
        // γ + 2 o.
        let both: f64 = (3.0 + 4.0 * 21.0 - 2.0 * 2.0 * 7.0) / determinant;
        assert!((known.variance_of(1.0, 2.0) - both).abs() < 1e-14);
    }

    #[test]
    fn one_measurement_is_met_by_the_shortest_change() {
        // u = 2, r = 6.
        let known = Known { gain: 4.0_f64, cross: 2.0, offset: 1.0 };
        assert_eq!(known.solve([12.0, 6.0]), [1.5, 3.0]);
        assert_eq!(known.variances(), [f64::INFINITY; 2]);
        // Of four measurements, whose root is exact.
        let nothing = Known { gain: 0.0_f64, cross: 0.0, offset: 4.0 };
        assert_eq!(nothing.solve([0.0, 12.0]), [0.0, 3.0]);
    }
}
