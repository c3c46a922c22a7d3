//! `--rule`: one λ after the other by block coordinate descent.

use super::data::Data;
use super::descent::{Blocks, ColumnRule, Ended, Weights};
use super::outcome::PointOutcome;
use super::path::{Asked, HostLasso, Solved, last_lambda, path_to};
use super::{LassoCommandError, Options};
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::fit::LeastSquares;
use solvekit::lasso::LassoError;
use solvekit::penalty::ElasticNet;
use solvekit::{ColumnOperator, Iteration, Report};
use std::time::Instant;

/// Solves for every λ that is asked for, each from where the one before ended. `problem` says what the
/// objective is.
pub(super) fn solve<A>(
    rule: ColumnRule,
    options: &Options,
    (stop, interrupt): Asked<'_>,
    data: &Data,
    (design, mut problem): (&A, HostLasso<'_, A>),
) -> Result<Solved, LassoCommandError>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
{
    let refused = |error| LassoCommandError::refused(options, error);
    if let Some(block) = options.block.filter(|block| *block > data.columns) {
        let cause = format!("{block} columns, of {} there are", data.columns);
        return Err(LassoCommandError::option("--block", cause));
    }
    let largest_lambda = problem.largest_lambda();
    let last = last_lambda(options, largest_lambda)?;
    let lambdas = match options.path {
        None => vec![last],
        Some(count) => {
            let path = path_to(count, stop, &mut problem, last)?;
            (0..path.count()).filter_map(|place| path.lambda(place)).collect()
        }
    };
    let least_squares = || {
        LeastSquares::new(design, &data.response).map_err(|error| refused(LassoError::Fit(error)))
    };
    let blocks = Blocks::new(rule, options.block, data.columns);
    let mut point = least_squares()?.start();
    let mut progress = Progress::new(lambdas.len());
    let (mut points, mut coefficients) = (Vec::new(), Vec::new());
    for lambda in lambdas {
        problem = problem.with_lambda(lambda).map_err(refused)?;
        let started = Instant::now();
        let mut tell = |report: &Report<f64>| {
            progress.tell(|| format!("λ = {lambda:.2e}, gap {:.1e}", report.relative()));
        };
        let share = options.l1_ratio;
        let net = ElasticNet::new(lambda * share, lambda * (1.0 - share))
            .map_err(|_| refused(LassoError::Lambda))?;
        let weights = Weights { net, nonnegative: options.nonnegative };
        let Ended { report, gap } = blocks
            .descend(least_squares()?, weights, &mut point, (stop, interrupt, &mut tell))
            .map_err(|error| LassoCommandError::option("--rule", error.to_string()))?;
        progress.piece_done();
        let seconds = started.elapsed().as_secs_f64();
        let w = data.coefficients(&point.x);
        let relative = if gap == 0.0 { 0.0 } else { gap / problem.reference() };
        points.push(PointOutcome {
            status: report.status,
            lambda,
            objective: problem.objective(&point.x),
            gap: gap.is_finite().then_some(gap),
            relative_gap: relative.is_finite().then_some(relative),
            nonzeros: w.iter().filter(|w| **w != 0.0).count(),
            intercept: data.intercept(&w),
            sigma: None,
            iterations: report.iterations,
            seconds,
        });
        coefficients.push(w);
        if interrupt.is_asked() {
            break;
        }
    }
    Ok(Solved { points, coefficients, largest_lambda })
}
