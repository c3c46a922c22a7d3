//! [`Row`]: one figure, and the table as CSV.

use crate::experiment::table::finish;
use std::path::Path;

/// What was asked of `auto` on one kind of sequence, and what it came to.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which sequence, and how `auto` was used.
    pub name: String,
    /// What the measure refers to.
    pub against: &'static str,
    /// At most so much, as the mean over trials.
    pub asked: f64,
    /// One measure a trial; none where the data was not there.
    pub measured: Vec<f64>,
    /// Sweeps in all, mean over trials: `auto`, what it is held against, and Gauss–Seidel where it
    /// was run.
    pub sweeps: [Option<f64>; 3],
    /// Solves of `auto` that did not converge.
    pub failures: u32,
}

impl Row {
    /// Mean over trials; none where the data was not there.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        mean(&self.measured)
    }

    /// The worst trial.
    #[must_use]
    pub fn worst(&self) -> Option<f64> {
        self.measured.iter().copied().reduce(f64::max)
    }
}

pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Writes the table; a run that is cut off leaves the previous one.
pub(super) fn write(rows: &[Row], path: &Path) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "figure",
        "against",
        "asked",
        "measured_mean",
        "measured_worst",
        "trials",
        "auto_sweeps",
        "reference_sweeps",
        "gauss_seidel_sweeps",
        "not_converged",
    ])?;
    let number = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("{value:.digits$}"),
        None => String::new(),
    };
    for row in rows {
        let digits = if row.asked > 100.0 { 0 } else { 4 };
        csv.write_record([
            row.name.clone(),
            row.against.to_string(),
            row.asked.to_string(),
            row.mean().map_or("skipped".to_string(), |mean| number(Some(mean), digits)),
            number(row.worst(), digits),
            row.measured.len().to_string(),
            number(row.sweeps[0], 1),
            number(row.sweeps[1], 1),
            number(row.sweeps[2], 1),
            row.failures.to_string(),
        ])?;
    }
    finish(csv, path)
}
