//! Data sets A, B and C: sparse designs whose columns differ widely in size.

use crate::draws::Draws;
use crate::matrix::{CsrMatrix, Triplets};
use crate::vector::Vector;
use anyhow::Result;
use solvekit::{LinearOperator, Transposed};

/// A sparse design, by columns, and a response.
#[derive(Clone, Debug)]
pub struct Regression {
    /// Aᵀ: row j is column j of the design.
    pub columns: CsrMatrix<f64>,
    /// y.
    pub response: Vector<f64>,
}

/// A sparse design, by columns, and the class of each row.
#[derive(Clone, Debug)]
pub struct Classes {
    /// Aᵀ: row j is column j of the design.
    pub columns: CsrMatrix<f64>,
    /// The class of each row of the design, counted from 0.
    pub labels: Vec<usize>,
}

/// Data set A: y = A w + N(0, 1), w of standard normal entries of which a tenth is kept.
///
/// # Errors
/// Sizes beyond 32-bit indices.
pub fn regression(seed: u64, rows: usize, columns: usize) -> Result<Regression> {
    let mut draws = Draws::new(seed, 1);
    let columns = design(&mut draws, rows, columns)?;
    let mut response = response(&mut draws, &columns);
    response.iter_mut().for_each(|y| *y += draws.normal());
    Ok(Regression { columns, response })
}

/// Data set B: the design of A; the class is the sign of A w, turned over in a tenth of the rows.
///
/// # Errors
/// Sizes beyond 32-bit indices.
pub fn two_classes(seed: u64, rows: usize, columns: usize) -> Result<Classes> {
    let mut draws = Draws::new(seed, 1);
    let columns = design(&mut draws, rows, columns)?;
    let response = response(&mut draws, &columns);
    let labels = response.iter().map(|y| {
        let positive = *y > 0.0;
        usize::from(positive != (draws.uniform() < 0.1))
    });
    let labels = labels.collect();
    Ok(Classes { columns, labels })
}

/// Data set C: the class is the largest of A W + N(0, 1), W full and standard normal.
///
/// # Errors
/// Sizes beyond 32-bit indices.
pub fn many_classes(seed: u64, rows: usize, columns: usize, classes: usize) -> Result<Classes> {
    let mut draws = Draws::new(seed, 3);
    let columns = design(&mut draws, rows, columns)?;
    let mut best = vec![(f64::NEG_INFINITY, 0); rows];
    let mut scores = Vector::filled(rows, 0.0);
    for class in 0..classes {
        let w: Vector<f64> = (0..columns.rows()).map(|_| draws.normal()).collect();
        Transposed(&columns).apply(&w, &mut scores);
        for (best, score) in best.iter_mut().zip(scores.iter()) {
            let score = score + draws.normal();
            if score > best.0 {
                *best = (score, class);
            }
        }
    }
    Ok(Classes { columns, labels: best.into_iter().map(|(_, class)| class).collect() })
}

/// Entries N(1, 1), kept with probability 10 ln(rows) / rows, every column times 10 N(0, 1).
fn design(draws: &mut Draws, rows: usize, columns: usize) -> Result<CsrMatrix<f64>> {
    let kept = (10.0 * (rows as f64).ln() / rows as f64).min(1.0);
    let mut by_column = Triplets::new(columns, rows)?;
    for column in 0..columns {
        let size = 10.0 * draws.normal();
        for row in 0..rows {
            if draws.uniform() < kept {
                by_column.push(column, row, size * (1.0 + draws.normal()))?;
            }
        }
    }
    Ok(by_column.into_csr()?)
}

/// A w with w standard normal, of which a tenth of the entries is kept.
fn response(draws: &mut Draws, columns: &CsrMatrix<f64>) -> Vector<f64> {
    let weights = (0..columns.rows()).map(|_| {
        let w = draws.normal();
        if draws.uniform() < 0.1 { w } else { 0.0 }
    });
    let w: Vector<f64> = weights.collect();
    let mut y = Vector::filled(columns.columns(), 0.0);
    Transposed(columns).apply(&w, &mut y);
    y
}
