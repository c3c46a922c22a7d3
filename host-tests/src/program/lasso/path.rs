//! One λ after the other, each from where the one before ended.

use super::data::Data;
use super::options::Lambda;
use super::outcome::PointOutcome;
use super::{LassoCommandError, Options};
use crate::program::Interrupt;
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::lasso::{
    Concomitant, Lasso, LassoError, Path, Weighted, Workspace, indices, numbers,
};
use solvekit::{ColumnOperator, Report, Run, Status, Stop};
use std::time::Instant;

/// So many columns in work take 200 MB.
const MOST_IN_WORK: usize = 4_096;
/// Steps between two looks at the progress bar.
pub(super) const SLICE: u32 = 8;

/// When to stop, and who may ask for it earlier.
pub(super) type Asked<'a> = (Stop<f64>, &'a Interrupt<'a>);

/// What came of all λ.
pub(super) struct Solved {
    pub(super) points: Vec<PointOutcome>,
    /// Of each λ, in the units of the file.
    pub(super) coefficients: Vec<Vector<f64>>,
    /// λ_max; infinite where there is none.
    pub(super) largest_lambda: f64,
}

pub(super) type HostLasso<'a, A> = Lasso<'a, f64, A, Vector<f64>, Vec<usize>>;
type HostConcomitant<'a, A> = Concomitant<'a, f64, A, Vector<f64>, Vec<usize>>;
type Memory = Workspace<Vector<f64>, Vec<usize>>;

/// What is told of a problem and its states, whatever it is.
trait Told: Weighted<Real = f64> {
    fn start(&self, memory: Memory) -> Result<Self::State, LassoError>;
    fn w(state: &Self::State) -> &Vector<f64>;
    /// That of w, whatever the run last went by.
    fn gap(state: &Self::State) -> f64;
    fn sigma(state: &Self::State) -> Option<f64>;
    fn objective(&self, w: &Vector<f64>) -> f64;
}

macro_rules! told {
    ($problem:ident, $state:ident => $sigma:expr) => {
        impl<A> Told for $problem<'_, A>
        where
            A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
        {
            fn start(&self, memory: Memory) -> Result<Self::State, LassoError> {
                $problem::start(self, memory)
            }
            fn w(state: &Self::State) -> &Vector<f64> {
                state.x()
            }
            fn gap(state: &Self::State) -> f64 {
                state.gap()
            }
            fn sigma($state: &Self::State) -> Option<f64> {
                $sigma
            }
            fn objective(&self, w: &Vector<f64>) -> f64 {
                $problem::objective(self, w)
            }
        }
    };
}
told!(HostLasso, _state => None);
told!(HostConcomitant, state => Some(state.sigma()));

/// Solves for every λ that is asked for.
pub(super) fn solve<A>(
    options: &Options,
    run: Asked<'_>,
    data: &Data,
    design: &A,
) -> Result<Solved, LassoCommandError>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
{
    let refused = |error| LassoCommandError::refused(options, error);
    if options.concomitant {
        let problem: HostConcomitant<'_, A> =
            Concomitant::new(design, &data.response, 0.0).map_err(refused)?;
        let problem = if options.nonnegative { problem.nonnegative() } else { problem };
        return solve_for(options, run, data, problem);
    }
    let problem: HostLasso<'_, A> = Lasso::new(design, &data.response, 0.0)
        .and_then(|lasso| lasso.with_share(options.l1_ratio))
        .map_err(refused)?;
    let problem = if options.nonnegative { problem.nonnegative() } else { problem };
    match options.rule {
        Some(rule) => super::by_rule::solve(rule, options, run, data, (design, problem)),
        None => solve_for(options, run, data, problem),
    }
}

/// λ, or the last of the path's.
pub(super) fn last_lambda(options: &Options, largest: f64) -> Result<f64, LassoCommandError> {
    Ok(match options.lambda()? {
        Lambda::Is(lambda) => lambda,
        // Exactly λ_max leaves exactly nothing.
        Lambda::Fraction(fraction) => fraction * largest,
    })
}

