//! Ada-LISTA, backward.

use super::super::Element;
use super::numbers::{MatrixNumbers, Slopes, add_outer, add_scaled, combine};
use super::pass::{Back, Seen, through_soft};
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
}

/// M numbers each, but for the last one's N.
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
}

impl<'n, T: Element> AdaBack<'n, T> {
    pub(super) fn new(columns: usize, numbers: &'n MatrixNumbers<T>) -> Result<Self, NetworkError> {
        let [w1, w2] = numbers.pair()?;
        Ok(Self { columns, w1, w2, steps: &numbers.steps })
    }
}

impl<T: Element> Back<T> for AdaBack<'_, T> {
    type Room = Room<T>;

    fn room(&self) -> Room<T> {
        let short = || self.w1.zero_range();
        Room {
            image: short(),
            e: short(),
            r: short(),
            driven: short(),
            q: short(),
            h: short(),
            total: short(),
            pull: Vector::filled(self.columns, T::ZERO),
        }
    }

    fn layer(
        &self,
        seen: &Seen<'_, T>,
        slope: &mut Vector<T>,
        room: &mut Room<T>,
        slopes: &mut Slopes<T>,
    ) {
        let Room { image, e, r, driven, q, h, total, pull } = room;
        let step = self.steps[seen.layer];
        combine(seen.dictionary, seen.before, image);
        self.w2.apply(image, e);
        self.w2.apply_adjoint(e, r);
        self.w1.apply_adjoint(seen.y, driven);
        for (r, driven) in r.iter_mut().zip(driven.iter()) {
            *r = *driven - *r;
        }
        let by_threshold = through_soft(slope, seen.after);
        slopes.thresholds[seen.layer] += by_threshold;
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
