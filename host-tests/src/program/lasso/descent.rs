//! `--rule`: block coordinate descent on the lasso's objective, to the same duality gap.

use crate::program::Interrupt;
use crate::vector::Vector;
use clap::ValueEnum;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{Cyclic, Greedy, PermutedCoordinates, Proximal, Random, Rule, RuleError};
use solvekit::bcd::update::{Coordinate, ProximalNewton, Update};
use solvekit::bcd::{Descent, DescentState, Partition, PartitionError};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, LeastSquares, Point};
use solvekit::penalty::{ElasticNet, NonNegative, Penalty, Separable};
use solvekit::sum::{dot, sum_of};
use solvekit::{Certificate, ColumnOperator, Iteration, Report, Run, Status, Stop};
use thiserror::Error;

/// Columns in a block of the greedy rule.
const GREEDY_BLOCK: usize = 24;
/// Passes of the inner solve of a block.
const PASSES: u32 = 100;
/// Where random orders begin.
const SEED: u64 = 1;

/// Which columns are next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum ColumnRule {
    /// Neighbours in turn; in blocks of one this is coordinate descent as most programs have it
    Cyclic,
    /// All columns once in each pass, in an order that is drawn anew
    Permuted,
    /// Neighbours, each block alike likely
    Random,
    /// The columns whose own steps promise to bring the objective down most
    Greedy,
}

/// Why there is no such descent.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Partition(#[from] PartitionError),
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// λα‖w‖₁ + ½λ(1 − α)‖w‖², and w ≥ 0 where that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights {
    pub(super) net: ElasticNet<f64>,
    pub(super) nonnegative: bool,
}

impl Weights {
    /// The derivative of the part that bends neither way, from the right at zero.
    fn upwards(&self, x: f64) -> f64 {
        self.net.lambda() + self.net.ridge() * x
    }

    /// The bound alone.
    fn bound(&self) -> Option<NonNegative<f64>> {
        self.nonnegative.then(NonNegative::default)
    }
}

impl Penalty<f64> for Weights {
    fn value(&self, j: usize, x: f64) -> f64 {
        self.net.value(j, x) + self.bound().map_or(0.0, |bound| bound.value(j, x))
    }
    fn prox(&self, j: usize, step: f64, v: f64) -> f64 {
        // NaN stays what it is.
        if self.nonnegative && v <= 0.0 { 0.0 } else { self.net.prox(j, step, v) }
    }
    fn distance(&self, j: usize, x: f64, gradient: f64) -> f64 {
        match self.bound() {
            // The smooth part's derivative and that of the weights, which is smooth there.
            Some(bound) => bound.distance(j, x, gradient + self.upwards(x)),
            None => self.net.distance(j, x, gradient),
        }
    }
    fn slope(&self, j: usize, x: f64) -> f64 {
        if self.nonnegative { self.upwards(x) } else { self.net.slope(j, x) }
    }
    fn curvature(&self, j: usize, x: f64) -> f64 {
        self.net.curvature(j, x)
    }
    fn sticks(&self, j: usize, x: f64) -> bool {
        self.bound().map_or_else(|| self.net.sticks(j, x), |bound| bound.sticks(j, x))
    }
}

impl Separable<f64> for Weights {}

type Fit<'a, A> = LeastSquares<'a, f64, A>;
type Kept = Point<Vector<f64>, Vector<f64>>;

/// Descent whose step is a pass, and whose certificate is the duality gap.
struct Passes<'a, A: ColumnOperator<f64>, S, U> {
    descent: Descent<Fit<'a, A>, Weights, S, U>,
    /// Blocks to a pass.
    blocks: usize,
}

impl<'a, A, S, U> Passes<'a, A, S, U>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
    S: Rule<Fit<'a, A>, Weights>,
    U: Update<Fit<'a, A>, Weights>,
{
    /// P(w) − D(θ) with r = y − X w, for the better of two feasible θ: the multiple s·(r, −√ρ w) of
    /// the residual (of the rows that the ridge adds, too) that |Xᵀθ| ≤ λα leaves, the best one;
    /// and, with a ridge, r itself, where D pays Σ (|xⱼᵀr| − λα)₊² / 2ρ for what is too large.
    fn gap(&self, point: &Kept) -> f64 {
        let (fit, weights) = (self.descent.fit(), self.descent.penalty());
        let (l1, ridge) = (weights.net.lambda(), weights.net.ridge());
        let (x, r) = (&point.x, point.kept());
        // NaN stays what it is, here and below: it must not pass for a small gap.
        let above = |v: f64, least: f64| if v <= least { least } else { v };
        let pull = |v: f64| if weights.nonnegative { above(v, 0.0) } else { v.abs() };
        let (mut worst, mut price) = (0.0_f64, 0.0);
        for (j, x) in x.iter().enumerate() {
            let correlation = -fit.partial(point, j);
            worst = above(pull(correlation - ridge * x), worst);
            let excess = above(pull(correlation) - l1, 0.0);
            price += excess * excess;
        }
        let (with_y, squares) = (dot(fit.response(), r), dot(r, r));
        let size = squares + ridge * dot(x, x);
        // The largest multiple that is feasible; where nothing pulls there is none.
        let most = if worst == 0.0 { f64::INFINITY } else { l1 / worst };
        let best = if size > 0.0 { above(with_y / size, 0.0) } else { 0.0 };
        let s = if best >= most { most } else { best };
        let mut dual = s * with_y - 0.5 * s * s * size;
        if ridge > 0.0 {
            dual = above(with_y - 0.5 * squares - 0.5 * price / ridge, dual);
        }
        let sizes = sum_of(x.len(), |j| x[j].abs());
        // Rounding may leave it below zero.
        above(0.5 * size + l1 * sizes - dual, 0.0)
    }
}