/// Down from λ_max to `last`.
pub(super) fn path_to<P: Weighted<Real = f64>>(
    count: u32,
    stop: Stop<f64>,
    problem: &mut P,
    last: f64,
) -> Result<Path<f64>, LassoCommandError> {
    let largest = problem.largest_lambda();
    let path = Path::down_to(problem, last, count, stop).map_err(|error| match error {
        LassoError::LargestLambda => {
            "λ_max is 0, no column pulls: there is nothing to go down from".to_owned()
        }
        LassoError::Ratio => {
            format!("λ = {last} is not below λ_max = {largest}, where it begins, and above 0")
        }
        other => other.to_string(),
    });
    path.map_err(|cause| LassoCommandError::option("--path", cause))
}

fn solve_for<P: Told>(
    options: &Options,
    (stop, interrupt): Asked<'_>,
    data: &Data,
    mut problem: P,
) -> Result<Solved, LassoCommandError> {
    let refused = |error| LassoCommandError::refused(options, error);
    let largest_lambda = problem.largest_lambda();
    let last = last_lambda(options, largest_lambda)?;
    let mut way = Way::new(options, stop, &mut problem, last)?;
    let capacity = data.columns.min((4 * data.rows).max(64)).min(MOST_IN_WORK);
    let memory = Workspace::new(
        capacity,
        Vector::filled(numbers(capacity), 0.0),
        vec![0; indices(data.columns, capacity)],
    );
    let mut state = problem.start(memory).map_err(refused)?;
    let mut progress = Progress::new(options.path.unwrap_or(1) as usize);
    let (mut points, mut coefficients) = (Vec::new(), Vec::new());
    let mut started = Instant::now();
    while let Some((lambda, report)) = way.advance(&mut problem, &mut state) {
        let interrupted = interrupt.is_asked();
        if report.status == Status::Running && !interrupted {
            progress.tell(|| format!("λ = {lambda:.2e}, gap {:.1e}", report.relative()));
            continue;
        }
        progress.piece_done();
        let seconds = started.elapsed().as_secs_f64();
        let w = data.coefficients(P::w(&state));
        let gap = P::gap(&state);
        let reference = problem.reference();
        points.push(PointOutcome {
            status: report.status,
            lambda,
            objective: problem.objective(P::w(&state)),
            gap: gap.is_finite().then_some(gap),
            relative_gap: if gap == 0.0 { Some(0.0) } else { Some(gap / reference) }
                .filter(|gap| gap.is_finite()),
            nonzeros: w.iter().filter(|w| **w != 0.0).count(),
            intercept: data.intercept(&w),
            sigma: P::sigma(&state),
            iterations: report.iterations,
            seconds,
        });
        coefficients.push(w);
        if interrupted {
            break;
        }
        started = Instant::now();
    }
    Ok(Solved { points, coefficients, largest_lambda })
}

/// Which λ are solved for.
enum Way {
    /// None any more once its report is final.
    One(f64, Run<f64>),
    Path(Path<f64>),
}

impl Way {
    /// To `last`, down from λ_max or at once.
    fn new<P: Weighted<Real = f64>>(
        options: &Options,
        stop: Stop<f64>,
        problem: &mut P,
        last: f64,
    ) -> Result<Self, LassoCommandError> {
        let Some(count) = options.path else {
            problem.weigh(last).map_err(|error| LassoCommandError::refused(options, error))?;
            return Ok(Self::One(last, Run::new(stop)));
        };
        path_to(count, stop, problem, last).map(Self::Path)
    }

    /// Some steps with one λ.
    fn advance<P: Weighted<Real = f64>>(
        &mut self,
        problem: &mut P,
        state: &mut P::State,
    ) -> Option<(f64, Report<f64>)> {
        match self {
            Self::Path(path) => {
                path.advance(problem, state, SLICE).map(|point| (point.lambda, point.report))
            }
            Self::One(_, run) if run.report(P::CERTIFICATE).status.is_final() => None,
            Self::One(lambda, run) => Some((*lambda, run.advance(problem, state, SLICE))),
        }
    }
}
