//! The same fits in plain dense algebra: all n + m unknowns (2 m + n with offsets) at once.

use crate::problem::{Problem, Shape};
use nalgebra::{DMatrix, DVector};

/// Residuals γ ∘ A x + o − y, snapshot after snapshot.
pub(crate) fn residuals(problem: &Problem, x: &[f64], gains: &[f64], o: &[f64]) -> DVector<f64> {
    let Shape { m, p, .. } = problem.shape;
    DVector::from_fn(m * p, |k, _| {
        let dot: f64 = problem.rows.column(k).iter().zip(x).map(|(a, x)| a * x).sum();
        gains[k % m] * dot + o[k % m] - problem.y[k]
    })
}

/// Their derivatives by x, γ and, where asked for, o.
pub(crate) fn jacobian(problem: &Problem, x: &[f64], gains: &[f64], o: bool) -> DMatrix<f64> {
    let Shape { n, m, p } = problem.shape;
    let columns = n + if o { 2 * m } else { m };
    DMatrix::from_fn(m * p, columns, |k, j| {
        let row = problem.rows.column(k);
        if j < n {
            gains[k % m] * row[j]
        } else if j - n == k % m {
            row.iter().zip(x).map(|(a, x)| a * x).sum()
        } else if j >= n + m && j - n - m == k % m {
            1.0
        } else {
            0.0
        }
    })
}

/// x, γ of mean 1, and o.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) x: Vec<f64>,
    pub(crate) gains: Vec<f64>,
    pub(crate) offsets: Vec<f64>,
    /// Σ r².
    pub(crate) square: f64,
}

/// Least squares by Levenberg–Marquardt steps in all unknowns, from a given start, to stationarity.
/// `kappa` draws the gains to 1.
pub(crate) fn least_squares(
    problem: &Problem,
    (x, gains): (&[f64], &[f64]),
    offsets: bool,
    kappa: f64,
) -> Answer {
    let Shape { n, m, .. } = problem.shape;
    let (mut x, mut gains, mut o) = (x.to_vec(), gains.to_vec(), vec![0.0; m]);
    let cost = |x: &[f64], gains: &[f64], o: &[f64]| {
        let drawn: f64 = gains.iter().map(|g| (g - 1.0).powi(2)).sum();
        residuals(problem, x, gains, o).norm_squared() + kappa * drawn
    };
    let mut damping = 1e-6;
    for _ in 0..200 {
        let j = jacobian(problem, &x, &gains, offsets);
        let mut h = j.transpose() * &j;
        let mut g = j.transpose() * residuals(problem, &x, &gains, &o);
        for i in 0..m {
            h[(n + i, n + i)] += kappa;
            g[n + i] += kappa * (gains[i] - 1.0);
        }
        let size = h.trace() / h.nrows() as f64;
        for i in 0..h.nrows() {
            h[(i, i)] += damping * size;
        }
        let d = h.cholesky().expect("damped").solve(&g);
        let less = |v: &[f64], first: usize| -> Vec<f64> {
            v.iter().enumerate().map(|(i, v)| v - d[first + i]).collect()
        };
        let (next_x, next_gains) = (less(&x, 0), less(&gains, n));
        let next_o = if offsets { less(&o, n + m) } else { o.clone() };
        if cost(&next_x, &next_gains, &next_o) <= cost(&x, &gains, &o) {
            (x, gains, o) = (next_x, next_gains, next_o);
            damping = (damping / 10.0).max(1e-14);
        } else {
            damping *= 10.0;
        }
        if d.norm() < 1e-14 {
            break;
        }
    }
    let square = residuals(problem, &x, &gains, &o).norm_squared();
    if kappa == 0.0 {
        let mean = gains.iter().sum::<f64>() / m as f64;
        x.iter_mut().for_each(|x| *x *= mean);
        gains.iter_mut().for_each(|gain| *gain /= mean);
    }
    Answer { x, gains, offsets: o, square }
}

/// Covariance of (x, γ) in units of σ², the deviations of γ being orthogonal to `gauge`: the inverse
/// of the normal matrix bordered by that condition.
pub(crate) fn covariance(
    problem: &Problem,
    (x, gains): (&[f64], &[f64]),
    gauge: &[f64],
    offsets: bool,
) -> DMatrix<f64> {
    let n = problem.shape.n;
    let j = jacobian(problem, x, gains, offsets);
    let size = j.ncols();
    let mut bordered = DMatrix::zeros(size + 1, size + 1);
    bordered.view_mut((0, 0), (size, size)).copy_from(&(j.transpose() * &j));
    for (i, c) in gauge.iter().enumerate() {
        bordered[(n + i, size)] = *c;
        bordered[(size, n + i)] = *c;
    }
    let inverse = bordered.try_inverse().expect("identifiable");
    inverse.view((0, 0), (size, size)).into_owned()
}
