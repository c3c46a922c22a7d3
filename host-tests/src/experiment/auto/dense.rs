//! Dense symmetric positive definite families that are not consistently ordered.

use crate::draws::Draws;
use crate::matrix::{CsrMatrix, Triplets, TripletsError};
use std::fmt;

/// Unknowns.
const N: usize = 32;

/// One kind of matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// GᵀG / 2n, G of 2n × n standard normal numbers.
    Gram,
    /// exp(−d² / 2ℓ²) of random points in the unit square, ℓ = 0.2, plus 0.05 I.
    Rbf,
    /// 0.9^|i − j|.
    Autoregressive,
    /// The pentadiagonal (1, −4, 6, −4, 1).
    Biharmonic,
    /// I + U Uᵀ, U of n × 4 standard normal numbers.
    LowRank,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Gram, Self::Rbf, Self::Autoregressive, Self::Biharmonic, Self::LowRank];

    /// The matrix of one seed.
    ///
    /// # Errors
    /// None: every entry is a number.
    pub fn matrix(self, seed: u64) -> Result<CsrMatrix<f64>, TripletsError> {
        let mut draws = Draws::new(seed, 2);
        let mut table = |rows: usize, columns: usize| -> Vec<Vec<f64>> {
            (0..rows).map(|_| (0..columns).map(|_| draws.normal()).collect()).collect()
        };
        match self {
            Self::Gram => {
                let g = table(2 * N, N);
                let entry = |i: usize, j: usize| g.iter().map(|row| row[i] * row[j]).sum::<f64>();
                fill(|i, j| entry(i, j) / (2 * N) as f64)
            }
            Self::Rbf => {
                let mut draws = Draws::new(seed, 3);
                let points: Vec<_> = (0..N).map(|_| (draws.uniform(), draws.uniform())).collect();
                fill(|i, j| {
                    let (p, q) = (points[i], points[j]);
                    let squares = (p.0 - q.0).powi(2) + (p.1 - q.1).powi(2);
                    (-squares / 0.08).exp() + if i == j { 0.05 } else { 0.0 }
                })
            }
            Self::Autoregressive => fill(|i, j| 0.9_f64.powi(i.abs_diff(j) as i32)),
            Self::Biharmonic => fill(|i, j| match i.abs_diff(j) {
                0 => 6.0,
                1 => -4.0,
                2 => 1.0,
                _ => 0.0,
            }),
            Self::LowRank => {
                let u = table(N, 4);
                let entry = |i: usize, j: usize| -> f64 {
                    u[i].iter().zip(&u[j]).map(|(p, q)| p * q).sum()
                };
                fill(|i, j| entry(i, j) + if i == j { 1.0 } else { 0.0 })
            }
        }
    }
}

fn fill(entry: impl Fn(usize, usize) -> f64) -> Result<CsrMatrix<f64>, TripletsError> {
    let mut triplets = Triplets::new(N, N)?;
    for i in 0..N {
        for j in 0..N {
            let value = entry(i, j);
            if value != 0.0 {
                triplets.push(i, j, value)?;
            }
        }
    }
    triplets.into_csr()
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gram => "Gram",
            Self::Rbf => "RBF",
            Self::Autoregressive => "AR(1)",
            Self::Biharmonic => "biharmonic",
            Self::LowRank => "low rank + I",
        })
    }
}
