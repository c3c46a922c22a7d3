//! [`Draws`]: seeded random numbers.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// One stream of one seed.
#[derive(Clone, Debug)]
pub(crate) struct Draws(Pcg32);

impl Draws {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut random = Pcg32::new(seed, stream);
        // The first output of neighbouring streams is related; the second is not.
        let _ = random.next_u32();
        Self(random)
    }

    /// Uniform in [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Standard normal, by Marsaglia's polar method.
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * s.ln() / s).sqrt();
            }
        }
    }

    /// `count` different numbers below `all`, in the order in which they were drawn.
    pub(crate) fn subset(&mut self, all: usize, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..all).collect();
        for k in 0..count.min(all) {
            let rest = (all - k) as f64;
            numbers.swap(k, k + (self.uniform() * rest) as usize);
        }
        numbers.truncate(count);
        numbers
    }
}
