//! The right-hand side that is used when none is given.

use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::vector::Vector;
use solvekit::LinearOperator;
use solvekit::sum::norm;

/// b = A·1, whose solution is all ones; or the reason why it is none.
///
/// When every row of A sums to zero (a Neumann problem, a graph's Laplacian), A·1 is what rounding
/// left over, and solving for it says nothing. A sum of m terms is off by at most m·ε times the sum
/// of their magnitudes, and the entries themselves were rounded; so A·1 counts as noise when
///
/// ‖A·1‖ ≤ 4·m·ε·‖|A|·1‖, m the most entries in a row, ε of the working precision.
pub(super) fn of_ones<T: Precision>(a: &CsrMatrix<T>) -> Result<Vector<T>, String> {
    let ones = Vector::filled(a.columns(), T::ONE);
    let mut sums = a.zero_range();
    a.apply(&ones, &mut sums);
    let mut magnitudes = a.zero_range();
    let mut longest = 0;
    for (magnitude, (_, values)) in magnitudes.iter_mut().zip(a.rows_in_order()) {
        *magnitude = values.iter().fold(T::ZERO, |sum, value| sum + value.abs());
        longest = longest.max(values.len());
    }
    let size = norm(&sums).to_f64();
    let scale = norm(&magnitudes).to_f64();
    let noise = 4.0 * longest as f64 * T::EPSILON.to_f64() * scale;
    if size <= noise {
        return Err(format!(
            "the default right-hand side A·1 is rounding noise (‖A·1‖ = {size:.1e}, where ‖|A|·1‖ \
             = {scale:.1e}): the rows sum to zero; give a right-hand side with --rhs"
        ));
    }
    Ok(sums)
}
