//! [`Prior`]: what TISTA is told of signals and noise.

use super::{Drawn, Source, Stored, TrainError};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use serde::{Deserialize, Serialize};
use solvekit::LinearOperator;

/// Entries that are zero or normal, and noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// p, the chance of an entry not to be zero.
    pub density: f32,
    /// α², the variance of those that are not.
    pub variance: f32,
    /// σ², the variance of the noise of one measurement.
    pub noise: f32,
}

impl Prior {
    /// # Errors
    /// [`TrainError::Prior`] with the number that is outside its range.
    pub(super) fn check(self) -> Result<(), TrainError> {
        let Self { density, variance, noise } = self;
        let refused = |what, value: f32| Err(TrainError::Prior { what, value });
        // Less has odds beyond f32.
        if !(1e-30..=1.0).contains(&density) {
            return refused("density", density);
        }
        if !(variance > 0.0 && variance.is_finite()) {
            return refused("variance", variance);
        }
        if !(noise >= 0.0 && (noise / variance).is_finite()) {
            return refused("noise", noise);
        }
        Ok(())
    }

    /// Of drawn signals what they are drawn by: of A x with entries of variance p α², M numbers have
    /// p α² ‖A‖_F² to be expected. Of stored ones the share and the mean square of the entries that
    /// are not zero, and the mean square of y − A x, but for the last `kept` columns.
    pub(super) fn of(
        source: &Source,
        kept: usize,
        dictionary: &DenseMatrix<f32>,
    ) -> Result<Self, TrainError> {
        let noise_of = |power: f64, snr_db: Option<f64>| {
            snr_db.map_or(0.0, |db| power * 10.0_f64.powf(-db / 10.0))
        };
        let rows = dictionary.rows() as f64;
        let (density, variance, noise) = match source {
            Source::Drawn(Drawn { sparsity, amplitude, snr_db }) => {
                let variance = amplitude * amplitude;
                let squares: f64 = dictionary.values().iter().map(|a| f64::from(*a).powi(2)).sum();
                (*sparsity, variance, noise_of(sparsity * variance * squares / rows, *snr_db))
            }
            Source::Stored(Stored { signals, measurements, snr_db }) => {
                let refused = |cause: &str| TrainError::Signals(cause.to_owned());
                let Some(all) = signals.as_deref() else {
                    return Err(refused("without them there is nothing to supervise"));
                };
                let used = if all.len() > kept { all.len() - kept } else { all.len() };
                let all = all.get(..used).unwrap_or_default();
                let entries = (used * dictionary.columns()) as f64;
                let (mut count, mut squares) = (0_u64, 0.0);
                for value in all.iter().flatten().filter(|value| **value != 0.0) {
                    count += 1;
                    squares += f64::from(*value).powi(2);
                }
                if count == 0 {
                    return Err(refused("none has an entry that is not zero: no prior follows"));
                }
                let images = all.iter().map(|x| image(dictionary, x));
                let noise = match measurements {
                    Some(measured) => {
                        let apart = images.zip(measured).map(|(image, y)| squares_apart(&image, y));
                        apart.sum::<f64>() / (used as f64 * rows)
                    }
                    None => {
                        let nothing = vec![0.0; dictionary.rows()];
                        let power = images.map(|image| squares_apart(&image, &nothing));
                        noise_of(power.sum::<f64>() / (used as f64 * rows), *snr_db)
                    }
                };
                (count as f64 / entries, squares / count as f64, noise)
            }
        };
        Ok(Self { density: density as f32, variance: variance as f32, noise: noise as f32 })
    }
}

/// A x.
fn image(dictionary: &DenseMatrix<f32>, x: &[f32]) -> Vector<f32> {
    let mut image = dictionary.zero_range();
    dictionary.apply(&x.to_vec().into(), &mut image);
    image
}

fn squares_apart(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum()
}
