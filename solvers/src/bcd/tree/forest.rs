//! [`Forest`]: nodes without a cycle among them, accepted one after the other.

use super::Graph;
use super::union_find::Components;
use crate::Scalar;
use crate::bcd::order::sort_by;

/// A forest that was grown, and the room to grow the next one: 2 N indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Forest<I> {
    /// Nodes, and where each points in their union–find forest.
    memory: [I; 2],
    count: usize,
}

impl<I> Forest<I> {
    /// Room for N nodes each; what the buffers hold does not matter. Nodes for which there is no room
    /// are never accepted.
    pub(super) const fn new(memory: [I; 2]) -> Self {
        Self { memory, count: 0 }
    }
}

impl<I: Clone> Forest<I> {
    /// Becomes `blank`, without a third one in between.
    pub(super) fn restart(&mut self, blank: &Self) {
        self.memory.clone_from(&blank.memory);
        self.count = blank.count;
    }
}

impl<I: AsRef<[usize]>> Forest<I> {
    /// Its nodes, in the order in which they were accepted.
    pub fn nodes(&self) -> &[usize] {
        self.memory[0].as_ref().get(..self.count).unwrap_or(&[])
    }
}

impl<I: AsRef<[usize]> + AsMut<[usize]>> Forest<I> {
    /// Grows a new forest: all nodes are put in order by `arrange`, then each is accepted if that
    /// closes no cycle. Nodes that would close one are left out.
    pub(super) fn grow<F: Graph>(&mut self, fit: &F, arrange: impl FnOnce(&mut [usize])) {
        let [nodes, components] = self.memory.each_mut().map(I::as_mut);
        let room = nodes.len().min(fit.unknowns());
        let Some(nodes) = nodes.get_mut(..room) else { return };
        nodes.iter_mut().enumerate().for_each(|(j, slot)| *slot = j);
        arrange(nodes);
        let mut components = Components::none(components);
        self.count = 0;
        for place in 0..room {
            let Some(node) = nodes.get(place).copied() else { break };
            if accept(fit, &mut components, node, |_| true) {
                // Never ahead of `place`: the accepted move to the front.
                if let Some(slot) = nodes.get_mut(self.count) {
                    *slot = node;
                }
                self.count += 1;
            }
        }
    }
}

/// Accepts a node if among its neighbours that `belong` no two hang together.
pub(super) fn accept<F: Graph>(
    fit: &F,
    components: &mut Components<'_>,
    node: usize,
    belongs: impl Fn(usize) -> bool,
) -> bool {
    components.accept(node, |visit| {
        fit.visit_bound(node, |j, value| {
            if j != node && value != F::Real::ZERO && belongs(j) {
                visit(j);
            }
        });
    })
}

/// Sorts coordinates by descending scores; see [`descending`](crate::bcd::order::descending).
pub(super) fn by_score<R: crate::Real>(nodes: &mut [usize], score: impl Fn(usize) -> R) {
    sort_by(nodes, |i, j| crate::bcd::order::descending((i, score(i)), (j, score(j))));
}
