//! [`Workspace`]: memory for the columns in work.

use crate::direct::packed;
use crate::{Buffer, Real};

/// Memory for the columns in work: their Gram matrix, the factor of a part of it, and nine vectors.
///
/// `capacity` W is how many columns can be in work at once: [`numbers`] (W) numbers and
/// [`indices`] (N, W) indices. A capacity of M, the rows, or N, whichever is smaller, and some more
/// is enough for speed; less is slower and just as right. `const`-built from zeros.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Workspace<G, I> {
    capacity: usize,
    numbers: G,
    indices: I,
}

/// Numbers that a [`Workspace`] of a capacity W takes: W² + W (W + 1) / 2 + 9 W.
pub const fn numbers(capacity: usize) -> usize {
    if capacity > usize::MAX >> (usize::BITS / 2) {
        // No memory has so many.
        return usize::MAX;
    }
    capacity.saturating_mul(capacity).saturating_add(packed(capacity)).saturating_add(9 * capacity)
}

/// Indices that a [`Workspace`] of a capacity W takes for N columns: N + 3 W.
pub const fn indices(columns: usize, capacity: usize) -> usize {
    columns.saturating_add(capacity.saturating_mul(3))
}

/// What a column is to the solver; in `places`, one word for each column.
pub(super) const OUTSIDE: usize = 0;
/// A column that is zero in every solution: the gap says so. A slot s is s + 1.
pub(super) const SCREENED: usize = usize::MAX;

/// The workspace, cut into its parts.
pub(super) struct Parts<'a, R> {
    pub(super) capacity: usize,
    /// Row i of the Gram matrix begins at i · capacity.
    pub(super) gram: &'a mut [R],
    pub(super) factor: &'a mut [R],
    pub(super) w: &'a mut [R],
    /// aⱼᵀr of the columns in work.
    pub(super) g: &'a mut [R],
    /// ‖aⱼ‖².
    pub(super) norms: &'a mut [R],
    /// 1 / (‖aⱼ‖² + μ); zero for a zero column.
    pub(super) inverse: &'a mut [R],
    pub(super) d: &'a mut [R],
    /// L⁻¹ u of the path, in the factor's order.
    pub(super) forward: &'a mut [R],
    pub(super) h: &'a mut [R],
    /// What a path still has to go.
    pub(super) u: &'a mut [R],
    /// Of the coordinates in the factor; 0 elsewhere, 2 where one must stay out of it.
    pub(super) signs: &'a mut [R],
    pub(super) places: &'a mut [usize],
    /// The column in each slot.
    pub(super) members: &'a mut [usize],
    /// The slots in the factor, in its order.
    pub(super) order: &'a mut [usize],
    /// Entries of each slot's row of the Gram matrix that have been computed.
    pub(super) known: &'a mut [usize],
}

impl<G, I> Workspace<G, I> {
    /// Memory for `capacity` columns in work. Checked where a state is made from it; a state that
    /// was `const`-built from too little works with a capacity of 0.
    pub const fn new(capacity: usize, numbers: G, indices: I) -> Self {
        Self { capacity, numbers, indices }
    }

    /// W.
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// Entries needed and given, where a buffer is too short.
    pub(super) fn shortage<R: Real>(&self, columns: usize) -> Option<(usize, usize)>
    where
        G: Buffer<R>,
        I: AsRef<[usize]>,
    {
        let pairs = [
            (numbers(self.capacity), self.numbers.as_slice().len()),
            (indices(columns, self.capacity), self.indices.as_ref().len()),
        ];
        pairs.into_iter().find(|(expected, found)| found < expected)
    }

    pub(super) fn parts<R: Real>(&mut self, columns: usize) -> Parts<'_, R>
    where
        G: Buffer<R>,
        I: AsRef<[usize]> + AsMut<[usize]>,
    {
        let capacity = if self.shortage(columns).is_none() { self.capacity } else { 0 };
        fn cut<T>(memory: &mut [T], at: usize) -> (&mut [T], &mut [T]) {
            let at = at.min(memory.len());
            memory.split_at_mut(at)
        }
        let (gram, rest) = cut(self.numbers.as_mut_slice(), capacity * capacity);
        let (factor, rest) = cut(rest, packed(capacity));
        let (w, rest) = cut(rest, capacity);
        let (g, rest) = cut(rest, capacity);
        let (norms, rest) = cut(rest, capacity);
        let (inverse, rest) = cut(rest, capacity);
        let (d, rest) = cut(rest, capacity);
        let (h, rest) = cut(rest, capacity);
        let (u, rest) = cut(rest, capacity);
        let (signs, rest) = cut(rest, capacity);
        let (forward, _) = cut(rest, capacity);
        let (places, rest) = cut(self.indices.as_mut(), columns);
        let (members, rest) = cut(rest, capacity);
        let (order, rest) = cut(rest, capacity);
        let (known, _) = cut(rest, capacity);
        Parts {
            capacity,
            gram,
            factor,
            w,
            g,
            norms,
            inverse,
            d,
            h,
            u,
            signs,
            forward,
            places,
            members,
            order,
            known,
        }
    }

    pub(super) fn clear<R: Real>(&mut self)
    where
        G: Buffer<R>,
        I: AsMut<[usize]>,
    {
        self.numbers.as_mut_slice().fill(R::ZERO);
        self.indices.as_mut().fill(OUTSIDE);
    }
}
