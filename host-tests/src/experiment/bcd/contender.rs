//! A rule and an update whose types are forgotten, so that a table of methods needs one loop.

use super::shared::Known;
use anyhow::Result;
use rand_pcg::Pcg32;
use solvekit::bcd::room;
use solvekit::bcd::rule::{
    Chosen, Cyclic, GaussSouthwell, GaussSouthwellDiagonal, Greedy, GreedyBlocks, GreedyQuadratic,
    GreedyQuadraticBlocks, PermutedCoordinates, Random, RandomCoordinates, Rule, Sampled,
    SampledCoordinates,
};
use solvekit::bcd::update::{
    self, Certified, Estimated, FactoredMatrix, Gradient, Matrix, Newton, Update,
};
use solvekit::direct::packed;
use solvekit::fit::DataFit;
use solvekit::penalty::Unpenalized;
use std::fmt;

use crate::vector::Vector;

/// How a block is chosen; the paper's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selection {
    /// Fixed blocks in turn.
    CyclicFixed,
    /// A fixed block, all alike likely.
    RandomFixed,
    /// A fixed block with a probability in proportion to its largest eigenvalue.
    LipschitzFixed,
    /// Gauss–Southwell over fixed blocks.
    GsFixed,
    /// The same, divided by the block's largest eigenvalue.
    GslFixed,
    /// The same, each derivative divided by its own constant.
    GsdFixed,
    /// The same, in the norm of the block's own matrix.
    GsqFixed,
    /// Slices of a permutation.
    CyclicVariable,
    /// Any τ coordinates, all alike likely.
    RandomVariable,
    /// Any τ coordinates in proportion to their constants.
    LipschitzVariable,
    /// The τ largest derivatives.
    GsVariable,
    /// The τ largest derivatives over the root of their row sum; labelled GSL-VB in the paper.
    GslVariable,
    /// The τ largest derivatives over the root of their constant.
    GsdVariable,
    /// Ten steps of iterative hard thresholding on the quadratic model.
    GsqVariable,
}

impl Selection {
    /// Are its blocks fixed?
    #[must_use]
    pub const fn is_fixed(self) -> bool {
        use Selection::{
            CyclicFixed, GsFixed, GsdFixed, GslFixed, GsqFixed, LipschitzFixed, RandomFixed,
        };
        matches!(
            self,
            CyclicFixed | RandomFixed | LipschitzFixed | GsFixed | GslFixed | GsdFixed | GsqFixed
        )
    }

    /// Does it need the row sums of |H|?
    pub(super) const fn needs_row_sums(self) -> bool {
        matches!(self, Self::GslVariable | Self::GsqVariable)
    }

    /// Does it look at the gradient?
    #[must_use]
    pub const fn is_greedy(self) -> bool {
        use Selection::{
            GsFixed, GsVariable, GsdFixed, GsdVariable, GslFixed, GslVariable, GsqFixed,
            GsqVariable,
        };
        matches!(
            self,
            GsFixed
                | GsVariable
                | GsdFixed
                | GsdVariable
                | GslFixed
                | GslVariable
                | GsqFixed
                | GsqVariable
        )
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CyclicFixed => "Cyclic-FB",
            Self::RandomFixed => "Random-FB",
            Self::LipschitzFixed => "Lipschitz-FB",
            Self::GsFixed => "GS-FB",
            Self::GslFixed => "GSL-FB",
            Self::GsdFixed => "GSD-FB",
            Self::GsqFixed => "GSQ-FB",
            Self::CyclicVariable => "Cyclic-VB",
            Self::RandomVariable => "Random-VB",
            Self::LipschitzVariable => "Lipschitz-VB",
            Self::GsVariable => "GS-VB",
            Self::GslVariable => "GSL-VB",
            Self::GsdVariable => "GSD-VB",
            Self::GsqVariable => "GSQ-VB",
        })
    }
}

/// What is done with the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A gradient step with the block's largest eigenvalue.
    Gradient,
    /// A gradient step with a constant that is estimated as it goes.
    Estimated,
    /// A step with the block's own matrix, the same at every x.
    Matrix,
    /// A step with the second derivatives at x, and a line search.
    Newton,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gradient => "gradient",
            Self::Estimated => "estimated",
            Self::Matrix => "matrix",
            Self::Newton => "newton",
        })
    }
}

/// A rule at work.
pub(super) trait Picks<F: DataFit> {
    fn pick(&mut self, fit: &F, point: &F::Point) -> Chosen<'_>;
}

struct Picker<R, S> {
    rule: R,
    state: S,
}

impl<F: DataFit, R: Rule<F, Unpenalized>> Picks<F> for Picker<R, R::State> {
    fn pick(&mut self, fit: &F, point: &F::Point) -> Chosen<'_> {
        self.rule.select(fit, &Unpenalized, point, &mut self.state)
    }
}

