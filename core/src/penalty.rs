//! [`Penalty`]: the part of an objective that is not smooth, known by its proximal map.

use crate::Real;

/// g(x), added to a smooth function f. Used one coordinate at a time or by blocks.
///
/// What must be given is the penalty of one coordinate; a penalty that binds coordinates together
/// (a group's norm) overrides the methods that see several, and is then not [`Separable`].
/// To add one: `solvekit::penalty` has one file for each; `l1.rs` is the smallest.
pub trait Penalty<R: Real> {
    /// gⱼ(x), infinite where x is not allowed.
    fn value(&self, coordinate: usize, x: R) -> R;

    /// argmin over z of gⱼ(z) + (z − v)² / (2·`step`), for `step` > 0. NaN in, NaN out.
    fn prox(&self, coordinate: usize, step: R, v: R) -> R;

    /// The distance of −`gradient` from ∂gⱼ(x): zero exactly where the coordinate is stationary.
    /// NaN in, NaN out.
    fn distance(&self, coordinate: usize, x: R, gradient: R) -> R;

    /// The derivative of gⱼ at x where it has one; at a kink or a bound whatever holds on the side
    /// to which a Newton step would go from there (that side is the caller's business).
    fn slope(&self, coordinate: usize, x: R) -> R;

    /// The second derivative of gⱼ at x on the piece that x lies on.
    fn curvature(&self, _coordinate: usize, _x: R) -> R {
        R::ZERO
    }

    /// Is x at a kink or a bound of gⱼ, where coordinates tend to stay?
    fn sticks(&self, coordinate: usize, x: R) -> bool;

    /// Σ gⱼ(xⱼ).
    fn total(&self, x: &[R]) -> R {
        crate::sum::sum_of(x.len(), |j| x.get(j).map_or(R::ZERO, |x| self.value(j, *x)))
    }

    /// The proximal map of the coordinates in `block`, whose numbers are `v`.
    fn prox_block(&self, block: &[usize], step: R, v: &mut [R]) {
        for (coordinate, v) in block.iter().zip(v) {
            *v = self.prox(*coordinate, step, *v);
        }
    }

    /// The proximal map of all coordinates, in order.
    #[inline]
    fn prox_all(&self, step: R, v: &mut [R]) {
        for (coordinate, v) in v.iter_mut().enumerate() {
            *v = self.prox(coordinate, step, *v);
        }
    }

    /// v ← prox(x + `step` v) of all coordinates, in order: a proximal gradient step, v being the
    /// gradient downwards. The lengths are equal.
    ///
    /// The same bits as [`prox_all`](Self::prox_all); overridden only to read v once.
    #[inline]
    fn step_all(&self, step: R, x: &[R], v: &mut [R]) {
        for (v, x) in v.iter_mut().zip(x) {
            *v = *x + step * *v;
        }
        self.prox_all(step, v);
    }

    /// The largest [`distance`](Self::distance) over all coordinates; NaN wins. `partial(j)` is
    /// ∇ⱼf, asked once for each j in order.
    fn stationarity(&self, x: &[R], mut partial: impl FnMut(usize) -> R) -> R {
        let distances = x.iter().enumerate().map(|(j, x)| self.distance(j, *x, partial(j)));
        distances.fold(R::ZERO, |worst, distance| worst.max(distance))
    }
}

/// A penalty whose coordinates do not know of each other: g(x) = Σⱼ gⱼ(xⱼ). Any coordinates may
/// form a block.
pub trait Separable<R: Real>: Penalty<R> {}

/// A penalty that says where a coordinate may be, and asks a price that is linear there at most:
/// gⱼ(x) = cⱼ x on an interval, infinite elsewhere, with cⱼ = [`slope`](Penalty::slope) at every x. Then
/// f + g is as smooth as f between the bounds.
pub trait Constraint<R: Real>: Separable<R> {
    /// The allowed value that is nearest to `x`. NaN in, NaN out.
    ///
    /// To be given where cⱼ is not zero; otherwise it is the proximal map, whatever the step.
    fn project(&self, coordinate: usize, x: R) -> R {
        self.prox(coordinate, R::ONE, x)
    }
}
