//! [`TreePartition`]: all coordinates cut into forests, once.

use super::Graph;
use super::forest::{accept, by_score};
use super::union_find::{Components, OUTSIDE};
use crate::Real;
use crate::bcd::order::sort_by;
use crate::bcd::rule::{Chosen, Rule};
use crate::coloring::Groups;
use core::fmt;

/// Fixed blocks without cycles, each coordinate in one; as a rule they come in turn.
///
/// Each coordinate goes to the first forest in which it closes no cycle, so a coordinate of d
/// neighbours needs at most ⌊d / 2⌋ + 1 of them: two for a lattice. The colours of a
/// [`Coloring`](crate::Coloring) (red and black) are forests too, without an edge.
///
/// Storage: N indices and one for each forest; as many again and again while it is made. Cost: for
/// each forest at most three visits of each row, once.
///
/// ```
/// use solvekit::{FivePoint, SMatrix, bcd::tree::TreePartition, fit::Quadratic};
/// let lattice = FivePoint::<f32, 5, 5>::laplacian(0.1);
/// let b = SMatrix::repeat(1.0);
/// let fit = Quadratic::new(&lattice, &b)?;
/// let combs = TreePartition::natural(&fit, [[0; 25]; 3], [0; 4])?;
/// assert_eq!(combs.forests(), 2);
/// assert_eq!(combs.forest(0).len() + combs.forest(1).len(), 25);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (tree partitions; red–black).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreePartition<I, E> {
    /// Nodes, forest by forest, and what the making of it needed.
    memory: [I; 3],
    ends: E,
    forests: usize,
}

/// Why coordinates were not cut into forests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TreePartitionError {
    /// A buffer is for another number of coordinates.
    Length {
        /// Indices needed.
        expected: usize,
        /// Indices there is room for.
        found: usize,
    },
    /// A coordinate closes a cycle in every forest there is room for.
    TooManyForests {
        /// The first such coordinate.
        coordinate: usize,
        /// The number of forests there is room for.
        capacity: usize,
    },
    /// A coordinate is twice in the groups given, or beyond the last one.
    NotAnOrder {
        /// Its place in the groups.
        place: usize,
    },
}

impl fmt::Display for TreePartitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, found } => {
                write!(f, "room for {expected} coordinates is needed, there is room for {found}")
            }
            Self::TooManyForests { coordinate, capacity } => {
                write!(f, "coordinate {coordinate} needs more than {capacity} forests")
            }
            Self::NotAnOrder { place } => {
                write!(f, "place {place} of the groups repeats a coordinate or lies outside")
            }
        }
    }
}

impl core::error::Error for TreePartitionError {}

