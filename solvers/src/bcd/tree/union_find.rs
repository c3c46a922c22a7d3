//! [`Components`]: which accepted nodes hang together.

/// A node that was not accepted.
pub(super) const OUTSIDE: usize = usize::MAX;

/// A union–find forest in memory the caller owns: each accepted node points towards the
/// representative of its component, which points to itself.
///
/// Linking costs one write, finding halves the path that it walks: on average O(log N) without ranks.
///
/// Source: Tarjan and van Leeuwen 1984, *Worst-case analysis of set union algorithms* (halving).
pub(super) struct Components<'a>(&'a mut [usize]);

impl<'a> Components<'a> {
    /// No node is accepted.
    pub(super) fn none(memory: &'a mut [usize]) -> Self {
        memory.fill(OUTSIDE);
        Self(memory)
    }

    /// Where a node points; `None` for one that is not accepted.
    fn towards(&self, node: usize) -> Option<usize> {
        self.0.get(node).copied().filter(|next| *next != OUTSIDE)
    }

    fn point(&mut self, node: usize, next: usize) {
        if let Some(slot) = self.0.get_mut(node) {
            *slot = next;
        }
    }

    /// Lets every other node on the way from `node` skip one.
    fn shorten(&mut self, mut node: usize) {
        while let Some(next) = self.towards(node)
            && next != node
        {
            let Some(after) = self.towards(next) else { break };
            self.point(node, after);
            node = after;
        }
    }

    /// The last node on the way from `node` that does not yet point to `target`: it points there, or
    /// to itself. `None` where `node` is not accepted.
    fn end(&self, mut node: usize, target: usize) -> Option<usize> {
        loop {
            let next = self.towards(node)?;
            if next == node || next == target {
                return Some(node);
            }
            node = next;
        }
    }

    /// Accepts `node` if its neighbours, as far as they are accepted, lie in different components,
    /// and joins these; else nothing changes. `visit` calls its argument with each neighbour, the
    /// same ones every time.
    pub(super) fn accept(&mut self, node: usize, visit: impl Fn(&mut dyn FnMut(usize))) -> bool {
        if node >= self.0.len() || self.towards(node).is_some() {
            return false;
        }
        visit(&mut |neighbor| self.shorten(neighbor));
        // Each component is joined as it is met. One that already points here closes a cycle; since
        // no path is shortened meanwhile, the representatives can be told and set free again.
        let mut cycle = false;
        visit(&mut |neighbor| {
            if let Some(end) = self.end(neighbor, node) {
                cycle |= self.towards(end) == Some(node);
                self.point(end, node);
            }
        });
        if cycle {
            visit(&mut |neighbor| {
                if let Some(end) = self.end(neighbor, node) {
                    self.point(end, end);
                }
            });
        } else {
            self.point(node, node);
        }
        !cycle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(components: &mut Components<'_>, node: usize, neighbors: &[usize]) -> bool {
        components.accept(node, |visit| neighbors.iter().for_each(|j| visit(*j)))
    }

    #[test]
    fn a_cycle_is_refused_and_leaves_no_trace() {
        let mut memory = [7; 5];
        let mut components = Components::none(&mut memory);
        assert!(accept(&mut components, 0, &[1, 3]));
        assert!(accept(&mut components, 2, &[1, 3]));
        assert!(accept(&mut components, 1, &[0, 2, 4]));
        // 0 and 2 hang together through 1.
        assert!(!accept(&mut components, 3, &[0, 2]));
        assert!(accept(&mut components, 4, &[1]));
        assert!(!accept(&mut components, 3, &[0, 4]), "all in one component");
        assert!(accept(&mut components, 3, &[]));
    }

    #[test]
    fn nothing_is_accepted_twice_or_beyond_the_end() {
        let mut memory = [0; 2];
        let mut components = Components::none(&mut memory);
        assert!(accept(&mut components, 1, &[9]));
        assert!(!accept(&mut components, 1, &[]));
        assert!(!accept(&mut components, 2, &[]));
    }
}
