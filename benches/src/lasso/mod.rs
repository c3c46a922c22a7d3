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
        let design = read(&folder.join("design.f64"))?;
        let response = read(&folder.join("response.f64"))?;
        ensure!(design.len() == rows * columns, "the design has {} numbers", design.len());
        ensure!(response.len() == rows, "the response has {} numbers", response.len());
        let array = Array2::from_shape_vec((rows, columns).f(), design.clone())?;
        let dataset = Dataset::new(array, Array1::from_vec(response.clone()));
        let design = DenseMatrix::from_columns(rows, design)?;
        Ok(Self { lambda, design, response: response.into(), dataset })
    }
}

fn read(path: &Path) -> Result<Vec<f64>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks::<8>();
    ensure!(rest.is_empty(), "{} is cut off", path.display());
    Ok(numbers.iter().map(|number| f64::from_le_bytes(*number)).collect())
}

/// Everything from the data on: the checks, the memory, the solve and its certificate.
fn ours(problem: &Problem) -> Result<Vec<f64>> {
    let (rows, columns) = (problem.design.rows(), problem.design.columns());
    let capacity = columns.min((4 * rows).max(64));
    let lasso = Lasso::new(&problem.design, &problem.response, problem.lambda)?;
    let memory = Workspace::new(
        capacity,
        Vector::filled(numbers(capacity), 0.0),
        vec![0; indices(columns, capacity)],
    );
    let mut state = lasso.start(memory)?;
    let report = solve(&lasso, &mut state, Stop::relative(GAP)?);
    ensure!(report.converged(), "{report:?}");
    Ok(state.into_x().to_vec())
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
