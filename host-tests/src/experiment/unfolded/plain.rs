//! Plain ISTA and IHT, run to their end.

use super::row::{Recovery, Row};
use super::setup::{Problem, ROWS, Setup};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use anyhow::{Context, Result};
use rayon::prelude::*;
use solvekit::penalty::{L0, L1};
use solvekit::recovery::{Ista, Sensing, StepSize};
use solvekit::{Penalty, Stop, solve};

/// Steps at most.
const STEPS: u32 = 2000;
/// A step that moves no entry by more than this part of ‖Aᵀy‖_∞ / ‖A‖² changes no digit of a table.
const TOLERANCE: f64 = 1e-9;

/// Step 1 / ‖A‖², from x = 0, in `f64`.
pub(super) fn converged(setup: &Setup, problem: Problem) -> Result<Vec<Row>> {
    let values = setup.dictionary.values().iter().map(|value| f64::from(*value)).collect();
    let dictionary = DenseMatrix::from_columns(ROWS, values).context("the dictionary")?;
    let step = StepSize::Fixed(1.0 / setup.curvature);
    let tested = setup.tests.iter().map(|test| {
        let found = test.measurements.par_iter().map(|y| match problem {
            Problem::Ista => run(&dictionary, y, L1::new(problem.lambda())?, step),
            Problem::Iht => run(&dictionary, y, L0::new(problem.lambda())?, step),
        });
        let found = found.collect::<Result<Vec<_>>>()?;
        Ok(setup.row(problem, Recovery::Converged, test, &found))
    });
    tested.collect()
}

fn run(
    dictionary: &DenseMatrix<f64>,
    y: &[f32],
    penalty: impl Penalty<f64>,
    step: StepSize<f64>,
) -> Result<Vec<f32>> {
    let y: Vector<f64> = y.iter().map(|y| f64::from(*y)).collect();
    let ista = Ista::new(Sensing::new(dictionary, &y)?, penalty, step)?;
    let mut state = ista.start();
    // 2000 plain steps are what networks are held against, converged or not.
    let _ = solve(&ista, &mut state, Stop::relative(TOLERANCE)?.max_iterations(STEPS));
    Ok(state.x.iter().map(|x| *x as f32).collect())
}
