//! [`Draws`]: seeded random numbers.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// One stream of one seed.
#[derive(Clone, Debug)]
pub(super) struct Draws(Pcg32);

impl Draws {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut random = Pcg32::new(seed, stream);
        // The first output of neighbouring streams is related; the second is not.
        let _ = random.next_u32();
        Self(random)
    }

    /// Uniform in [0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Standard normal, by Marsaglia's polar method.
    pub(super) fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * s.ln() / s).sqrt();
            }
        }
    }
}
