//! [`Sequence`]: the shifted Laplacians of "Learning to Relax", the same bits everywhere.

use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::{FivePoint, Real, SMatrix};

/// Points along one side of the grid.
pub const SIDE: usize = 10;
/// Unknowns.
pub const N: usize = SIDE * SIDE;

/// The grid operator of one system.
pub type Laplacian<R> = FivePoint<R, SIDE, SIDE>;
/// One grid of values.
pub type Grid<R> = SMatrix<R, SIDE, SIDE>;

/// How far the shifts spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variance {
    /// c = −0.15 + 0.6 Beta(2, 6).
    Low,
    /// c = −0.15 + 0.6 Beta(½, 3⁄2).
    High,
}

/// Systems (A + c I) x = b, one after the other: A the unscaled five-point Laplacian of a 10 × 10
/// grid, c drawn from a Beta distribution, b standard normal conditioned on ‖b‖ ≤ √n.
///
/// Everything is drawn from one seeded generator with arithmetic and `libm` alone, so that host
/// and target draw the same bits; distribution crates take the platform's logarithm on the host.
///
/// Source: arXiv 2310.02246, the experiments of §5 and their released code.
#[derive(Clone, Debug)]
pub struct Sequence {
    random: Pcg32,
    variance: Variance,
    spare: Option<f64>,
}

impl Sequence {
    /// The sequence of one `seed`; `trial` selects an independent stream.
    pub fn new(variance: Variance, seed: u64, trial: u64) -> Self {
        let mut random = Pcg32::new(seed, trial);
        // The first output of neighbouring streams is related; the second is not.
        let _ = random.next_u32();
        Self { random, variance, spare: None }
    }

    /// The next system: its operator, and its right-hand side into `b`.
    pub fn next_system<R: Real>(&mut self, b: &mut Grid<R>) -> Laplacian<R> {
        let beta = match self.variance {
            Variance::Low => self.beta_2_6(),
            Variance::High => self.beta_half_three_halves(),
        };
        self.fill_right_hand_side(b);
        Laplacian::laplacian(R::from_f64(-0.15 + 0.6 * beta))
    }

    /// A uniform number in [0, 1), for a tuner's draw.
    pub fn uniform<R: Real>(&mut self) -> R {
        // 24 bits: exact in f32 too, so never rounded up to 1.
        R::from_u32(self.random.next_u32() >> 8) * R::from_f64(1.0 / 16_777_216.0)
    }

    fn fill_right_hand_side<R: Real>(&mut self, b: &mut Grid<R>) {
        loop {
            let mut squares = 0.0;
            for value in b.iter_mut() {
                let z = self.normal();
                squares += z * z;
                *value = R::from_f64(z);
            }
            if squares <= N as f64 {
                return;
            }
        }
    }

    /// Uniform in [0, 1) with 32 bits.
    fn unit(&mut self) -> f64 {
        f64::from(self.random.next_u32()) / 4_294_967_296.0
    }

    /// Uniform in (−1, 1).
    fn signed(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }

    /// The second smallest of seven uniform numbers is Beta(2, 6).
    fn beta_2_6(&mut self) -> f64 {
        let (mut least, mut second) = (1.0, 1.0);
        for _ in 0..7 {
            let u = self.unit();
            if u < least {
                (least, second) = (u, least);
            } else if u < second {
                second = u;
            }
        }
        second
    }

    /// u₁²/‖u‖² of a point u drawn uniformly from the four-dimensional ball is Beta(½, 3⁄2).
    fn beta_half_three_halves(&mut self) -> f64 {
        loop {
            let squares: [f64; 4] = core::array::from_fn(|_| {
                let u = self.signed();
                u * u
            });
            let total = (squares[0] + squares[1]) + (squares[2] + squares[3]);
            if total > 0.0 && total <= 1.0 {
                return squares[0] / total;
            }
        }
    }

    /// Standard normal, by Marsaglia's polar method.
    fn normal(&mut self) -> f64 {
        if let Some(z) = self.spare.take() {
            return z;
        }
        loop {
            let (u, v) = (self.signed(), self.signed());
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let radius = libm::sqrt(-2.0 * libm::log(s) / s);
                self.spare = Some(v * radius);
                return u * radius;
            }
        }
    }
}
