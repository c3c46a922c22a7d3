//! A sensor with known faults, turned about.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// y = T⁻¹ v + o + noise for v = g n.
pub(crate) struct Sensor {
    pub(crate) offset: [f64; 3],
    /// T: xx, yy, zz, xy, xz, yz.
    pub(crate) matrix: [f64; 6],
    pub(crate) norm: f64,
    pub(crate) noise: f64,
}

impl Sensor {
    /// Offsets of a tenth of g, scales of ± 5 %, cross terms of 2 %.
    pub(crate) fn usual() -> Self {
        Self {
            offset: [0.9, -0.4, 0.6],
            matrix: [1.05, 0.97, 1.01, 0.02, -0.015, 0.01],
            norm: 9.80665,
            noise: 0.0,
        }
    }

    pub(crate) fn reading(&self, direction: [f64; 3], random: &mut Pcg32) -> [f64; 3] {
        let [xx, yy, zz, xy, xz, yz] = self.matrix;
        let t = nalgebra::Matrix3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz);
        let v = nalgebra::Vector3::from(direction).normalize() * self.norm;
        let y = t.try_inverse().expect("a good matrix") * v;
        [0, 1, 2].map(|k| y[k] + self.offset[k] + self.noise * normal(random))
    }

    /// In so many directions of the whole sphere.
    pub(crate) fn readings(&self, count: usize, seed: u64) -> Vec<[f64; 3]> {
        let mut random = Pcg32::new(seed, 0);
        let one = |_| {
            let direction = [0; 3].map(|_| normal(&mut random));
            self.reading(direction, &mut random)
        };
        (0..count).map(one).collect()
    }
}

/// Twelve uniform numbers add up to a normal one, nearly.
pub(crate) fn normal(random: &mut Pcg32) -> f64 {
    (0..12).map(|_| f64::from(random.next_u32()) / 4_294_967_296.0).sum::<f64>() - 6.0
}
