//! Data set D: a lattice.

use super::Propagation;
use crate::draws::Draws;
use anyhow::Result;

/// Data set D: a `side` × `side` lattice whose edges weigh 1e5; `labelled` nodes have values
/// 10 N(0, 1).
///
/// # Errors
/// Sizes beyond 32-bit indices.
pub fn lattice(seed: u64, side: usize, labelled: usize) -> Result<Propagation> {
    let mut draws = Draws::new(seed, 4);
    let nodes = side * side;
    let mut values = vec![None; nodes];
    for node in draws.subset(nodes, labelled) {
        values[node] = Some(10.0 * draws.normal());
    }
    let right = (0..nodes).filter(|node| node % side + 1 < side).map(|node| (node, node + 1));
    let below = (0..nodes - side).map(|node| (node, node + side));
    let edges: Vec<_> = right.chain(below).collect();
    Propagation::new(&edges, 1e5, &values)
}
