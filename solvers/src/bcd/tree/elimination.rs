//! [`Elimination`]: H_bb δ = −∇_b f for a block b that is a forest, leaves first.

use super::{Graph, Refusal};
use crate::Real;

/// In place of the number of neighbours that are left: this node is done.
const DONE: usize = usize::MAX;

/// Room for one block: nodes are known by their places in it. Where the answer is, is in `steps`.
pub(super) struct Elimination<'a, R> {
    /// The place of each coordinate of the problem. Only an entry that the block agrees with counts,
    /// so that nothing need be cleared.
    pub(super) places: &'a mut [usize],
    /// Neighbours that are left.
    pub(super) left: &'a mut [usize],
    /// The exclusive or of their places: with one left, its place.
    pub(super) above: &'a mut [usize],
    /// The nodes in the order in which they were eliminated.
    pub(super) order: &'a mut [usize],
    /// Pivots; of a node that is done aᵢₚ / dᵢ, p the node above it.
    pub(super) pivots: &'a mut [R],
    /// Right-hand sides; in the end δ.
    pub(super) steps: &'a mut [R],
}

impl<R: Real> Elimination<'_, R> {
    /// δ into `steps`, by place. Returns the largest amount that was added to a pivot, relative to its
    /// diagonal entry. Cost: the block's rows of H, three times.
    ///
    /// # Errors
    /// [`Refusal`]; `steps` then mean nothing.
    pub(super) fn solve<F: Graph<Real = R>>(
        &mut self,
        fit: &F,
        point: &F::Point,
        block: &[usize],
    ) -> Result<R, Refusal<R>> {
        self.take_places(fit.unknowns(), block)?;
        self.read_rows(fit, point, block);
        let added = self.eliminate(fit, block)?;
        self.substitute(block.len());
        Ok(added)
    }

    fn take_places(&mut self, unknowns: usize, block: &[usize]) -> Result<(), Refusal<R>> {
        let rooms = [&*self.left, &*self.above, &*self.order].map(<[usize]>::len);
        let numbers = self.pivots.len().min(self.steps.len());
        let found = rooms.into_iter().fold(numbers, usize::min);
        if found < block.len() {
            return Err(Refusal::Room { expected: block.len(), found });
        }
        for (place, coordinate) in block.iter().copied().enumerate() {
            match self.places.get_mut(coordinate) {
                Some(slot) if coordinate < unknowns => {
                    if *slot != place && block.get(*slot) == Some(&coordinate) {
                        return Err(Refusal::Repeated { coordinate });
                    }
                    *slot = place;
                }
                _ if coordinate < unknowns => {
                    let (expected, found) = (unknowns, self.places.len());
                    return Err(Refusal::Room { expected, found });
                }
                _ => return Err(Refusal::Outside { coordinate }),
            }
        }
        Ok(())
    }

    fn read_rows<F: Graph<Real = R>>(&mut self, fit: &F, point: &F::Point, block: &[usize]) {
        let places = &*self.places;
        let edges = self.left.iter_mut().zip(self.above.iter_mut());
        let numbers = self.pivots.iter_mut().zip(self.steps.iter_mut());
        for ((coordinate, (left, above)), (pivot, step)) in block.iter().zip(edges).zip(numbers) {
            (*left, *above, *pivot) = (0, 0, R::ZERO);
            *step = -fit.partial(point, *coordinate);
            fit.visit_bound(*coordinate, |j, value| {
                if j == *coordinate {
                    *pivot = value;
                } else if value != R::ZERO
                    && let Some(place) =
                        places.get(j).filter(|place| block.get(**place) == Some(&j))
                {
                    *left += 1;
                    *above ^= *place;
                }
            });
        }
    }

    /// Leaves to roots.
    fn eliminate<F: Graph<Real = R>>(&mut self, fit: &F, block: &[usize]) -> Result<R, Refusal<R>> {
        let rounding = R::EPSILON * R::from_f64(4.0) * R::from_u32(block.len() as u32);
        let (mut done, mut added) = (0, R::ZERO);
        for start in 0..block.len() {
            // A leaf, then the node above it where that has become one, and so on.
            let mut next = Some(start);
            while let Some(place) = next.take()
                && let Some(left @ (0 | 1)) = self.left.get(place).copied()
                && let Some(coordinate) = block.get(place).copied()
            {
                let raw = self.pivots.get(place).copied().unwrap_or(R::ZERO);
                let diagonal = fit.lipschitz(coordinate);
                let pivot = regular(raw, diagonal, rounding * diagonal)
                    .ok_or(Refusal::Curvature { coordinate, pivot: raw })?;
                if raw < pivot && diagonal > R::ZERO {
                    added = added.max((pivot - raw) / diagonal);
                }
                let mut ratio = R::ZERO;
                let step = self.steps.get(place).copied().unwrap_or(R::ZERO) / pivot;
                if left == 1 {
                    let above = self.above.get(place).copied().unwrap_or(DONE);
                    let edge = block.get(above).map_or(R::ZERO, |j| fit.bound(coordinate, *j));
                    ratio = edge / pivot;
                    self.relieve(place, above, edge, ratio, step)
                        .ok_or(Refusal::Cycle { coordinate })?;
                    next = Some(above);
                }
                if let (Some(pivot), Some(slot), Some(left), Some(order)) = (
                    self.pivots.get_mut(place),
                    self.steps.get_mut(place),
                    self.left.get_mut(place),
                    self.order.get_mut(done),
                ) {
                    (*pivot, *slot, *left, *order) = (ratio, step, DONE, place);
                    done += 1;
                }
            }
        }
        // What is left has two neighbours left, each of it.
        let mut places = block.iter().zip(self.left.iter());
        match places.find(|(_, left)| **left != DONE) {
            Some((coordinate, _)) => Err(Refusal::Cycle { coordinate: *coordinate }),
            None => Ok(added),
        }
    }

    /// Takes a leaf from the node above it. `None` if that does not know of the leaf.
    fn relieve(&mut self, leaf: usize, above: usize, edge: R, ratio: R, step: R) -> Option<()> {
        let left = self.left.get_mut(above).filter(|left| **left != DONE && **left > 0)?;
        *left -= 1;
        *self.above.get_mut(above)? ^= leaf;
        *self.pivots.get_mut(above)? -= edge * ratio;
        *self.steps.get_mut(above)? -= edge * step;
        Some(())
    }

    /// Roots to leaves.
    fn substitute(&mut self, nodes: usize) {
        for place in self.order.get(..nodes).unwrap_or(&[]).iter().rev() {
            let above = self.above.get(*place).and_then(|above| self.steps.get(*above)).copied();
            let ratio = self.pivots.get(*place).copied();
            if let (Some(step), Some(ratio), Some(above)) =
                (self.steps.get_mut(*place), ratio.filter(|ratio| *ratio != R::ZERO), above)
            {
                *step -= ratio * above;
            }
        }
    }
}

/// What to take for a pivot: one that is zero to rounding is raised to `floor`, one that is clearly
/// negative, or no number, is refused. A row of zeros gets 1, so that its unknown stays.
fn regular<R: Real>(pivot: R, diagonal: R, floor: R) -> Option<R> {
    if pivot > floor && pivot.is_finite() {
        Some(pivot)
    } else if floor > R::ZERO && pivot >= -floor {
        Some(floor)
    } else if diagonal == R::ZERO && pivot == R::ZERO {
        Some(R::ONE)
    } else {
        None
    }
}
