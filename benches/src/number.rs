//! The precisions that cases are generic over.

use nalgebra::RealField;
use solvekit_host::precision::Precision;

/// `f32` or `f64`, as solvekit's scalars and as nalgebra's.
pub trait Number: Precision + RealField {
    /// Relative tolerance of the full solves: well above the precision's floor.
    const TOLERANCE: f64;

    /// The nearest number to `value`.
    fn of(value: f64) -> Self {
        <Self as solvekit::Real>::from_f64(value)
    }
}

impl Number for f32 {
    const TOLERANCE: f64 = 1e-5;
}

impl Number for f64 {
    const TOLERANCE: f64 = 1e-8;
}

/// Asserts that two answers agree to `tolerance` relative to the largest number in `theirs`.
///
/// # Panics
/// When they do not: a benchmark of a wrong answer must not run.
pub fn agree<T: Precision>(what: &str, ours: &[T], theirs: &[T], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}: lengths differ");
    let size = theirs.iter().fold(0.0_f64, |size, x| size.max(x.to_f64().abs()));
    for (k, (a, b)) in ours.iter().zip(theirs).enumerate() {
        let distance = (a.to_f64() - b.to_f64()).abs();
        assert!(distance <= tolerance * size, "{what}: x[{k}] is {a:e}, the peer says {b:e}");
    }
}
