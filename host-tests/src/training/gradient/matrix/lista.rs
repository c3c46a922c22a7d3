//! LISTA, backward.

use super::super::Element;
use super::curve::Curve;
use super::numbers::{MatrixNumbers, Slopes, add_outer, add_scaled};
use super::pass::{Back, Seen};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use solvekit::LinearOperator;
use solvekit::network::NetworkError;

/// z = B y + C x, x⁺ = S(z; θ). With g = ∂loss/∂z: ∂B gains g yᵀ, ∂C gains g xᵀ, and x gets Cᵀg.
pub(super) struct ListaBack<'n, T> {
    b: &'n DenseMatrix<T>,
    c: &'n DenseMatrix<T>,
    curve: Curve<'n, T>,
}

/// Σ g of a signal's layers, g, and z.
pub(super) struct Room<T> {
    total: Vector<T>,
    own: Vector<T>,
    z: Vector<T>,
}

impl<'n, T: Element> ListaBack<'n, T> {
    pub(super) fn new(numbers: &'n MatrixNumbers<T>) -> Result<Self, NetworkError> {
        let [b, c] = numbers.pair()?;
        Ok(Self { b, c, curve: Curve::of(numbers) })
    }
}

impl<T: Element> Back<T> for ListaBack<'_, T> {
    type Room = Room<T>;

    fn room(&self) -> Room<T> {
        let zeros = || self.c.zero_range();
        Room { total: zeros(), own: zeros(), z: zeros() }
    }

    fn layer(
        &self,
        seen: &Seen<'_, T>,
        slope: &mut Vector<T>,
        room: &mut Room<T>,
        slopes: &mut Slopes<T>,
    ) {
        if self.curve.is_learned() {
            // As the layer adds it: to the bit.
            self.b.apply(seen.y, &mut room.z);
            self.c.apply(seen.before, &mut room.own);
            add_scaled(&mut room.z, T::ONE, &room.own);
        }
        self.curve.pull_back(seen.layer, (slope, &room.z, seen.after), slopes);
        add_scaled(&mut room.total, T::ONE, slope);
        add_outer(&mut slopes.weights[1], slope, seen.before);
        // Before the first layer nothing is learned.
        if seen.layer > 0 {
            room.own.copy_from_slice(slope);
            self.c.apply_adjoint(&room.own, slope);
        }
    }

    /// B y is the same in all layers.
    fn signal(&self, y: &Vector<T>, room: &mut Room<T>, slopes: &mut Slopes<T>) {
        add_outer(&mut slopes.weights[0], &room.total, y);
        room.total.fill(T::ZERO);
    }
}