impl<'a, A, S, U> Iteration for Passes<'a, A, S, U>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
    S: Rule<Fit<'a, A>, Weights>,
    U: Update<Fit<'a, A>, Weights>,
{
    type Real = f64;
    type State = DescentState<Kept, S::State, U::State>;
    const CERTIFICATE: Certificate = Certificate::DualityGap;

    fn step(&self, state: &mut Self::State) {
        for _ in 0..self.blocks {
            self.descent.step(state);
        }
    }

    fn residual(&self, state: &mut Self::State) -> f64 {
        self.gap(&state.point)
    }

    fn certify(&self, state: &mut Self::State) -> Option<f64> {
        self.descent.fit().refresh(&mut state.point);
        Some(self.gap(&state.point))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        self.descent.breakdown(state)
    }

    fn reference(&self) -> f64 {
        let y = self.descent.fit().response();
        0.5 * dot(y, y)
    }

    fn restore(&self, state: &mut Self::State) {
        self.descent.restore(state);
    }
}

/// When to stop, who may ask for it earlier, and whom to tell how it goes.
pub(super) type Driven<'t> = (Stop<f64>, &'t Interrupt<'t>, &'t mut dyn FnMut(&Report<f64>));

/// What one λ came to.
pub(super) struct Ended {
    pub(super) report: Report<f64>,
    pub(super) gap: f64,
}

/// Rule and block size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocks {
    rule: ColumnRule,
    size: usize,
}

impl Blocks {
    /// The size that was asked for, or the rule's own; never more than there are columns.
    pub(super) fn new(rule: ColumnRule, size: Option<usize>, columns: usize) -> Self {
        let own = if rule == ColumnRule::Greedy { GREEDY_BLOCK } else { 1 };
        Self { rule, size: size.unwrap_or(own.min(columns)) }
    }

    /// Descends from a point, which it leaves where it ended.
    pub(super) fn descend<A>(
        self,
        fit: Fit<'_, A>,
        weights: Weights,
        point: &mut Kept,
        run: Driven<'_>,
    ) -> Result<Ended, Refusal>
    where
        A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
    {
        let (columns, size) = (fit.unknowns(), self.size);
        let neighbours = || Partition::consecutive(vec![0; columns], size);
        let random = Pcg32::seed_from_u64(SEED);
        match self.rule {
            ColumnRule::Cyclic => {
                self.with_rule(fit, weights, Cyclic::new(neighbours()?), point, run)
            }
            ColumnRule::Permuted => {
                let rule = PermutedCoordinates::new(columns, size, vec![0; columns], random)?;
                self.with_rule(fit, weights, rule, point, run)
            }
            ColumnRule::Random => {
                self.with_rule(fit, weights, Random::new(neighbours()?, random), point, run)
            }
            ColumnRule::Greedy => {
                let rule = Greedy::new(Proximal, vec![0; size], Vector::filled(size, 0.0));
                self.with_rule(fit, weights, rule, point, run)
            }
        }
    }

    fn with_rule<'a, A, S>(
        self,
        fit: Fit<'a, A>,
        weights: Weights,
        rule: S,
        point: &mut Kept,
        run: Driven<'_>,
    ) -> Result<Ended, Refusal>
    where
        A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
        S: Rule<Fit<'a, A>, Weights>,
    {
        let blocks = fit.unknowns().div_ceil(self.size);
        if self.size == 1 {
            let descent = Descent::new(fit, weights, rule, Coordinate);
            return Ok(drive(&Passes { descent, blocks }, point, run));
        }
        let room = Vector::filled(self.size, 0.0);
        let newton = ProximalNewton::new(room, Vector::filled(packed(self.size), 0.0), PASSES);
        let descent = Descent::new(fit, weights, rule, newton);
        Ok(drive(&Passes { descent, blocks }, point, run))
    }
}

fn drive<'a, A, S, U>(
    passes: &Passes<'a, A, S, U>,
    point: &mut Kept,
    (stop, interrupt, tell): Driven<'_>,
) -> Ended
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>>,
    S: Rule<Fit<'a, A>, Weights>,
    U: Update<Fit<'a, A>, Weights>,
{
    let mut state = passes.descent.start_from(point.clone());
    let mut run = Run::new(stop);
    let mut report = run.advance(passes, &mut state, 0);
    while report.status == Status::Running && !interrupt.is_asked() {
        report = run.advance(passes, &mut state, super::path::SLICE);
        tell(&report);
    }
    let gap = passes.gap(&state.point);
    *point = state.point;
    Ended { report, gap }
}
