//! Independent answers: a dense f64 matrix, nalgebra's LU, and textbook SOR.

use nalgebra::{DMatrix, DVector};
use solvekit::{Buffer, LinearOperator, Real};

/// The operator as a dense f64 matrix, column by column from its products with unit vectors.
pub(crate) fn dense<R: Real + Into<f64>, A: LinearOperator<R>>(a: &A) -> DMatrix<f64> {
    let (m, n) = (a.rows(), a.columns());
    let mut matrix = DMatrix::zeros(m, n);
    for j in 0..n {
        let mut unit = a.zero_domain();
        unit.as_mut_slice()[j] = R::ONE;
        let mut column = a.zero_range();
        a.apply(&unit, &mut column);
        for (i, value) in column.as_slice().iter().enumerate() {
            matrix[(i, j)] = (*value).into();
        }
    }
    matrix
}

/// A⁻¹ b by nalgebra's LU.
pub(crate) fn answer<R: Real + Into<f64>, A: LinearOperator<R>>(a: &A, b: &[R]) -> Vec<f64> {
    let b = DVector::from_iterator(b.len(), b.iter().map(|x| (*x).into()));
    dense(a).lu().solve(&b).expect("a regular matrix").as_slice().to_vec()
}

/// Textbook SOR in f64 in the paper's form: x ← x + (D/ω + L)⁻¹ (b − A x), `sweeps` times from 0.
pub(crate) fn naive_sor(a: &DMatrix<f64>, b: &[f64], omega: f64, sweeps: u32) -> Vec<f64> {
    let n = b.len();
    let b = DVector::from_column_slice(b);
    let mut m = DMatrix::zeros(n, n);
    for i in 0..n {
        for j in 0..i {
            m[(i, j)] = a[(i, j)];
        }
        m[(i, i)] = a[(i, i)] / omega;
    }
    let mut x = DVector::zeros(n);
    for _ in 0..sweeps {
        let r = &b - a * &x;
        x += m.solve_lower_triangular(&r).expect("a regular splitting");
    }
    x.as_slice().to_vec()
}

/// l ≤ x ≤ u with the complementarity conditions, for a symmetric positive definite matrix: every
/// choice of unknowns held at a bound, until one satisfies them all.
pub(crate) fn complementary(a: &DMatrix<f64>, b: &[f64], l: &[f64], u: &[f64]) -> Vec<f64> {
    let n = b.len();
    let choices: Vec<Vec<Option<f64>>> = (0..n)
        .map(|i| {
            let bounds = [l[i], u[i]].into_iter().filter(|bound| bound.is_finite()).map(Some);
            [None].into_iter().chain(bounds).collect()
        })
        .collect();
    for mut choice in 0..choices.iter().map(Vec::len).product::<usize>() {
        let mut held = Vec::new();
        for options in &choices {
            held.push(options[choice % options.len()]);
            choice /= options.len();
        }
        let mut matrix = a.clone();
        let mut side = DVector::from_column_slice(b);
        for (i, held) in held.iter().enumerate() {
            if let Some(value) = held {
                matrix.row_mut(i).fill(0.0);
                matrix[(i, i)] = 1.0;
                side[i] = *value;
            }
        }
        let Some(mut x) = matrix.lu().solve(&side) else { continue };
        // Held means held, without a rounding.
        held.iter().zip(x.iter_mut()).for_each(|(held, x)| *x = held.unwrap_or(*x));
        let residual = DVector::from_column_slice(b) - a * &x;
        let sound = (0..n).all(|i| match held[i] {
            None => l[i] <= x[i] && x[i] <= u[i],
            Some(_) if l[i] == u[i] => true,
            Some(value) if value == l[i] => residual[i] <= 0.0,
            Some(_) => residual[i] >= 0.0,
        });
        if sound {
            return x.as_slice().to_vec();
        }
    }
    panic!("no choice satisfies the conditions");
}
