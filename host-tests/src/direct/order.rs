//! An order of the unknowns that keeps a factor narrow.

use crate::matrix::CsrMatrix;
use solvekit::{LinearOperator, Real};

/// The reverse Cuthill–McKee order of a square matrix: `order[new] = old`.
///
/// A breadth-first numbering of the pattern of A + Aᵀ from a vertex at its rim, neighbours of small
/// degree first, read backwards. Entries come to lie near the diagonal, where a factor's envelope is
/// all that fills in. Equal degrees keep their order, so the result is the same everywhere.
///
/// Cost: O(entries · log(largest degree)). Source: Cuthill and McKee 1969; George and Liu,
/// *Computer Solution of Large Sparse Positive Definite Systems*, 1981, §4.3.
#[must_use]
pub fn reverse_cuthill_mckee<T: Real>(a: &CsrMatrix<T>) -> Vec<u32> {
    let graph = Graph::of(a);
    let mut order = Vec::with_capacity(graph.len());
    let mut seen = vec![false; graph.len()];
    for vertex in 0..graph.len() {
        if !seen[vertex] {
            let rim = graph.rim(vertex);
            graph.number(rim, &mut seen, &mut order);
        }
    }
    order.reverse();
    order
}

/// The pattern of A + Aᵀ without its diagonal: who is whose neighbour.
struct Graph {
    ends: Vec<usize>,
    neighbours: Vec<u32>,
}

impl Graph {
    fn of<T: Real>(a: &CsrMatrix<T>) -> Self {
        let mut pairs = Vec::with_capacity(2 * a.entries());
        for (i, (columns, _)) in a.rows_in_order().enumerate() {
            for &j in columns.iter().filter(|&&j| j as usize != i) {
                pairs.push((i as u32, j));
                pairs.push((j, i as u32));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut ends = vec![0; a.rows()];
        pairs.iter().for_each(|(i, _)| ends[*i as usize] += 1);
        let mut total = 0;
        ends.iter_mut().for_each(|end| {
            total += *end;
            *end = total;
        });
        Self { ends, neighbours: pairs.into_iter().map(|(_, j)| j).collect() }
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn of_vertex(&self, vertex: usize) -> &[u32] {
        let start = if vertex == 0 { 0 } else { self.ends[vertex - 1] };
        &self.neighbours[start..self.ends[vertex]]
    }

    /// A vertex from which the others are far: the last one reached, again and again, while that
    /// makes the way longer.
    fn rim(&self, start: usize) -> usize {
        let (mut best, mut depth) = (start, 0);
        let mut from = start;
        loop {
            let (far, levels) = self.farthest(from);
            if levels <= depth {
                return best;
            }
            (best, depth, from) = (from, levels, far);
        }
    }

    /// The vertex of smallest degree in the last level of a breadth-first search, and how many
    /// levels there are.
    fn farthest(&self, start: usize) -> (usize, usize) {
        let mut seen = std::collections::HashSet::from([start as u32]);
        let mut level = vec![start as u32];
        let mut levels = 1;
        loop {
            let next: Vec<u32> = level
                .iter()
                .flat_map(|&vertex| self.of_vertex(vertex as usize))
                .copied()
                .filter(|&vertex| seen.insert(vertex))
                .collect();
            if next.is_empty() {
                let far = level.into_iter().min_by_key(|&v| (self.of_vertex(v as usize).len(), v));
                return (far.map_or(start, |v| v as usize), levels);
            }
            level = next;
            levels += 1;
        }
    }

    /// Appends everything that can be reached from `start`.
    fn number(&self, start: usize, seen: &mut [bool], order: &mut Vec<u32>) {
        let mut next = order.len();
        seen[start] = true;
        order.push(start as u32);
        while let Some(&vertex) = order.get(next) {
            next += 1;
            let first = order.len();
            for &neighbour in self.of_vertex(vertex as usize) {
                if !std::mem::replace(&mut seen[neighbour as usize], true) {
                    order.push(neighbour);
                }
            }
            order[first..].sort_by_key(|&v| self.of_vertex(v as usize).len());
        }
    }
}
