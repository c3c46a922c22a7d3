//! Figure 6: blocks that are forests, solved exactly, on the lattice and the moons.

use super::data::{self, Propagation};
use super::problem::{Set, energy, solution};
use crate::matrix::{CsrMatrix, HostColoring};
use crate::vector::Vector;
use anyhow::Result;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{GaussSouthwell, GreedyBlocks, Rule};
use solvekit::bcd::tree::{GreedyTree, MessagePassing, RandomTree, TreePartition};
use solvekit::bcd::update::{Matrix, Update};
use solvekit::bcd::{Descent, Partition};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::{Iteration, LinearOperator};

/// Steps of every curve at most.
const STEPS: usize = 2000;
/// What ½‖x − x*‖²_A has to come down to, where the start is about 1e9 (D) or 720 (E).
pub const TARGET: f64 = 1e-3;

/// One curve of figure 6.
#[derive(Clone, Debug)]
pub struct TreeRow {
    /// D or E.
    pub set: Set,
    /// How blocks are found.
    pub name: &'static str,
    /// ½‖x − x*‖²_A at the start and after each step, until it is below [`TARGET`].
    pub gaps: Vec<f64>,
}

impl TreeRow {
    /// Steps until [`TARGET`]; `None` where they were too few.
    #[must_use]
    pub fn steps(&self) -> Option<usize> {
        self.gaps.iter().position(|gap| *gap <= TARGET)
    }
}

type Fit<'a> = Quadratic<'a, f64, CsrMatrix<f64>>;

/// All curves of figure 6 on one data set.
///
/// # Errors
/// A fit or a rule that is refused; data of the kinds used here are not.
pub fn trees(set: Set, scale: f64, seed: u64) -> Result<Vec<TreeRow>> {
    let graph = if set == Set::D {
        let side = ((50.0 * scale.sqrt()).round() as usize).max(8);
        data::lattice(seed, side, (side * side / 25).max(1))?
    } else {
        let points = ((2000.0 * scale).round() as usize).max(40);
        data::moons(seed, points, (points / 20).max(2))?
    };
    let fit = Quadratic::new(&graph.matrix, &graph.pull)?;
    let best = solution(&graph)?;
    let unknowns = fit.unknowns();
    let indices = || vec![0; unknowns];
    let numbers = || Vector::filled(unknowns, 0.0);
    let messages = || {
        MessagePassing::new([indices(), indices(), indices(), indices()], [numbers(), numbers()])
    };
    let ends = || vec![0; 64];
    let memory = || [indices(), indices(), indices()];
    let sorted = TreePartition::sorted(&fit, memory(), ends(), |j| fit.lipschitz(j))?;
    let natural = TreePartition::natural(&fit, memory(), ends())?;
    let coloring = HostColoring::of(&graph.matrix)?;
    let colors = TreePartition::colored(coloring.groups(), memory(), ends())?;
    let greedy = GreedyTree::new(GaussSouthwell, [indices(), indices()], numbers());
    let random = RandomTree::new([indices(), indices()], Pcg32::new(seed, 6));
    // Of equal work: a dense block of τ costs τ³.
    let size = (unknowns as f64).cbrt() as usize;
    let partition = Partition::consecutive(indices(), size)?;
    let ones = Vector::filled(partition.blocks(), 1.0);
    let general = GreedyBlocks::new(GaussSouthwell, partition, ones);
    let matrix = Matrix::new(Vector::filled(size, 0.0), Vector::filled(packed(size), 0.0));
    let one = Traced { set, fit, graph: &graph, best: &best };
    Ok(vec![
        one.trace("greedy tree", greedy, messages()),
        one.trace("tree partition, by constants", sorted, messages()),
        one.trace("tree partition, natural", natural, messages()),
        one.trace("random tree", random, messages()),
        one.trace("red-black", colors, messages()),
        one.trace("general", general, matrix),
    ])
}

struct Traced<'a> {
    set: Set,
    fit: Fit<'a>,
    graph: &'a Propagation,
    best: &'a [f64],
}

impl<'a> Traced<'a> {
    fn trace<S, U>(&self, name: &'static str, rule: S, update: U) -> TreeRow
    where
        S: Rule<Fit<'a>, Unpenalized>,
        U: Update<Fit<'a>, Unpenalized>,
    {
        let descent = Descent::new(self.fit.clone(), Unpenalized, rule, update);
        let mut state = descent.start_from(self.fit.start());
        let gap = |x: &[f64]| energy(&self.graph.matrix, x, self.best);
        let mut gaps = vec![gap(&state.point.x)];
        while gaps.len() <= STEPS && gaps.last().is_some_and(|gap| *gap > TARGET) {
            descent.step(&mut state);
            gaps.push(gap(&state.point.x));
        }
        debug_assert_eq!(self.graph.matrix.rows(), self.best.len());
        TreeRow { set: self.set, name, gaps }
    }
}
