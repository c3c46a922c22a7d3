//! [`Method`]: ways to calibrate, and what comes of them.

use super::problem::{Problem, Shape};
use crate::vector::Vector;
use nalgebra::{DMatrix, DVector};
use solvekit::calibration::{
    Auto, GaussNewton, ProjectedGradient, Sensor, SparseProjectedGradient, Steps, search,
};
use solvekit::direct::packed;
use solvekit::recovery::Largest;
use solvekit::{Buffer, Iteration};

/// A way to calibrate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// The paper's: both line searches at one point, until f < 10⁻⁹ or so many steps.
    Gradient(u32),
    /// The same with line searches in turn.
    Alternating(u32),
    /// The same with a fixed step of the signal, and that of the gains to match.
    Fixed(f64, u32),
    /// With at most so many non-zeros.
    Sparse(usize, u32),
    /// The weighted linear start alone.
    Start,
    /// Start and so many Gauss–Newton steps.
    GaussNewton(u32),
    /// All that is here.
    Auto,
    /// Least squares with gains of 1.
    Uncalibrated,
    /// Least squares with the true gains.
    Oracle,
}

/// A signal and gains.
pub struct Solved {
    /// Steps until f < 10⁻⁹, or all of them.
    pub iterations: u32,
    /// The signal.
    pub x: Vec<f64>,
    /// The gains.
    pub gains: Vec<f64>,
}

impl Method {
    /// In a word.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Gradient(_) => "projected gradient".to_owned(),
            Self::Alternating(_) => "line searches in turn".to_owned(),
            Self::Fixed(step, _) => format!("fixed step {step}"),
            Self::Sparse(..) => "sparse projected gradient".to_owned(),
            Self::Start => "linear start".to_owned(),
            Self::GaussNewton(steps) => format!("start and {steps} Gauss-Newton"),
            Self::Auto => "auto".to_owned(),
            Self::Uncalibrated => "uncalibrated".to_owned(),
            Self::Oracle => "true gains".to_owned(),
        }
    }

    /// None where the method refuses.
    pub(super) fn solve(self, problem: &Problem) -> Option<Solved> {
        match self {
            Self::Gradient(most) => gradient(problem, Steps::Joint, most),
            Self::Alternating(most) => gradient(problem, Steps::Alternating, most),
            Self::Fixed(signal, most) => {
                // As in the theory: μ and μ m / ‖z‖², on the unit sphere.
                let gains = signal * problem.shape.m as f64;
                gradient(problem, Steps::Fixed { signal, gains }, most)
            }
            Self::Sparse(nonzeros, steps) => sparse(problem, nonzeros, steps),
            Self::Start => fit(problem, 0),
            Self::GaussNewton(steps) => fit(problem, steps),
            Self::Auto => auto(problem),
            Self::Uncalibrated => least_squares(problem, &vec![1.0; problem.shape.m]),
            Self::Oracle => least_squares(problem, &problem.gains),
        }
    }
}

fn gradient(problem: &Problem, steps: Steps<f64>, most: u32) -> Option<Solved> {
    let descent = ProjectedGradient::new(problem.snapshots(), steps).ok()?;
    let mut state = descent.start();
    let mut iterations = 0;
    while iterations < most {
        descent.residual(&mut state);
        // Fixed steps may end in NaN.
        if state.objective() < 1e-9 || state.objective().is_nan() {
            break;
        }
        descent.step(&mut state);
        iterations += 1;
    }
    Some(Solved { iterations, x: state.x.to_vec(), gains: state.gains.to_vec() })
}

fn sparse(problem: &Problem, nonzeros: usize, steps: u32) -> Option<Solved> {
    let room = Largest::new(vec![0; nonzeros], Vector::filled(nonzeros, 0.0));
    let descent = SparseProjectedGradient::new(problem.snapshots(), room).ok()?;
    let mut state = descent.start();
    (0..steps).for_each(|_| descent.step(&mut state));
    Some(Solved { iterations: steps, x: state.x.to_vec(), gains: state.gains.to_vec() })
}

fn fit(problem: &Problem, steps: u32) -> Option<Solved> {
    let fit = GaussNewton::new(problem.snapshots()).ok()?;
    let mut state = fit.start(Vector::filled(packed(problem.shape.n), 0.0)).ok()?;
    // The first step is the start.
    (0..=steps).for_each(|_| fit.step(&mut state));
    let (x, gains) = (state.x().to_vec(), state.gains().to_vec());
    Some(Solved { iterations: steps + 1, x, gains })
}

fn auto(problem: &Problem) -> Option<Solved> {
    let Shape { n, m, p } = problem.shape;
    let zeros = |length| Vector::filled(length, 0.0);
    let auto = Auto::new(problem.snapshots()).ok()?;
    let sensors = vec![Sensor::Sound; m];
    let mut state = auto.start(zeros(packed(n)), zeros(search(n, p)), sensors).ok()?;
    let verdict = auto.solve(&mut state);
    let (x, gains) = (state.x().to_vec(), state.gains().as_slice().to_vec());
    verdict.answer.is_given().then_some(Solved { iterations: 1, x, gains })
}

/// The least ‖γ ∘ A x − y‖, by normal equations: sensing matrices of random numbers are well
/// conditioned.
fn least_squares(problem: &Problem, gains: &[f64]) -> Option<Solved> {
    let Shape { n, m, .. } = problem.shape;
    // n columns of m p numbers, each row times its gain.
    let by_columns = DMatrix::from_row_slice(problem.y.len(), n, problem.rows.values());
    let mut a = by_columns;
    for (k, mut row) in a.row_iter_mut().enumerate() {
        row *= gains[k % m];
    }
    let y = DVector::from_column_slice(&problem.y);
    let x = a.tr_mul(&a).cholesky()?.solve(&a.tr_mul(&y));
    Some(Solved { iterations: 1, x: x.as_slice().to_vec(), gains: gains.to_vec() })
}

/// Where the projected gradient is after so many steps each.
pub(super) fn curve(problem: &Problem, looks: &[u32]) -> Vec<(u32, Vec<f64>)> {
    let Ok(descent) = ProjectedGradient::new(problem.snapshots(), Steps::Joint) else {
        return Vec::new();
    };
    let (mut state, mut steps) = (descent.start(), 0);
    let mut look = |look: &u32| {
        while steps < *look {
            descent.step(&mut state);
            steps += 1;
        }
        (steps, state.x.to_vec())
    };
    looks.iter().map(&mut look).collect()
}
