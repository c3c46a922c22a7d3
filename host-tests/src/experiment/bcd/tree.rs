//! Figure 6: blocks that are forests, solved exactly, on the lattice and the moons.

use super::data::Propagation;
use super::problem::{Set, energy, propagation, solution};
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use anyhow::Result;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{GaussSouthwell, GreedyBlocks, Rule};
use solvekit::bcd::tree::{GreedyTree, MessagePassing, RandomTree, TreePartition};
use solvekit::bcd::update::{Matrix, Update};
use solvekit::bcd::{Descent, Partition};
use solvekit::coloring::Groups;
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
    let graph = propagation(set, scale, seed)?;
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
    let [mut natural_order, mut by_constant] = [indices(), indices()];
    natural_order.iter_mut().enumerate().for_each(|(j, slot)| *slot = j);
    by_constant.clone_from(&natural_order);
    by_constant.sort_by(|i, j| fit.lipschitz(*j).total_cmp(&fit.lipschitz(*i)));
    let colored = |order: &[usize]| {
        let (rows, ends) = colors(&graph.matrix, order);
        TreePartition::colored(Groups { rows: &rows, ends: &ends }, memory(), vec![0; ends.len()])
    };
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
        one.trace("red-black, by constants", colored(&by_constant)?, messages()),
        one.trace("red-black, natural", colored(&natural_order)?, messages()),
        one.trace("general", general, matrix),
    ])
}

/// The first colour that no neighbour has, in a given order: nodes colour by colour, and the ends of
/// the colours.
fn colors(a: &CsrMatrix<f64>, order: &[usize]) -> (Vec<u32>, Vec<u32>) {
    let mut colors = vec![usize::MAX; order.len()];
    for node in order {
        let neighbours = a.row(*node).0.iter().map(|j| colors[*j as usize]);
        let taken: Vec<usize> = neighbours.collect();
        colors[*node] = (0..).find(|color| !taken.contains(color)).unwrap_or(0);
    }
    let (mut rows, mut ends) = (Vec::new(), Vec::new());
    let mut nodes: Vec<usize> = (0..order.len()).collect();
    nodes.sort_by_key(|node| colors[*node]);
    for (place, node) in nodes.iter().enumerate() {
        if place > 0 && colors[*node] != colors[nodes[place - 1]] {
            ends.push(place as u32);
        }
        rows.push(*node as u32);
    }
    ends.push(rows.len() as u32);
    (rows, ends)
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
