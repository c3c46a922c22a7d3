//! A biosignal-like frame: heart beats sampled at 250 Hz, sparse in a wavelet basis, sent as half as many
//! numbers, each a sum of samples with random signs.
//!
//! | name | what it is |
//! |---|---|
//! | [`frame`] | N samples of one beat, drawn from a seed |
//! | [`wavelets`] | c = Ψ s, orthonormal: a dozen of the N coefficients hold nearly all of a beat |
//! | [`samples`] | s = Ψᵀ c |
//! | [`sensing`] | Φ, M × N signs, drawn from a seed where they are needed |
//! | [`dictionary`] | A = Φ Ψᵀ, so that Φ s = A c |

pub mod alista;
pub mod hyperlista;
pub mod hyperlista_q8;
mod story;
mod wavelet;

pub use story::{FRAMES, Outcome, recovered, story, story_q8};
pub use wavelet::{samples, wavelets};

use solvekit::dictionary::Signs;
use solvekit::{LinearOperator, Real, SMatrix, SVector};

/// Samples of a frame, and coefficients.
pub const N: usize = 128;
/// Numbers sent.
pub const M: usize = 64;
/// Samples in a second.
const RATE: f32 = 250.0;
/// Seed of the signs.
const SIGNS: u64 = 20_250_901;

/// Samples, or coefficients.
pub type Frame = SVector<f32, N>;
/// What is sent of a frame.
pub type Measurements = SVector<f32, M>;

/// Waves of a beat: height, seconds from the middle, width in seconds. As in an electrocardiogram: P, Q,
/// R, S and T.
const WAVES: [(f32, f32, f32); 5] = [
    (0.15, -0.2, 0.025),
    (-0.12, -0.035, 0.01),
    (1.0, 0.0, 0.012),
    (-0.25, 0.035, 0.011),
    (0.3, 0.28, 0.045),
];

/// Uniform numbers from 0 to 1, of 24 bits.
struct Draws(u32);

impl Draws {
    fn new(seed: u32) -> Self {
        let mut draws = Self(seed.wrapping_mul(2_654_435_761).wrapping_add(1));
        // The first numbers of neighbouring seeds are alike.
        (0..3).for_each(|_| {
            draws.uniform();
        });
        draws
    }

    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 16_777_216.0
    }

    /// From −1 to 1, mostly near 0: mean 0, standard deviation 0.41.
    fn bell(&mut self) -> f32 {
        self.uniform() + self.uniform() - 1.0
    }
}

/// One beat: its place, speed and the height of each of its waves are drawn.
pub fn frame(seed: u32) -> Frame {
    let mut draws = Draws::new(seed);
    let middle = 0.15 + 0.25 * draws.uniform();
    let (height, width) = (1.0 + 0.5 * draws.bell(), 1.0 + 0.25 * draws.bell());
    let waves = WAVES.map(|(size, place, spread)| {
        let size = height * size * (1.0 + 0.5 * draws.bell());
        (size, middle + width * place, 1.0 / (width * spread))
    });
    Frame::from_fn(|i, _| {
        let seconds = i as f32 / RATE;
        waves.iter().fold(0.0, |sum, (size, place, sharpness)| {
            let off = (seconds - place) * sharpness;
            sum + size * Real::exp(-0.5 * off * off)
        })
    })
}

/// Φ: what the sensor's end computes with additions alone.
pub fn sensing() -> Signs<f32, M, N> {
    Signs::new(SIGNS)
}

/// y = Φ s.
pub fn measure(frame: &Frame) -> Measurements {
    let mut y = Measurements::zeros();
    sensing().apply(frame, &mut y);
    y
}

/// A = Φ Ψᵀ. For the host, which trains on it: a device has it as a table.
pub fn dictionary() -> SMatrix<f32, M, N> {
    let mut a = SMatrix::<f32, M, N>::zeros();
    for j in 0..N {
        let mut unit = Frame::zeros();
        unit[j] = 1.0;
        a.set_column(j, &measure(&samples(&unit)));
    }
    a
}
