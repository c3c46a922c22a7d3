//! Figures 7 and 13: least squares with x ≥ 0 and λ Σ xⱼ, greedy and random, until the support is right.

use super::data;
use crate::vector::Vector;
use anyhow::{Result, ensure};
use rand_pcg::Pcg32;
use rayon::prelude::*;
use solvekit::bcd::rule::{Greedy, GreedyBlocks, Proximal, Random, RandomCoordinates, Rule};
use solvekit::bcd::update::{Certified, Gradient, Known, ProximalNewton, TwoMetric, Update};
use solvekit::bcd::{Descent, Partition, block_constants, room};
use solvekit::direct::{factor_in_place, packed, solve_in_place};
use solvekit::fit::{DataFit, LeastSquares};
use solvekit::lasso::{Lasso, Workspace, indices, numbers};
use solvekit::penalty::NonNegative;
use solvekit::{Iteration, Stop, Transposed, solve};

use super::problem::STEPS;
use crate::matrix::CsrMatrix;

/// λ at the paper's size.
const LAMBDA: f64 = 50_000.0;
/// Distance to the least objective at which a curve ends, relative to that at the start.
const DONE: f64 = 1e-16;
/// Within this of its bound a coordinate that is pushed there counts as active, at most.
const WIDEST: f64 = 1e-4;
/// Passes of the inner solve of a proximal Newton step.
const PASSES: u32 = 100;
/// Newton steps that take the reference to what rounding leaves of it.
const POLISH: u32 = 3;

/// The updates, VB variable blocks and FB fixed ones: proximal Newton, two-metric projection,
/// proximal gradient.
const NAMES: [&str; 6] = ["PN-VB", "TMP-VB", "PG-VB", "PN-FB", "TMP-FB", "PG-FB"];

/// One curve of figures 7 and 13.
#[derive(Clone, Debug)]
pub struct BoundedRow {
    /// 7 for greedy rules, 13 for random ones.
    pub figure: u32,
    /// τ.
    pub size: usize,
    /// As in the paper: PG, TMP or PN, VB or FB.
    pub name: String,
    /// The distance to the least objective, until it is nothing.
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

/// All curves of figures 7 and 13 for these block sizes; `done` is called after each curve.
///
/// # Errors
/// A fit or a rule that is refused; data of the kinds used here are not.
pub fn bounded(
    sizes: &[usize],
    (scale, seed): (f64, u64),
    done: &(dyn Fn() + Sync),
) -> Result<Vec<BoundedRow>> {
    let scaled = |count: f64| ((count * scale).round() as usize).max(40);
    let a = data::regression(seed, scaled(1000.0), scaled(10_000.0))?;
    let design = Transposed(&a.columns);
    let fit = LeastSquares::new(&design, &a.response)?;
    // The correlations grow with the rows.
    let penalty = NonNegative::new(LAMBDA * scale)?;
    let best = Reference::of(&fit, LAMBDA * scale)?;
    let one = Traced { fit: &fit, penalty, best: &best, seed };
    let figures = sizes.iter().flat_map(|size| [(7, *size), (13, *size)]);
    let curves: Vec<_> =
        figures.flat_map(|(figure, size)| NAMES.map(|name| (figure, size, name))).collect();
    let traced = curves.into_par_iter().with_max_len(1).map(|(figure, size, name)| {
        let row = one.row(figure, size, name);
        done();
        row
    });
    traced.collect()
}

/// The solution, by a method that shares nothing with what is traced.
struct Reference {
    x: Vector<f64>,
    /// y − A x.
    residual: Vector<f64>,
    /// λ − aⱼᵀ(y − A x), zero on the support: what each unit of xⱼ adds to the objective.
    slack: Vector<f64>,
}

impl Reference {
    /// By the lasso's path to a proved gap; then solved exactly on its support.
    fn of(fit: &Fit<'_>, lambda: f64) -> Result<Self> {
        let (rows, columns) = (fit.response().len(), fit.unknowns());
        let capacity = columns.min(4 * rows);
        let lasso = Lasso::new(fit.design(), fit.response(), lambda)?.nonnegative();
        let memory = Workspace::new(
            capacity,
            Vector::filled(numbers(capacity), 0.0),
            vec![0; indices(columns, capacity)],
        );
        let mut state = lasso.start(memory)?;
        let report = solve(&lasso, &mut state, Stop::relative(1e-15)?);
        // The last digits of a gap are rounding: it may stall just above.
        ensure!(report.relative() < 1e-12, "the reference did not converge: {report:?}");
        let mut point = fit.start_at(state.into_x())?;
        let support: Vec<usize> = (0..columns).filter(|j| point.x[*j] > 0.0).collect();
        let mut factor = vec![0.0; packed(support.len())];
        fit.fill_bound(&support, &mut factor);
        let added = factor_in_place(&mut factor, support.len());
        ensure!(added == Ok(0.0), "the columns of the support depend on each other: {added:?}");
        for _ in 0..POLISH {
            let slope = |j: &usize| -(lambda + fit.partial(&point, *j));
            let mut direction: Vec<f64> = support.iter().map(slope).collect();
            solve_in_place(&factor, &mut direction);
            fit.shift_block(&mut point, &support, &direction);
            fit.refresh(&mut point);
        }
        ensure!(support.iter().all(|j| point.x[*j] > 0.0), "a coordinate leaves the support");
        let slack = |j| if point.x[j] > 0.0 { 0.0 } else { lambda + fit.partial(&point, j) };
        let slack: Vector<f64> = (0..columns).map(slack).collect();
        ensure!(slack.iter().all(|slack| *slack >= 0.0), "a coordinate is missing in the support");
        Ok(Self { residual: point.kept().clone(), slack, x: point.x })
    }

