//! One λ after the other, each from where the one before ended.

use super::data::Data;
use super::options::Lambda;
use super::outcome::PointOutcome;
use super::{LassoCommandError, Options};
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::{ColumnOperator, Iteration, Run, Status, Stop};
use std::time::Instant;

/// So many columns in work take 200 MB.
const MOST_IN_WORK: usize = 4_096;
/// Steps between two looks at the progress bar.
const SLICE: u32 = 8;

/// What came of all λ.
pub(super) struct Solved {
    pub(super) points: Vec<PointOutcome>,
    /// Of each λ, in the units of the file.
    pub(super) coefficients: Vec<Vector<f64>>,
    /// λ_max; infinite where there is none.
    pub(super) largest_lambda: f64,
}

type HostLasso<'a, A> = Lasso<'a, f64, A, Vector<f64>, Vec<usize>>;

/// Solves for every λ that is asked for.
pub(super) fn solve<A>(
    options: &Options,
    stop: Stop<f64>,
    data: &Data,
    design: &A,
) -> Result<Solved, LassoCommandError>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
{
    let refused = |error| LassoCommandError::refused(options, error);
    let mut lasso: HostLasso<'_, A> = Lasso::new(design, &data.response, 0.0)
        .and_then(|lasso| lasso.with_share(options.l1_ratio))
        .map_err(refused)?;
    if options.nonnegative {
        lasso = lasso.nonnegative();
    }
    let largest_lambda = lasso.largest_lambda();
    let lambdas = lambdas(options, largest_lambda)?;
    let capacity = data.columns.min((4 * data.rows).max(64)).min(MOST_IN_WORK);
    let memory = Workspace::new(
        capacity,
        Vector::filled(numbers(capacity), 0.0),
        vec![0; indices(data.columns, capacity)],
    );
    let mut state = lasso.start(memory).map_err(refused)?;
    let mut progress = Progress::new(lambdas.len());
    let (mut points, mut coefficients) = (Vec::new(), Vec::new());
    for lambda in lambdas {
        lasso = lasso.with_lambda(lambda).map_err(refused)?;
        let started = Instant::now();
        let mut run = Run::new(stop);
        let mut report = run.advance(&lasso, &mut state, 0);
        while report.status == Status::Running {
            report = run.advance(&lasso, &mut state, SLICE);
            progress.tell(|| format!("λ = {lambda:.2e}, gap {:.1e}", report.relative()));
        }
        progress.piece_done();
        let seconds = started.elapsed().as_secs_f64();
        let w = data.coefficients(state.x());
        // The state's own gap is that of x, whatever the run last went by.
        let gap = state.gap();
        let reference = lasso.reference();
        points.push(PointOutcome {
            status: report.status,
            lambda,
            objective: lasso.objective(state.x()),
            gap: gap.is_finite().then_some(gap),
            relative_gap: if gap == 0.0 { Some(0.0) } else { Some(gap / reference) }
                .filter(|gap| gap.is_finite()),
            nonzeros: w.iter().filter(|w| **w != 0.0).count(),
            intercept: data.intercept(&w),
            iterations: report.iterations,
            seconds,
        });
        coefficients.push(w);
    }
    Ok(Solved { points, coefficients, largest_lambda })
}

/// Every λ, the largest first.
fn lambdas(options: &Options, largest: f64) -> Result<Vec<f64>, LassoCommandError> {
    let last = match options.lambda()? {
        Lambda::Is(lambda) => lambda,
        // Exactly λ_max leaves exactly nothing.
        Lambda::Fraction(fraction) => fraction * largest,
    };
    let Some(count) = options.path else { return Ok(vec![last]) };
    let refused = |cause: String| Err(LassoCommandError::option("--path", cause));
    if largest == 0.0 {
        return refused("λ_max is 0, no column pulls: there is nothing to go down from".to_owned());
    }
    if last >= largest {
        return refused(format!("λ = {last} is not below λ_max = {largest}, where it begins"));
    }
    let ratio = (last / largest).ln() / (count - 1) as f64;
    let between = (1..count - 1).map(|k| largest * (ratio * k as f64).exp());
    Ok([largest].into_iter().chain(between).chain([last]).collect())
}
