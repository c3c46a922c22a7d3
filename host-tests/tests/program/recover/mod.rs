//! `solvekit recover`, from the outside.

mod backends;
mod ends;
mod files;
mod finds;
mod library;
pub(crate) mod network;
mod refused;

use crate::desk::{Desk, Told};
use rand_core::Rng;
use rand_pcg::Pcg32;
use serde_json::Value;
use std::fs;

/// Every method, and what it has to be told for four non-zeros.
pub(crate) const METHODS: [(&str, &str); 6] = [
    ("ista", "--lambda-fraction 0.01"),
    ("fista", "--lambda-fraction 0.01"),
    ("iht", "--sparsity 4"),
    ("niht", "--sparsity 4"),
    ("htp", "--sparsity 4"),
    ("omp", "--sparsity 4"),
];

/// Enough for plain hard thresholding, whose steps are short; at 40 it ends elsewhere than at the
/// truth, as it may.
pub(crate) const ROWS: usize = 60;
pub(crate) const UNKNOWNS: usize = 80;

/// A random dictionary, signals with four entries of size 1 to 2, and y = A x, all by columns.
pub(crate) struct Planted {
    pub(crate) a: Vec<Vec<f64>>,
    pub(crate) x: Vec<Vec<f64>>,
    pub(crate) y: Vec<Vec<f64>>,
}

impl Planted {
    pub(crate) fn draw(signals: usize) -> Self {
        let mut random = Pcg32::new(5, 0);
        let mut uniform = || f64::from(random.next_u32()) / 4_294_967_296.0;
        // Twelve uniform numbers add up to a normal one, nearly.
        let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let scale = (ROWS as f64).sqrt();
        let a: Vec<Vec<f64>> =
            (0..UNKNOWNS).map(|_| (0..ROWS).map(|_| normal() / scale).collect()).collect();
        let mut x = vec![vec![0.0; UNKNOWNS]; signals];
        for (signal, x) in x.iter_mut().enumerate() {
            for entry in 0..4 {
                // Twenty places apart and more: never the same.
                let sign = if entry % 2 == 0 { 1.0 } else { -1.0 };
                x[20 * entry + (7 * signal + 3 * entry) % 20] = sign * (1.0 + uniform());
            }
        }
        let y = x.iter().map(|x| product(&a, x)).collect();
        Self { a, x, y }
    }

    /// A desk with `a.csv`, `y.csv` and `x.csv`.
    pub(crate) fn desk(&self) -> Desk {
        let table = |columns: &[Vec<f64>]| csv(columns);
        Desk::with(&[
            ("a.csv", &table(&self.a)),
            ("y.csv", &table(&self.y)),
            ("x.csv", &table(&self.x)),
        ])
    }
}

/// Σ aⱼ xⱼ.
pub(crate) fn product(a: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    (0..a[0].len()).map(|i| a.iter().zip(x).map(|(a, x)| a[i] * x).sum()).collect()
}

pub(crate) fn dot(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(u, v)| u * v).sum()
}

/// Columns as lines of rows.
pub(crate) fn csv(columns: &[Vec<f64>]) -> String {
    let row = |i: usize| columns.iter().map(|c| c[i].to_string()).collect::<Vec<_>>().join(",");
    (0..columns[0].len()).map(|i| row(i) + "\n").collect()
}

/// The columns of a file of rows.
#[track_caller]
pub(crate) fn columns(desk: &Desk, name: &str) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(desk.path(name)).expect("signals were written");
    let number = |word: &str| word.parse().expect("a number");
    let rows: Vec<Vec<f64>> =
        text.lines().map(|line| line.split(',').map(number).collect()).collect();
    (0..rows[0].len()).map(|k| rows.iter().map(|row| row[k]).collect()).collect()
}

/// Recovers from `a.csv` and `y.csv`.
pub(crate) fn recover(desk: &Desk, options: &str) -> Told {
    desk.run(&format!("recover --dictionary a.csv --measurements y.csv {options}"))
}

/// Exit code, JSON, and the columns of X.
#[track_caller]
pub(crate) fn recovered(desk: &Desk, options: &str) -> (Option<i32>, Value, Vec<Vec<f64>>) {
    let told = recover(desk, &format!("{options} --json --output found.csv"));
    let json = told.json();
    (told.code, json, columns(desk, "found.csv"))
}

/// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖².
pub(crate) fn decibels(x: &[Vec<f64>], truth: &[Vec<f64>]) -> f64 {
    let pairs = || x.iter().flatten().zip(truth.iter().flatten());
    let error: f64 = pairs().map(|(x, t)| (x - t) * (x - t)).sum();
    10.0 * (error / pairs().map(|(_, t)| t * t).sum::<f64>()).log10()
}

#[track_caller]
pub(crate) fn number(json: &Value, key: &str) -> f64 {
    json[key].as_f64().unwrap_or_else(|| panic!("{key} is no number in {json}"))
}
