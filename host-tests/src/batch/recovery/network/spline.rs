//! [`Pieces`]: a [`Spline`] for the entries of all lanes at once.

use crate::batch::lanes::Side;
use solvekit::network::Spline;

/// The pieces of a spline, in units of the threshold: where each ends, the value there, and its slope.
#[derive(Clone, Debug)]
pub(super) struct Pieces(Vec<[f32; 3]>);

impl Pieces {
    pub(super) fn new(spline: &Spline<f32>) -> Self {
        let (mut knot, mut value) = (0.0, 0.0);
        let pieces = spline.knots().iter().zip(spline.values()).map(|(u, w)| {
            let slope = (w - value) / (u - knot);
            (knot, value) = (*u, *w);
            [*u, *w, slope]
        });
        Self(pieces.collect())
    }

    /// S(z; θ), with the bits of [`Spline::value`].
    #[inline(always)]
    pub(super) fn value<T: Side<Real = f32>>(&self, z: T, theta: f32) -> T {
        let size = z.abs();
        // The knot before, its value, and the slope and the most of the piece behind it.
        let (mut start, mut level) = (T::ZERO, T::ZERO);
        let (mut slope, mut most) = (T::ONE, T::splat(f32::INFINITY));
        if let Some([_, top, first]) = self.0.first() {
            (slope, most) = (T::splat(*first), T::splat(theta * *top));
        }
        let mut k = 0;
        while k < self.0.len() {
            let [knot, value, _] = self.0[k];
            let (end, top) = (T::splat(theta * knot), T::splat(theta * value));
            let (mut next_slope, mut next_most) = (T::ONE, T::splat(f32::INFINITY));
            if let Some([_, top, slope]) = self.0.get(k + 1) {
                (next_slope, next_most) = (T::splat(*slope), T::splat(theta * *top));
            }
            start = end.if_less(size, end, start);
            level = end.if_less(size, top, level);
            slope = end.if_less(size, next_slope, slope);
            most = end.if_less(size, next_most, most);
            k += 1;
        }
        // NaN is not above anything, and stays.
        let value = most.least(level + slope * (size - start));
        z.if_less(T::ZERO, T::ZERO - value, value)
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use solvekit::Lanes;
    use solvekit::network::Spline;

    #[test]
    fn values_have_the_bits_of_the_spline() {
        let curved = Spline::new(&[0.3_f32, 0.9, 1.7, 4.0], &[0.0, 0.1, 1.5, 3.9]);
        for spline in [curved, Spline::new(&[1.0], &[0.0])] {
            let spline = spline.expect("a spline");
            let pieces = Pieces::new(&spline);
            for theta in [0.0, 0.1, 3.0] {
                for k in -100..100 {
                    let z = 0.007 * k as f32 * (1.0 + theta);
                    let found = pieces.value(Lanes([z, -z, f32::NAN, f32::INFINITY]), theta).0;
                    let known = [z, -z].map(|z| spline.value(z, theta).to_bits());
                    assert_eq!([found[0].to_bits(), found[1].to_bits()], known, "{z} {theta}");
                    assert!(found[2].is_nan() && found[3] == f32::INFINITY);
                }
            }
        }
    }
}
