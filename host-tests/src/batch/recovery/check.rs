//! Measurements, checked before they enter a tile.

use crate::vector::Vector;
use solvekit::Real;
use solvekit::recovery::RecoveryError;
use solvekit::sum::{norm, square};

/// ‖y‖.
///
/// # Errors
/// `NonFiniteMeasurement`, `HugeMeasurements`, as [`Sensing`](solvekit::recovery::Sensing) has them.
pub(super) fn norm_of<R: Real>(y: &[R]) -> Result<R, RecoveryError> {
    // Side by side, without asking each number for itself: a sum of squares that is a number comes of
    // numbers.
    let mut sums = [R::ZERO; 8];
    let (eights, rest) = y.as_chunks::<8>();
    for y in eights {
        for (sum, y) in sums.iter_mut().zip(y) {
            *sum += *y * *y;
        }
    }
    for (sum, y) in sums.iter_mut().zip(rest) {
        *sum += *y * *y;
    }
    let squares = sums.into_iter().fold(R::ZERO, |sum, one| sum + one);
    // Neither infinite nor of numbers whose squares are denormal.
    if squares >= square(square(R::EPSILON)) && squares.is_finite() {
        return Ok(squares.sqrt());
    }
    if let Some(row) = y.iter().position(|y| !y.is_finite()) {
        return Err(RecoveryError::NonFiniteMeasurement { row });
    }
    let scaled: R = norm(&Vector::from(y.to_vec()));
    if scaled.is_finite() { Ok(scaled) } else { Err(RecoveryError::HugeMeasurements) }
}

#[cfg(test)]
mod tests {
    use super::norm_of;
    use solvekit::recovery::RecoveryError;

    #[test]
    fn norms_and_refusals_are_those_of_the_solvers() {
        for scale in [1.0_f32, 1e-30, 1e30, 0.0] {
            let y: Vec<f32> = (0..21).map(|k| scale * (k as f32 - 7.3)).collect();
            let exact = y.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>().sqrt();
            let found = f64::from(norm_of(&y).expect("a norm"));
            // A few roundings.
            assert!((found - exact).abs() <= 1e-6 * exact, "{found} {exact}");
        }
        let mut y = vec![1.0_f32; 21];
        y[17] = f32::NAN;
        assert_eq!(norm_of(&y), Err(RecoveryError::NonFiniteMeasurement { row: 17 }));
        y[3] = f32::INFINITY;
        assert_eq!(norm_of(&y), Err(RecoveryError::NonFiniteMeasurement { row: 3 }));
        assert_eq!(norm_of(&[3e38_f32; 4]), Err(RecoveryError::HugeMeasurements));
    }
}
