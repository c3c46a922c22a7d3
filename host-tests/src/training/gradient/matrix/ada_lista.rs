//! Ada-LISTA, backward.

use super::super::Element;
use super::curve::Curve;
use super::numbers::{MatrixNumbers, Slopes, add_outer, add_scaled, combine};
use super::pass::{Back, Seen};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use solvekit::LinearOperator;
use solvekit::network::NetworkError;
use solvekit::sum::dot;

/// z = x + γ Dᵀr with r = W₁ᵀy − W₂ᵀe and e = W₂ D x, x⁺ = S(z; θ).
///
/// With g = ∂loss/∂z and q = γ D g = ∂loss/∂r: ∂γ gains rᵀD g, ∂W₁ gains y qᵀ; with h = −W₂ q =
/// ∂loss/∂e, ∂W₂ gains −e qᵀ + h (D x)ᵀ, and x gets g + Dᵀ W₂ᵀ h.
pub(super) struct AdaBack<'n, T> {
    columns: usize,
    w1: &'n DenseMatrix<T>,
    w2: &'n DenseMatrix<T>,
    steps: &'n [T],
    curve: Curve<'n, T>,
}

/// M numbers each, but for the last two's N.
pub(super) struct Room<T> {
    image: Vector<T>,
    e: Vector<T>,
    r: Vector<T>,
    driven: Vector<T>,
    q: Vector<T>,
    h: Vector<T>,
    /// Σ q of a signal's layers.
    total: Vector<T>,
    pull: Vector<T>,
    z: Vector<T>,
}

impl<'n, T: Element> AdaBack<'n, T> {
    pub(super) fn new(columns: usize, numbers: &'n MatrixNumbers<T>) -> Result<Self, NetworkError> {
        let [w1, w2] = numbers.pair()?;
        Ok(Self { columns, w1, w2, steps: &numbers.steps, curve: Curve::of(numbers) })
    }
}

impl<T: Element> Back<T> for AdaBack<'_, T> {
    type Room = Room<T>;

    fn room(&self) -> Room<T> {
        let short = || self.w1.zero_range();
        let long = || Vector::filled(self.columns, T::ZERO);
        Room {
            image: short(),
            e: short(),
            r: short(),
            driven: short(),
            q: short(),
            h: short(),
            total: short(),
            pull: long(),
            z: long(),
        }
    }

    fn layer(
        &self,
        seen: &Seen<'_, T>,
        slope: &mut Vector<T>,
        room: &mut Room<T>,
        slopes: &mut Slopes<T>,
    ) {
        let Room { image, e, r, driven, q, h, total, pull, z } = room;
        let step = self.steps[seen.layer];
        let is_learned = self.curve.is_learned();
        if is_learned {
            // In the layer's order, so that z has its bits.
            seen.dictionary.apply(seen.before, image);
        } else {
            combine(seen.dictionary, seen.before, image);
        }
        self.w2.apply(image, e);
        self.w2.apply_adjoint(e, r);
        self.w1.apply_adjoint(seen.y, driven);
        for (r, driven) in r.iter_mut().zip(driven.iter()) {
            *r = *driven - *r;
        }
        if is_learned {
            seen.dictionary.apply_adjoint(r, pull);
            for ((z, x), pull) in z.iter_mut().zip(seen.before.iter()).zip(pull.iter()) {
                *z = *x + step * *pull;
            }
        }
        self.curve.pull_back(seen.layer, (slope, z, seen.after), slopes);
        combine(seen.dictionary, slope, q);
        slopes.steps[seen.layer] += dot(r, q).wide();
        q.iter_mut().for_each(|q| *q *= step);
        add_scaled(total, T::ONE, q);
        self.w2.apply(q, h);
        h.iter_mut().for_each(|h| *h = -*h);
        add_outer(&mut slopes.weights[1], h, image);
        e.iter_mut().for_each(|e| *e = -*e);
        add_outer(&mut slopes.weights[1], e, q);
        // Before the first layer nothing is learned.
        if seen.layer > 0 {
            self.w2.apply_adjoint(h, q);
            seen.dictionary.apply_adjoint(q, pull);
            add_scaled(slope, T::ONE, pull);
        }
    }

    /// W₁ᵀy is the same in all layers.
    fn signal(&self, y: &Vector<T>, room: &mut Room<T>, slopes: &mut Slopes<T>) {
        add_outer(&mut slopes.weights[0], y, &room.total);
        room.total.fill(T::ZERO);
    }
}
