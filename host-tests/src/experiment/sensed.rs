//! [`sensed`]: noisy measurements of a sparse signal.

use crate::draws::Draws;
use crate::matrix::DenseMatrix;

/// A x, summed in `f64`, and normal noise of which the expected square is ‖A x‖² less so many
/// decibels; none without.
pub(super) fn sensed(
    dictionary: &DenseMatrix<f32>,
    x: &[f32],
    snr_db: Option<f64>,
    noise: &mut Draws,
) -> Vec<f32> {
    let mut y = vec![0.0_f64; dictionary.column(0).len()];
    for (j, x) in x.iter().enumerate() {
        for (y, a) in y.iter_mut().zip(dictionary.column(j)) {
            *y += f64::from(*x) * f64::from(*a);
        }
    }
    if let Some(db) = snr_db {
        let squares: f64 = y.iter().map(|y| y * y).sum();
        let deviation = (squares / y.len() as f64 * 10.0_f64.powf(-db / 10.0)).sqrt();
        y.iter_mut().for_each(|y| *y += deviation * noise.normal());
    }
    y.into_iter().map(|y| y as f32).collect()
}
