//! [`Largest`]: the K largest entries of a vector.

use crate::bcd::rule::Picked;
use crate::{Buffer, Real, Scalar};

/// Room for K places, with which the K largest entries of a vector are found and the others set to
/// zero: H_K. Of equal entries the first are kept; NaN counts as largest, so that it shows.
///
/// Storage: K numbers and K + 1 indices. Cost: N comparisons and on average about K² log(N/K)
/// exchanges, at most N K.
///
/// ```
/// use solvekit::{SVector, recovery::Largest};
/// let mut v = [0.5, -3.0, 2.0, -2.0];
/// Largest::new([0; 2], SVector::<f32, 2>::zeros()).keep(&mut v);
/// assert_eq!(v, [0.0, -3.0, 2.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Largest<I, V> {
    picked: Picked<I, V>,
}

impl<I, V> Largest<I, V> {
    /// K is the length of the shorter buffer; what they hold does not matter.
    pub const fn new(places: I, sizes: V) -> Self {
        Self { picked: Picked::new(places, sizes) }
    }
}

impl<I: AsRef<[usize]> + AsMut<[usize]>, V> Largest<I, V> {
    /// K.
    pub fn capacity<R: Real>(&self) -> usize
    where
        V: Buffer<R>,
    {
        self.picked.capacity()
    }

    /// v ← H_K(v).
    pub fn keep<R: Real>(&mut self, v: &mut [R])
    where
        V: Buffer<R>,
    {
        self.picked.clear();
        for (j, v) in v.iter().enumerate() {
            self.picked.offer(j, Scalar::abs(*v));
        }
        let mut places = self.picked.ascending().iter();
        let mut next = places.next();
        for (j, v) in v.iter_mut().enumerate() {
            if next == Some(&j) {
                next = places.next();
            } else {
                *v = R::ZERO;
            }
        }
    }

    /// The places that were kept last, ascending.
    pub fn places(&self) -> &[usize] {
        self.picked.coordinates()
    }
}
