//! [`Problem`]: a dictionary of unit columns, and test signals.

use crate::draws::Draws;
use crate::experiment::sensed::sensed;
use crate::matrix::DenseMatrix;
use crate::vector::Vector;

/// The chance of an entry not to be zero.
pub(super) const DENSITY: f64 = 0.1;
/// M and N at the whole size.
const SIZES: (f64, f64) = (250.0, 500.0);
/// Test signals at the whole size.
const SIGNALS: f64 = 1000.0;

/// What is added to A x.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Noise {
    /// Nothing.
    None,
    /// Normal noise, 40 dB below.
    Faint,
}

/// Both.
pub const NOISES: [Noise; 2] = [Noise::None, Noise::Faint];

impl Noise {
    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "noiseless",
            Self::Faint => "40dB",
        }
    }

    pub(super) const fn snr_db(self) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Faint => Some(40.0),
        }
    }
}

/// Sparse signals seen through a random dictionary.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) noise: Noise,
    pub(super) dictionary: DenseMatrix<f32>,
    pub(super) signals: Vec<Vector<f32>>,
    pub(super) measurements: Vec<Vector<f32>>,
}

impl Problem {
    /// Of a seed, at a size.
    ///
    /// # Panics
    /// None: the sizes are good.
    #[must_use]
    pub fn draw(seed: u64, scale: f64, noise: Noise) -> Self {
        let side = scale.min(1.0).sqrt();
        let size = |whole: f64| ((whole * side).round() as usize).max(16);
        let (rows, columns) = (size(SIZES.0), size(SIZES.1));
        let count = ((SIGNALS * scale).round() as usize).clamp(20, 100_000);
        let mut draws = Draws::new(seed, 21);
        let mut values: Vec<f64> = (0..rows * columns).map(|_| draws.normal()).collect();
        for column in values.chunks_exact_mut(rows) {
            let length = column.iter().map(|a| a * a).sum::<f64>().sqrt();
            column.iter_mut().for_each(|a| *a /= length);
        }
        let values = values.into_iter().map(|a| a as f32).collect();
        let dictionary = DenseMatrix::from_columns(rows, values).expect("whole columns");
        // The same signals whatever the noise.
        let mut draws = Draws::new(seed, 22);
        let mut noises = Draws::new(seed, 23);
        let (mut signals, mut measurements) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let entry = |_| {
                let (chance, size) = (draws.uniform(), draws.normal());
                if chance < DENSITY { size as f32 } else { 0.0 }
            };
            let x: Vector<f32> = (0..columns).map(entry).collect();
            let y = sensed(&dictionary, &x, noise.snr_db(), &mut noises);
            signals.push(x);
            measurements.push(y.into());
        }
        Self { noise, dictionary, signals, measurements }
    }

    /// The most non-zeros that a method is told of: a few more than signals have.
    pub(super) fn sparsity(&self) -> usize {
        let columns = self.signals.first().map_or(0, |x| x.len());
        ((1.4 * DENSITY * columns as f64) as usize).max(1)
    }

    /// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖².
    pub(super) fn decibels<'x>(&self, found: impl Iterator<Item = &'x Vector<f32>>) -> f64 {
        let (mut error, mut size) = (0.0, 0.0);
        for (x, truth) in found.zip(&self.signals) {
            for (x, truth) in x.iter().zip(truth.iter()) {
                error += (f64::from(*x) - f64::from(*truth)).powi(2);
                size += f64::from(*truth).powi(2);
            }
        }
        10.0 * (error / size).log10()
    }
}
