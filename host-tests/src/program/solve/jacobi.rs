//! An estimate of the Jacobi radius, for Young's ω.

use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use solvekit::{LinearOperator, RowOperator};

/// At most so many products are spent.
const MOST_PRODUCTS: usize = 20_000;
/// The estimate must stay for so many pairs of products.
const STEADY: usize = 5;

/// ρ(I − D⁻¹A) by power iteration from a random vector, or nothing when it does not settle (a pair
/// of complex eigenvalues, or a gap too small for [`MOST_PRODUCTS`]). D must have no zero.
///
/// The largest eigenvalues are often ±β, between which a single product swings: β² is read off
/// every two products, as ‖J²v‖ / ‖v‖ in the norm of |D|. For symmetric A with a positive diagonal
/// J is self-adjoint in that norm, so that the estimate grows towards β and its error is the square
/// of the vector's. It has settled when what is left of its geometric growth would move 1 − β by
/// less than a ten-thousandth. In f64 whatever the entries are: near β = 1 single precision could
/// not tell a slow growth from none.
pub(super) fn radius<T: Precision>(a: &CsrMatrix<T>, seed: u64) -> Option<f64> {
    let diagonal: Vec<f64> = (0..a.rows()).map(|row| a.diagonal(row).to_f64()).collect();
    let mut random = Pcg64::seed_from_u64(seed);
    let mut v: Vec<f64> = diagonal.iter().map(|_| f64::uniform(&mut random) - 0.5).collect();
    let mut w = v.clone();
    normalise(&mut v, &diagonal);

    let (mut last, mut last_step, mut steady) = (0.0_f64, 0.0_f64, 0);
    for _ in 0..MOST_PRODUCTS / 2 {
        product(a, &diagonal, &v, &mut w);
        product(a, &diagonal, &w, &mut v);
        let beta = normalise(&mut v, &diagonal).sqrt();
        // All of v may be mapped to zero: a diagonal or triangular A.
        if beta == 0.0 {
            return Some(0.0);
        }
        let step = (beta - last).abs();
        let rate = if last_step > 0.0 { (step / last_step).min(1.0 - 1e-6) } else { 0.0 };
        let left = step * rate / (1.0 - rate);
        let enough = 1e-4 * (1.0 - beta).abs();
        let settled = step <= 4.0 * f64::EPSILON || step.max(left) <= enough;
        steady = if settled { steady + 1 } else { 0 };
        if steady >= STEADY {
            return Some(beta);
        }
        (last, last_step) = (beta, step);
    }
    None
}

/// w ← v − D⁻¹ A v.
fn product<T: Precision>(a: &CsrMatrix<T>, diagonal: &[f64], v: &[f64], w: &mut [f64]) {
    for (row, (columns, values)) in a.rows_in_order().enumerate() {
        let terms = columns.iter().zip(values).map(|(&j, value)| value.to_f64() * v[j as usize]);
        w[row] = v[row] - terms.sum::<f64>() / diagonal[row];
    }
}

/// Divides by the norm of |D|, and returns that norm; zero when there is nothing to divide.
fn normalise(v: &mut [f64], diagonal: &[f64]) -> f64 {
    let squares = v.iter().zip(diagonal).map(|(v, d)| v * v * d.abs());
    let norm = squares.sum::<f64>().sqrt();
    if norm == 0.0 || !(1.0 / norm).is_finite() {
        return 0.0;
    }
    v.iter_mut().for_each(|v| *v /= norm);
    norm
}