    /// f(x) − f(x*) = ½‖A(x − x*)‖² + Σ slackⱼ xⱼ: of two numbers near 10⁷ the difference would be
    /// rounding long before 10⁻⁸.
    fn gap(&self, point: &<Fit<'_> as DataFit>::Point) -> f64 {
        let pairs = point.kept().iter().zip(self.residual.iter());
        let squares: f64 = pairs.map(|(r, best)| (r - best) * (r - best)).sum();
        let pairs = point.x.iter().zip(self.slack.iter());
        0.5 * squares + pairs.map(|(x, slack)| x * slack).sum::<f64>()
    }

    fn has_support_of(&self, x: &[f64]) -> bool {
        x.iter().zip(self.x.iter()).all(|(x, best)| (*x > 0.0) == (*best > 0.0))
    }
}

struct Traced<'a> {
    fit: &'a Fit<'a>,
    penalty: NonNegative<f64>,
    best: &'a Reference,
    seed: u64,
}

impl<'a> Traced<'a> {
    fn row(&self, figure: u32, size: usize, name: &str) -> Result<BoundedRow> {
        let indices = vec![0; size];
        let partition = || {
            let order = vec![0; self.fit.unknowns()];
            Partition::sorted(order, size, |j| self.fit.lipschitz(j))
        };
        let random = Pcg32::new(self.seed, 13);
        match (figure, name.ends_with("VB")) {
            (7, true) => {
                let rule = Greedy::new(Proximal, indices, Vector::filled(size, 0.0));
                self.with_rule((figure, size, name), rule, None)
            }
            (7, false) => {
                let blocks = partition()?;
                let ones = Vector::filled(blocks.blocks(), 1.0);
                let rule = GreedyBlocks::new(Proximal, blocks.clone(), ones);
                self.with_rule((figure, size, name), rule, Some(&blocks))
            }
            (_, true) => {
                let rule = RandomCoordinates::new(indices, random)?;
                self.with_rule((figure, size, name), rule, None)
            }
            (_, false) => {
                let blocks = partition()?;
                let rule = Random::new(blocks.clone(), random);
                self.with_rule((figure, size, name), rule, Some(&blocks))
            }
        }
    }

    /// With the update of a name; `fixed` are the blocks, where they are.
    fn with_rule<S: Rule<Fit<'a>, NonNegative<f64>>>(
        &self,
        (figure, size, name): (u32, usize, &str),
        rule: S,
        fixed: Option<&Partition<Vec<usize>>>,
    ) -> Result<BoundedRow> {
        let (vector, triangle) = (Vector::filled(size, 0.0), Vector::filled(packed(size), 0.0));
        let (gaps, identified) = match (name.split_once('-').map(|(update, _)| update), fixed) {
            (Some("PN"), _) => self.trace(rule, ProximalNewton::new(vector, triangle, PASSES)),
            (Some("TMP"), _) => self.trace(rule, TwoMetric::new(vector, triangle, WIDEST)),
            (_, None) => {
                let constant = Certified(Vector::filled(room(size), 0.0));
                self.trace(rule, Gradient::new(constant, vector))
            }
            (_, Some(blocks)) => {
                let mut constants = Vector::filled(blocks.blocks(), 0.0);
                block_constants(self.fit, blocks, &mut constants, &mut vec![0.0; room(size)])?;
                self.trace(rule, Gradient::new(Known(constants), vector))
            }
        };
        Ok(BoundedRow { figure, size, name: name.to_string(), gaps, identified })
    }

    /// Distances, and when the support was found.
    fn trace<S, U>(&self, rule: S, update: U) -> (Vec<f64>, Option<usize>)
    where
        S: Rule<Fit<'a>, NonNegative<f64>>,
        U: Update<Fit<'a>, NonNegative<f64>>,
    {
        let descent = Descent::new(self.fit.clone(), self.penalty, rule, update);
        let mut state = descent.start_from(self.fit.start());
        let start = self.best.gap(&state.point);
        let (mut gaps, mut identified) = (vec![start], None);
        for step in 1..=STEPS {
            descent.step(&mut state);
            gaps.push(self.best.gap(&state.point));
            let same = self.best.has_support_of(&state.point.x);
            identified = if same { identified.or(Some(step)) } else { None };
            if same && gaps.last().is_some_and(|gap| *gap <= DONE * start) {
                break;
            }
        }
        (gaps, identified)
    }
}
