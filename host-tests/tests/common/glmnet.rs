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
    /// What is in the folder of data; nothing, and a word about it, where there is none.
    #[allow(clippy::print_stdout, reason = "says why nothing was tested")]
    pub(crate) fn read() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let named = std::env::var_os("SOLVEKIT_DATA").filter(|name| !name.is_empty());
        let folder = root.join(named.unwrap_or_else(|| "../shared/data".into())).join("lasso");
        let text = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let (data, answers) =
            text("glmnet_300x5_data.csv").zip(text("glmnet_300x5_results.json")).or_else(|| {
                println!("skipped: no data in {}", folder.display());
                None
            })?;
        let numbers = |line: &str| line.split(',').map(|field| field.trim().parse().ok()).collect();
        let answers: HashMap<String, Vec<f64>> = serde_json::from_str(&answers).expect("numbers");
        Some(Self {
            data: data.lines().filter_map(numbers).collect(),
            answers: answers.into_values().collect(),
        })
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
