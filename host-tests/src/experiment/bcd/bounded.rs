//! Figures 7 and 13: least squares with x ≥ 0 and λ Σ xⱼ, greedy and random, until the support is right.

use super::data;
use crate::vector::Vector;
use anyhow::{Result, ensure};
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{Greedy, GreedyBlocks, Proximal, Random, RandomCoordinates, Rule};
use solvekit::bcd::update::{Certified, Gradient, Known, ProximalNewton, TwoMetric, Update};
use solvekit::bcd::{Descent, Partition, block_constants, room};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, LeastSquares};
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::penalty::{NonNegative, Penalty};
use solvekit::{Iteration, Stop, Transposed, solve};

use super::problem::STEPS;
use crate::matrix::CsrMatrix;

/// λ at the paper's size.
const LAMBDA: f64 = 50_000.0;
/// Distance to the least objective at which a curve ends, relative to the objective at 0.
const DONE: f64 = 1e-14;
/// Within this of its bound a coordinate that is pushed there counts as active, at most.
const WIDEST: f64 = 1e-4;
/// Passes of the inner solve of a proximal Newton step.
const PASSES: u32 = 100;

/// One curve of figures 7 and 13.
#[derive(Clone, Debug)]
pub struct BoundedRow {
    /// 7 for greedy rules, 13 for random ones.
    pub figure: u32,
    /// τ.
    pub size: usize,
    /// As in the paper: PG, TMP or PN, VB or FB.
    pub name: String,
    /// The distance to the least objective, until it is nothing to rounding.
    pub gaps: Vec<f64>,
    /// The first iteration from which the support is that of the solution.
    pub identified: Option<usize>,
}

impl BoundedRow {
    /// Iterations until the distance is at most `gap`; `None` where they were too few.
    #[must_use]
    pub fn until(&self, gap: f64) -> Option<usize> {
        self.gaps.iter().position(|found| *found <= gap)
    }
}

type Fit<'a> = LeastSquares<'a, f64, Transposed<'a, CsrMatrix<f64>>>;

/// All curves of figures 7 and 13 for one block size.
///
/// # Errors
/// A fit or a rule that is refused; data of the kinds used here are not.
pub fn bounded(size: usize, scale: f64, seed: u64) -> Result<Vec<BoundedRow>> {
    let scaled = |count: f64| ((count * scale).round() as usize).max(40);
    let a = data::regression(seed, scaled(1000.0), scaled(10_000.0))?;
    let design = Transposed(&a.columns);
    let fit = LeastSquares::new(&design, &a.response)?;
    // The correlations grow with the rows.
    let penalty = NonNegative::new(LAMBDA * scale)?;
    let best = reference(&design, &a.response, LAMBDA * scale)?;
    let unknowns = fit.unknowns();
    let one = Traced { size, fit: &fit, penalty, best: &best };
    let chosen = || (vec![0; size], Vector::filled(size, 0.0));
    let partition = || Partition::sorted(vec![0; unknowns], size, |j| fit.lipschitz(j));
    let blocks = partition()?.blocks();
    let mut constants = Vector::filled(blocks, 0.0);
    block_constants(&fit, &partition()?, &mut constants, &mut vec![0.0; room(size)])?;
    let known = || Gradient::new(Known(constants.clone()), Vector::filled(size, 0.0));
    let certified =
        || Gradient::new(Certified(Vector::filled(room(size), 0.0)), Vector::filled(size, 0.0));
    let newton = || {
        let (vector, triangle) = (Vector::filled(size, 0.0), Vector::filled(packed(size), 0.0));
        ProximalNewton::new(vector, triangle, PASSES)
    };
    let metric = || {
        let (vector, triangle) = (Vector::filled(size, 0.0), Vector::filled(packed(size), 0.0));
        TwoMetric::new(vector, triangle, WIDEST)
    };
    let greedy = || {
        let (coordinates, scores) = chosen();
        Greedy::new(Proximal, coordinates, scores)
    };
    let ones = || Vector::filled(blocks, 1.0);
    let random = || Pcg32::new(seed, 13);
    Ok(vec![
        one.trace(7, "PN-VB", greedy(), newton()),
        one.trace(7, "TMP-VB", greedy(), metric()),
        one.trace(7, "PG-VB", greedy(), certified()),
        one.trace(7, "PN-FB", GreedyBlocks::new(Proximal, partition()?, ones()), newton()),
        one.trace(7, "TMP-FB", GreedyBlocks::new(Proximal, partition()?, ones()), metric()),
        one.trace(7, "PG-FB", GreedyBlocks::new(Proximal, partition()?, ones()), known()),
        one.trace(13, "PN-VB", RandomCoordinates::new(chosen().0, random())?, newton()),
        one.trace(13, "TMP-VB", RandomCoordinates::new(chosen().0, random())?, metric()),
        one.trace(13, "PG-VB", RandomCoordinates::new(chosen().0, random())?, certified()),
        one.trace(13, "PN-FB", Random::new(partition()?, random()), newton()),
        one.trace(13, "TMP-FB", Random::new(partition()?, random()), metric()),
        one.trace(13, "PG-FB", Random::new(partition()?, random()), known()),
    ])
}

/// The solution, by a method that shares nothing with what is traced, to a proved gap.
fn reference(
    design: &Transposed<'_, CsrMatrix<f64>>,
    response: &Vector<f64>,
    lambda: f64,
) -> Result<Vector<f64>> {
    let columns = solvekit::LinearOperator::columns(design);
    let capacity = columns.min(4 * response.len());
    let lasso = Lasso::new(design, response, lambda)?.nonnegative();
    let memory = Workspace::new(
        capacity,
        Vector::filled(numbers(capacity), 0.0),
        vec![0; indices(columns, capacity)],
    );
    let mut state = lasso.start(memory)?;
    let report = solve(&lasso, &mut state, Stop::relative(1e-15)?);
    // The last digits of a gap are rounding: it may stall just above.
    ensure!(report.relative() < 1e-12, "the reference did not converge: {report:?}");
    Ok(state.into_x())
}

struct Traced<'a> {
    size: usize,
    fit: &'a Fit<'a>,
    penalty: NonNegative<f64>,
    best: &'a [f64],
}

impl<'a> Traced<'a> {
    fn objective(&self, point: &<Fit<'a> as DataFit>::Point) -> f64 {
        self.fit.value(point) + self.penalty.total(self.fit.x(point))
    }

    fn trace<S, U>(&self, figure: u32, name: &str, rule: S, update: U) -> BoundedRow
    where
        S: Rule<Fit<'a>, NonNegative<f64>>,
        U: Update<Fit<'a>, NonNegative<f64>>,
    {
        let mut best = self.fit.start();
        for (j, x) in self.best.iter().enumerate() {
            self.fit.shift(&mut best, j, *x);
        }
        self.fit.refresh(&mut best);
        let least = self.objective(&best);
        let descent = Descent::new(self.fit.clone(), self.penalty, rule, update);
        let mut state = descent.start_from(self.fit.start());
        let start = self.objective(&state.point);
        let (mut gaps, mut identified) = (vec![start - least], None);
        for step in 1..=STEPS {
            descent.step(&mut state);
            gaps.push(self.objective(&state.point) - least);
            let same = state.point.x.iter().zip(self.best).all(|(x, b)| (*x > 0.0) == (*b > 0.0));
            identified = if same { identified.or(Some(step)) } else { None };
            if gaps.last().is_some_and(|gap| *gap <= DONE * start) && identified.is_some() {
                break;
            }
        }
        BoundedRow { figure, size: self.size, name: name.to_string(), gaps, identified }
    }
}