fn picker<'a, F: DataFit + 'a, R: Rule<F, Unpenalized> + 'a>(rule: R) -> Box<dyn Picks<F> + 'a> {
    let state = rule.start();
    Box::new(Picker { rule, state })
}

/// The rule of a selection.
pub(super) fn picks<'a, F: DataFit<Real = f64> + 'a>(
    selection: Selection,
    fit: &F,
    start: &F::Point,
    known: Known<'a>,
    seed: u64,
) -> Result<Box<dyn Picks<F> + 'a>> {
    let blocks = known.blocks;
    let size = blocks.partition.size();
    let partition = || blocks.partition.clone();
    let random = Pcg32::new(seed, 7);
    let (indices, numbers) = (vec![0; size], Vector::filled(size, 0.0));
    let ones = || Vector::filled(partition().blocks(), 1.0);
    Ok(match selection {
        Selection::CyclicFixed => picker(Cyclic::new(partition())),
        Selection::RandomFixed => picker(Random::new(partition(), random)),
        Selection::LipschitzFixed => {
            picker(Sampled::new(partition(), blocks.constants.clone(), random)?)
        }
        Selection::GsFixed => picker(GreedyBlocks::new(GaussSouthwell, partition(), ones())),
        Selection::GslFixed => {
            let weights: Vector<f64> =
                blocks.constants.iter().map(|constant| 1.0 / constant).collect();
            picker(GreedyBlocks::new(GaussSouthwell, partition(), weights))
        }
        Selection::GsdFixed => {
            picker(GreedyBlocks::new(GaussSouthwellDiagonal, partition(), ones()))
        }
        Selection::GsqFixed => picker(GreedyQuadraticBlocks::new(&blocks.factors, numbers)),
        Selection::CyclicVariable => {
            let order = vec![0; fit.unknowns()];
            picker(PermutedCoordinates::new(fit.unknowns(), size, order, random)?)
        }
        Selection::RandomVariable => picker(RandomCoordinates::new(indices, random)?),
        Selection::LipschitzVariable => picker(SampledCoordinates::new(indices, numbers, random)),
        Selection::GsVariable => picker(Greedy::new(GaussSouthwell, indices, numbers)),
        Selection::GslVariable => picker(Greedy::new(known.row_sums()?.clone(), indices, numbers)),
        Selection::GsdVariable => picker(Greedy::new(GaussSouthwellDiagonal, indices, numbers)),
        Selection::GsqVariable => {
            // As `GreedyQuadratic::plain` would, but the sums are at hand.
            let bound = known.row_sums()?.sums().iter().fold(0.0_f64, |most, s| most.max(*s));
            let trial = start.clone();
            let rule =
                GreedyQuadratic::new(bound, false, trial, indices, numbers.clone(), numbers)?;
            picker(rule)
        }
    })
}

/// An update at work.
pub(super) trait Changes<F: DataFit> {
    fn change(&mut self, fit: &F, point: &mut F::Point, chosen: Chosen<'_>);
}

struct Changer<U, S> {
    update: U,
    state: S,
}

impl<F: DataFit, U: Update<F, Unpenalized>> Changes<F> for Changer<U, U::State> {
    fn change(&mut self, fit: &F, point: &mut F::Point, chosen: Chosen<'_>) {
        self.update.apply(fit, &Unpenalized, point, chosen, &mut self.state);
    }
}

fn changer<'a, F, U>(update: U) -> Box<dyn Changes<F> + 'a>
where
    F: DataFit + 'a,
    U: Update<F, Unpenalized> + 'a,
{
    let state = update.start();
    Box::new(Changer { update, state })
}

/// The update of a step. Fixed blocks use what is known of them.
pub(super) fn changes<'a, F: DataFit<Real = f64> + 'a>(
    step: Step,
    fixed: bool,
    unknowns: usize,
    Known { blocks, .. }: Known<'a>,
) -> Result<Box<dyn Changes<F> + 'a>> {
    let size = blocks.partition.size();
    let direction = Vector::filled(size, 0.0);
    let triangle = || Vector::filled(packed(size), 0.0);
    Ok(match (step, fixed) {
        (Step::Gradient, true) => {
            changer(Gradient::new(update::Known(blocks.constants.clone()), direction))
        }
        (Step::Gradient, false) => {
            changer(Gradient::new(Certified(Vector::filled(room(size), 0.0)), direction))
        }
        (Step::Matrix, true) => changer(FactoredMatrix::new(&blocks.factors, direction)),
        (Step::Matrix, false) => changer(Matrix::new(direction, triangle())),
        (Step::Estimated, _) => changer(Estimated::new(Vector::filled(unknowns, 1.0), direction)?),
        (Step::Newton, _) => changer(Newton::new(direction, triangle())),
    })
}
