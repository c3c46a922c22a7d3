//! Weighted graphs, their systems, and what is known of them without the kit.

use proptest::prelude::*;
use solvekit::RowOperator;
use solvekit::bcd::rule::Rule;
use solvekit::bcd::tree::MessagePassing;
use solvekit::bcd::update::Update;
use solvekit::fit::Quadratic;
use solvekit::penalty::Unpenalized;
use solvekit_host::matrix::{CsrMatrix, Triplets};
use solvekit_host::vector::Vector;
use std::collections::BTreeMap;

/// A graph with positive weights, and what ties each node to the ground.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub(super) ground: Vec<f64>,
    pub(super) edges: BTreeMap<(usize, usize), f64>,
}

impl Network {
    pub(super) fn new(
        ground: Vec<f64>,
        edges: impl IntoIterator<Item = (usize, usize, f64)>,
    ) -> Self {
        let ordered = edges.into_iter().filter(|(i, j, _)| i != j);
        let edges = ordered.map(|(i, j, weight)| ((i.min(j), i.max(j)), weight)).collect();
        Self { ground, edges }
    }

    pub(super) fn lattice(rows: usize, columns: usize, ground: f64) -> Self {
        let at = |i, j| i + rows * j;
        let down = (0..columns).flat_map(move |j| (1..rows).map(move |i| (at(i - 1, j), at(i, j))));
        let across =
            (0..rows).flat_map(move |i| (1..columns).map(move |j| (at(i, j - 1), at(i, j))));
        let edges = down.chain(across).map(|(p, q)| (p, q, 1.0 + 0.01 * ((p * 7 + q) % 13) as f64));
        Self::new(vec![ground; rows * columns], edges)
    }

    pub(super) fn nodes(&self) -> usize {
        self.ground.len()
    }

    pub(super) fn joined(&self, i: usize, j: usize) -> bool {
        self.edges.contains_key(&(i.min(j), i.max(j)))
    }

    /// The Laplacian with the ground on its diagonal: symmetric positive definite where every part
    /// of the graph is tied to the ground somewhere.
    pub(super) fn matrix(&self) -> CsrMatrix<f64> {
        let n = self.nodes();
        let mut triplets = Triplets::new(n, n).expect("a size");
        let mut put = |i, j, value| triplets.push(i, j, value).expect("an entry");
        self.ground.iter().enumerate().for_each(|(i, ground)| put(i, i, *ground));
        for ((i, j), weight) in &self.edges {
            put(*i, *i, *weight);
            put(*j, *j, *weight);
            put(*i, *j, -weight);
            put(*j, *i, -weight);
        }
        triplets.into_csr().expect("a matrix")
    }

    /// Is there no cycle among these nodes? By walking from each unseen one.
    pub(super) fn is_forest(&self, nodes: &[usize]) -> bool {
        let mut seen = vec![false; nodes.len()];
        for start in 0..nodes.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut walk = vec![(start, usize::MAX)];
            while let Some((at, from)) = walk.pop() {
                for next in 0..nodes.len() {
                    if next != at && next != from && self.joined(nodes[at], nodes[next]) {
                        if seen[next] {
                            return false;
                        }
                        seen[next] = true;
                        walk.push((next, at));
                    }
                }
            }
        }
        true
    }
}

/// Any graph of up to 14 nodes, tied to the ground everywhere, of any density.
pub(super) fn any_network() -> impl Strategy<Value = Network> {
    (1_usize..15).prop_flat_map(|n| {
        let ground = prop::collection::vec(0.01_f64..2.0, n);
        let edges = prop::collection::vec((0..n, 0..n, 0.1_f64..10.0), 0..2 * n);
        (ground, edges).prop_map(|(ground, edges)| Network::new(ground, edges))
    })
}

/// A right-hand side without structure.
pub(super) fn side(nodes: usize) -> Vector<f64> {
    (0..nodes).map(|k| ((k * 7 + 3) % 11) as f64 - 4.5).collect::<Vec<_>>().into()
}

/// The dense solution of A_bb δ = r_b.
pub(super) fn dense_block_solve(a: &CsrMatrix<f64>, block: &[usize], r: &[f64]) -> Vec<f64> {
    let mut matrix = nalgebra::DMatrix::zeros(block.len(), block.len());
    for (p, i) in block.iter().enumerate() {
        a.visit_row(*i, |j, value| {
            if let Some(q) = block.iter().position(|k| *k == j) {
                matrix[(p, q)] = value;
            }
        });
    }
    if block.is_empty() {
        return Vec::new(); // nalgebra's LU does not take a matrix of no rows
    }
    let r = nalgebra::DVector::from_iterator(block.len(), block.iter().map(|i| r[*i]));
    matrix.lu().solve(&r).expect("a regular block").as_slice().to_vec()
}

/// Room for message passing over n nodes.
pub(super) fn passing(n: usize) -> MessagePassing<Vec<usize>, Vector<f64>> {
    // What is in the buffers must not matter.
    let numbers = std::array::from_fn(|_| Vector::from(vec![f64::NAN; n]));
    MessagePassing::new(std::array::from_fn(|k| vec![k; n]), numbers)
}

/// A quadratic over a graph.
pub(super) type Fit<'a> = Quadratic<'a, f64, CsrMatrix<f64>>;

/// A rule's fresh memory for a fit of this kind.
pub(super) fn rule_start<'a, S: Rule<Fit<'a>, Unpenalized>>(_: &Fit<'a>, rule: &S) -> S::State {
    rule.start()
}

/// An update's fresh memory for a fit of this kind.
pub(super) fn update_start<'a, U: Update<Fit<'a>, Unpenalized>>(
    _: &Fit<'a>,
    update: &U,
) -> U::State {
    update.start()
}
