//! The design and the response from their files, centred and scaled as asked.

use super::centred::Centred;
use super::{LassoCommandError, Options};
use crate::file::Columns;
use crate::matrix::{CsrMatrix, DenseMatrix};
use crate::program::stored::Stored;
use crate::vector::Vector;
use solvekit::sum::sum_of;
use std::path::Path;

/// X as the solver sees it.
#[derive(Debug)]
pub(super) enum Design {
    Dense(DenseMatrix<f64>),
    /// The rows of Xᵀ.
    Sparse(CsrMatrix<f64>),
    /// Sparse, about the means of its columns.
    Centred(Centred),
}

/// X and y as the solver sees them, and the way back.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) design: Design,
    pub(super) response: Vector<f64>,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Entries of X that its file stores.
    pub(super) entries: usize,
    /// What was taken from y; none without an intercept.
    mean: Option<f64>,
    /// What was taken from each column.
    means: Vec<f64>,
    /// What each column was then divided by.
    scales: Vec<f64>,
}

/// X and y as they were measured.
#[derive(Debug)]
pub struct Given {
    /// X.
    pub design: Stored<f64>,
    /// y.
    pub response: Vector<f64>,
}

impl Given {
    /// Reads both files.
    pub(super) fn read(options: &Options) -> Result<Self, LassoCommandError> {
        let design = Stored::read(&options.design)?;
        Ok(Self { design, response: one_column(&options.response)? })
    }
}

impl Data {
    /// Checks that both fit together; the options' paths name what does not.
    pub(super) fn new(options: &Options, given: Given) -> Result<Self, LassoCommandError> {
        let Given { design: raw, mut response } = given;
        let (rows, columns, entries) = raw.sizes();
        if response.len() != rows {
            let cause = format!("{} rows for the design's {rows}", response.len());
            return Err(LassoCommandError::content(&options.response, cause));
        }
        let mean = options.intercept.then(|| mean_of(&response, rows));
        if let Some(mean) = mean {
            response.iter_mut().for_each(|y| *y -= mean);
        }
        let column = |j: usize| match &raw {
            Stored::Dense(columns) => &*columns[j],
            Stored::Sparse(by_columns) => by_columns.row(j).1,
        };
        let (mut means, mut scales) = (vec![0.0; columns], vec![1.0; columns]);
        for (j, (mean, scale)) in means.iter_mut().zip(&mut scales).enumerate() {
            let stored = column(j);
            if options.intercept {
                *mean = mean_of(stored, rows);
            }
            let spread = spread_of(stored, rows, *mean);
            if !spread.is_finite() {
                return Err(LassoCommandError::huge_column(options, j));
            }
            // A constant column, or a zero one, is zero: nothing to scale by.
            if spread == 0.0 {
                *scale = f64::INFINITY;
            } else if options.standardize {
                *scale = spread;
            }
        }
        let design = changed(raw, rows, &means, &scales)
            .map_err(|cause| LassoCommandError::content(&options.design, cause))?;
        Ok(Self { design, response, rows, columns, entries, mean, means, scales })
    }

    /// w in the units of the file.
    pub(super) fn coefficients(&self, w: &[f64]) -> Vector<f64> {
        w.iter().zip(&self.scales).map(|(w, scale)| w / scale).collect()
    }

    /// The constant that goes with w, in the units of the file.
    pub(super) fn intercept(&self, w: &[f64]) -> Option<f64> {
        let shift = solvekit::sum::dot(w, &self.means);
        self.mean.map(|mean| mean - shift)
    }
}

/// Each column less its mean, over its scale.
fn changed(raw: Stored<f64>, rows: usize, means: &[f64], scales: &[f64]) -> Result<Design, String> {
    match raw {
        Stored::Dense(columns) => {
            let changed = columns.iter().zip(means.iter().zip(scales));
            let values = changed.flat_map(|(column, (mean, scale))| {
                column.iter().map(move |entry| (entry - mean) / scale)
            });
            let design = DenseMatrix::from_columns(rows, values.collect());
            design.map(Design::Dense).map_err(|error| error.to_string())
        }
        Stored::Sparse(mut by_columns) => {
            by_columns.divide_rows(scales);
            if means.iter().all(|mean| *mean == 0.0) {
                return Ok(Design::Sparse(by_columns));
            }
            let means = means.iter().zip(scales).map(|(mean, scale)| mean / scale).collect();
            Ok(Design::Centred(Centred::new(by_columns, means)))
        }
    }
}

fn one_column(path: &Path) -> Result<Vector<f64>, LassoCommandError> {
    let mut columns = Columns::read(path)?.into_vec();
    match (columns.pop(), columns.is_empty()) {
        (Some(column), true) => Ok(column),
        _ => Err(LassoCommandError::content(path, "one column is expected")),
    }
}

/// The mean over `rows` of which only the `stored` ones need not be zero. Of equal numbers it is
/// that number, to the bit.
fn mean_of(stored: &[f64], rows: usize) -> f64 {
    let first = if stored.len() == rows { stored.first().copied().unwrap_or(0.0) } else { 0.0 };
    let rest = sum_of(stored.len(), |k| stored[k] - first);
    first + rest / rows as f64
}

/// The root mean square about `mean`; zero where that is no more than rounding.
fn spread_of(stored: &[f64], rows: usize, mean: f64) -> f64 {
    let squares = sum_of(stored.len(), |k| (stored[k] - mean) * (stored[k] - mean));
    let spread = ((squares + (rows - stored.len()) as f64 * mean * mean) / rows as f64).sqrt();
    if spread <= 4.0 * f64::EPSILON * mean.abs() { 0.0 } else { spread }
}