impl<I, E> TreePartition<I, E>
where
    I: AsRef<[usize]> + AsMut<[usize]>,
    E: AsRef<[usize]> + AsMut<[usize]>,
{
    /// Coordinates are assigned in their own order. `memory` has room for N indices, three times;
    /// `ends` for as many forests as may be needed.
    ///
    /// # Errors
    /// [`TreePartitionError`].
    pub fn natural<F: Graph>(fit: &F, memory: [I; 3], ends: E) -> Result<Self, TreePartitionError> {
        Self::assigned(fit, memory, ends, |_| ())
    }

    /// Coordinates are assigned in descending order of a score, equal ones by index; the score is
    /// Lⱼ as a rule.
    ///
    /// # Errors
    /// [`TreePartitionError`].
    pub fn sorted<F: Graph, R: Real>(
        fit: &F,
        memory: [I; 3],
        ends: E,
        score: impl Fn(usize) -> R,
    ) -> Result<Self, TreePartitionError> {
        Self::assigned(fit, memory, ends, |nodes| by_score(nodes, score))
    }

    /// Groups of a colouring as they are. That they are forests of a matrix is not checked here: a
    /// block that is none is refused by [`MessagePassing`](super::MessagePassing).
    ///
    /// # Errors
    /// [`TreePartitionError::Length`], [`TreePartitionError::NotAnOrder`].
    pub fn colored(
        groups: Groups<'_>,
        memory: [I; 3],
        ends: E,
    ) -> Result<Self, TreePartitionError> {
        let mut partition = Self { memory, ends, forests: groups.ends.len() };
        let expected = groups.rows.len();
        let [nodes, seen, _] = partition.memory.each_mut().map(I::as_mut);
        let room = partition.ends.as_mut();
        check(expected, [nodes.len(), seen.len()])?;
        if room.len() < groups.ends.len() {
            let coordinate = groups.rows_of(room.len()).first().map_or(0, |row| *row as usize);
            return Err(TreePartitionError::TooManyForests { coordinate, capacity: room.len() });
        }
        seen.fill(OUTSIDE);
        for (place, (slot, row)) in nodes.iter_mut().zip(groups.rows).enumerate() {
            *slot = *row as usize;
            match seen.get_mut(*slot) {
                Some(before) if *before == OUTSIDE => *before = place,
                _ => return Err(TreePartitionError::NotAnOrder { place }),
            }
        }
        for (slot, end) in room.iter_mut().zip(groups.ends) {
            *slot = *end as usize;
        }
        Ok(partition)
    }

    fn assigned<F: Graph>(
        fit: &F,
        memory: [I; 3],
        ends: E,
        arrange: impl FnOnce(&mut [usize]),
    ) -> Result<Self, TreePartitionError> {
        let mut partition = Self { memory, ends, forests: 0 };
        let [nodes, labels, components] = partition.memory.each_mut().map(I::as_mut);
        let ends = partition.ends.as_mut();
        check(fit.unknowns(), [nodes.len(), labels.len(), components.len()])?;
        nodes.iter_mut().enumerate().for_each(|(j, slot)| *slot = j);
        arrange(nodes);
        labels.fill(OUTSIDE);
        let mut components = Components::none(components);
        let capacity = ends.len();
        for node in nodes.iter().copied() {
            let label = |j: usize| labels.get(j).copied().unwrap_or(OUTSIDE);
            let fits = |forest: &usize| accept(fit, &mut components, node, |j| label(j) == *forest);
            let Some(forest) = (0..capacity).find(fits) else {
                return Err(TreePartitionError::TooManyForests { coordinate: node, capacity });
            };
            if let Some(slot) = labels.get_mut(node) {
                *slot = forest;
            }
            partition.forests = partition.forests.max(forest + 1);
        }
        let label = |j: usize| labels.get(j).copied().unwrap_or(OUTSIDE);
        sort_by(nodes, |i, j| (label(i), i) < (label(j), j));
        for (forest, end) in ends.iter_mut().enumerate() {
            *end = nodes.partition_point(|j| label(*j) <= forest);
        }
        Ok(partition)
    }
}

impl<I: AsRef<[usize]>, E: AsRef<[usize]>> TreePartition<I, E> {
    /// The number of forests.
    pub const fn forests(&self) -> usize {
        self.forests
    }

    /// The coordinates of one forest; none beyond the last.
    pub fn forest(&self, forest: usize) -> &[usize] {
        if forest >= self.forests {
            return &[];
        }
        let end = |forest: usize| self.ends.as_ref().get(forest).copied().unwrap_or(0);
        let first = forest.checked_sub(1).map_or(0, end);
        self.memory[0].as_ref().get(first..end(forest)).unwrap_or(&[])
    }
}

/// # Errors
/// `Length`.
fn check<const K: usize>(expected: usize, rooms: [usize; K]) -> Result<(), TreePartitionError> {
    match rooms.into_iter().find(|room| *room != expected) {
        Some(found) => Err(TreePartitionError::Length { expected, found }),
        None => Ok(()),
    }
}

impl<F: Graph, P, I: AsRef<[usize]>, E: AsRef<[usize]>> Rule<F, P> for TreePartition<I, E> {
    type State = usize;

    fn start(&self) -> usize {
        0
    }

    fn select<'a>(&'a self, _: &F, _: &P, _: &F::Point, next: &'a mut usize) -> Chosen<'a> {
        // A memory from elsewhere may point behind the last forest.
        let forest = if *next < self.forests { *next } else { 0 };
        *next = forest + 1;
        Chosen { coordinates: self.forest(forest), block: Some(forest) }
    }
}
