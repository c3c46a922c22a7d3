//! The lasso's contenders in Rust: solvekit and linfa.

pub mod report;

use anyhow::{Context, Result, ensure};
use linfa::traits::Fit;
use linfa::{Dataset, ParamGuard};
use linfa_elasticnet::ElasticNet;
use ndarray::{Array1, Array2, ShapeBuilder};
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::{LinearOperator, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};
use std::fs;
use std::path::Path;

/// The duality gap asked for, relative to ½‖y‖².
pub const GAP: f64 = 1e-6;

/// The duality gap of an answer that is compared digit by digit.
const EXACT_GAP: f64 = 1e-13;

/// One problem in the form each contender takes.
pub struct Problem {
    /// λ of ½‖y − Xw‖² + λ‖w‖₁.
    pub lambda: f64,
    design: DenseMatrix<f64>,
    response: Vector<f64>,
    dataset: Dataset<f64, f64, ndarray::Ix1>,
}

/// A way to solve it: from the raw data to the weights.
pub type Contender = fn(&Problem) -> Result<Vec<f64>>;

/// Every contender by name.
pub const CONTENDERS: [(&str, Contender); 2] = [("solvekit", ours), ("linfa", linfa)];

impl Problem {
    /// Reads design.f64 (columns one after the other) and response.f64.
    ///
    /// # Errors
    /// Files that are missing or of the wrong length.
    pub fn read(folder: &Path, (rows, columns): (usize, usize), lambda: f64) -> Result<Self> {
        let (design, response) = read_pair(folder, (rows, columns))?;
        let array = Array2::from_shape_vec((rows, columns).f(), design.clone())?;
        let dataset = Dataset::new(array, Array1::from_vec(response.clone()));
        let design = DenseMatrix::from_columns(rows, design)?;
        Ok(Self { lambda, design, response: response.into(), dataset })
    }
}

/// Design and response.
fn read_pair(folder: &Path, (rows, columns): (usize, usize)) -> Result<(Vec<f64>, Vec<f64>)> {
    let design = read(&folder.join("design.f64"))?;
    let response = read(&folder.join("response.f64"))?;
    ensure!(design.len() == rows * columns, "the design has {} numbers", design.len());
    ensure!(response.len() == rows, "the response has {} numbers", response.len());
    Ok((design, response))
}

fn read(path: &Path) -> Result<Vec<f64>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks::<8>();
    ensure!(rest.is_empty(), "{} is cut off", path.display());
    Ok(numbers.iter().map(|number| f64::from_le_bytes(*number)).collect())
}

fn ours(problem: &Problem) -> Result<Vec<f64>> {
    solved(&problem.design, &problem.response, (problem.lambda, GAP))
}

/// Everything from the data on: the checks, the memory, the solve and its certificate.
fn solved(
    design: &DenseMatrix<f64>,
    response: &Vector<f64>,
    (lambda, gap): (f64, f64),
) -> Result<Vec<f64>> {
    let (rows, columns) = (design.rows(), design.columns());
    let capacity = columns.min((4 * rows).max(64));
    let lasso = Lasso::new(design, response, lambda)?;
    let memory = Workspace::new(
        capacity,
        Vector::filled(numbers(capacity), 0.0),
        vec![0; indices(columns, capacity)],
    );
    let mut state = lasso.start(memory)?;
    let report = solve(&lasso, &mut state, Stop::relative(gap)?);
    ensure!(report.converged(), "{report:?}");
    Ok(state.into_x().to_vec())
}

/// The least ½‖y − Xw − c‖² + λ‖w‖₁ over w and the constant c, to a gap far below its tenth digit: from
/// the centred data, and evaluated anew on the data as it was read.
///
/// # Errors
/// Files that are missing or of the wrong length; a gap that is not reached.
pub fn least_objective(folder: &Path, (rows, columns): (usize, usize), lambda: f64) -> Result<f64> {
    let (design, response) = read_pair(folder, (rows, columns))?;
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / rows as f64;
    let centred = |numbers: &[f64]| {
        let mean = mean(numbers);
        numbers.iter().map(|number| number - mean).collect::<Vec<f64>>()
    };
    let centred_design = design.chunks(rows).flat_map(centred).collect();
    let centred_design = DenseMatrix::from_columns(rows, centred_design)?;
    let centred_response = centred(&response).into();
    let weights = solved(&centred_design, &centred_response, (lambda, EXACT_GAP))?;
    let mut residual = response;
    for (column, weight) in design.chunks(rows).zip(&weights) {
        residual.iter_mut().zip(column).for_each(|(r, x)| *r -= weight * x);
    }
    let squares: f64 = centred(&residual).iter().map(|r| r * r).sum();
    let sizes: f64 = weights.iter().map(|weight| weight.abs()).sum();
    Ok(0.5 * squares + lambda * sizes)
}

/// linfa-elasticnet: its penalty is divided by the rows, its tolerance relative to ‖y‖².
fn linfa(problem: &Problem) -> Result<Vec<f64>> {
    let rows = problem.dataset.targets.len() as f64;
    let parameters = ElasticNet::params()
        .with_intercept(false)
        .l1_ratio(1.0)
        .penalty(problem.lambda / rows)
        .tolerance(0.5 * GAP)
        .max_iterations(100_000)
        .check()?;
    Ok(parameters.fit(&problem.dataset)?.hyperplane().to_vec())
}
