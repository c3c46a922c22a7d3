//! glmnet's stored answers, read.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The data that glmnet was given, and what it said.
pub(crate) struct Stored {
    /// The response, then five columns, in each row.
    pub(crate) data: Vec<Vec<f64>>,
    /// Rows and columns taken, the share α, the weight λ, and the coefficients.
    pub(crate) answers: Vec<Vec<f64>>,
}

impl Stored {
    /// Both files, of which one is named.
    pub(crate) fn read(data: &Path) -> Self {
        let text = |path: &Path| fs::read_to_string(path).expect("a readable file");
        let answers = text(&data.with_file_name("glmnet_300x5_results.json"));
        let answers: HashMap<String, Vec<f64>> = serde_json::from_str(&answers).expect("numbers");
        let numbers = |line: &str| line.split(',').map(|field| field.trim().parse().ok()).collect();
        Self {
            data: text(data).lines().filter_map(numbers).collect(),
            answers: answers.into_values().collect(),
        }
    }

    /// The first rows of a column; the response is column 0.
    pub(crate) fn column(&self, rows: usize, column: usize) -> Vec<f64> {
        self.data[..rows].iter().map(|line| line[column]).collect()
    }
}

pub(crate) fn mean(v: &[f64]) -> f64 {
    v.iter().sum::<f64>() / v.len() as f64
}

/// The standard deviation, with one degree of freedom less than numbers.
pub(crate) fn deviation(v: &[f64]) -> f64 {
    let mean = mean(v);
    let squares: f64 = v.iter().map(|v| (v - mean) * (v - mean)).sum();
    (squares / (v.len() as f64 - 1.0)).sqrt()
}
