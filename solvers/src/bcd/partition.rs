//! [`Partition`]: coordinates cut into blocks of one size.

use super::order::sort_by;
use crate::Real;
use core::fmt;

/// All coordinates in some order, cut into blocks of `size`; the last may be shorter.
///
/// `O` holds the order: `[usize; N]` on a target, `Vec<usize>` on a host. Greedy rules do best with
/// blocks of coordinates that are alike: [`sorted`](Self::sorted) by Lipschitz constant.
///
/// ```
/// use solvekit::bcd::Partition;
/// let scores = [5.0_f32, 1.0, 4.0, 2.0, 3.0];
/// let sorted = Partition::sorted([0; 5], 2, |j| scores[j])?;
/// assert_eq!([sorted.block(0), sorted.block(1), sorted.block(2)], [&[1, 3][..], &[4, 2], &[0]]);
/// let averaged = Partition::averaged([0; 5], 2, |j| scores[j])?;
/// assert_eq!(averaged.block(0), &[1, 0]); // smallest with largest
/// # Ok::<(), solvekit::bcd::PartitionError>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (partitioning; best: sorted).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Partition<O> {
    order: O,
    size: usize,
}

/// Why a partition was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PartitionError {
    /// There is nothing to cut.
    Empty,
    /// A block size of zero.
    NoBlock,
    /// A coordinate is twice in the order, or beyond it.
    NotAnOrder {
        /// The place in the order.
        place: usize,
    },
}

impl fmt::Display for PartitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no coordinates to cut into blocks"),
            Self::NoBlock => f.write_str("a block needs at least one coordinate"),
            Self::NotAnOrder { place } => {
                write!(f, "place {place} of the order repeats a coordinate or lies outside")
            }
        }
    }
}

impl core::error::Error for PartitionError {}

impl<O: AsRef<[usize]>> Partition<O> {
    /// Blocks of neighbours in a given order, each coordinate once. Cost: N²/2 comparisons.
    ///
    /// # Errors
    /// [`PartitionError`].
    pub fn given(order: O, size: usize) -> Result<Self, PartitionError> {
        let all = order.as_ref();
        if all.is_empty() {
            return Err(PartitionError::Empty);
        }
        if size == 0 {
            return Err(PartitionError::NoBlock);
        }
        for (place, j) in all.iter().enumerate() {
            let before = all.get(..place).unwrap_or(&[]);
            if *j >= all.len() || before.contains(j) {
                return Err(PartitionError::NotAnOrder { place });
            }
        }
        Ok(Self { order, size })
    }

    /// Number of blocks.
    pub fn blocks(&self) -> usize {
        // Never zero; the compiler cannot know.
        self.order.as_ref().len().div_ceil(self.size.max(1))
    }

    /// The coordinates of one block; none beyond the last.
    pub fn block(&self, block: usize) -> &[usize] {
        self.block_and_rest(block).0
    }

    /// The same, and the coordinates of all blocks behind it. No division, unlike
    /// [`blocks`](Self::blocks).
    #[inline]
    pub(super) fn block_and_rest(&self, block: usize) -> (&[usize], &[usize]) {
        let first = block.saturating_mul(self.size);
        let rest = self.order.as_ref().get(first..).unwrap_or(&[]);
        rest.split_at_checked(self.size).unwrap_or((rest, &[]))
    }

    /// The largest size of a block.
    pub const fn size(&self) -> usize {
        self.size
    }
}

impl<O: AsRef<[usize]> + AsMut<[usize]>> Partition<O> {
    /// Blocks of consecutive coordinates. What `order` holds does not matter, only its length.
    ///
    /// # Errors
    /// [`PartitionError::Empty`], [`PartitionError::NoBlock`].
    pub fn consecutive(mut order: O, size: usize) -> Result<Self, PartitionError> {
        order.as_mut().iter_mut().enumerate().for_each(|(j, slot)| *slot = j);
        Self::checked(order, size)
    }

    /// Blocks of coordinates with neighbouring scores, ascending; equal scores by index. The score
    /// is Lⱼ ("sorted") or Σₖ|Hⱼₖ| ("Hessian-sorted"). Cost: N log N comparisons.
    ///
    /// # Errors
    /// [`PartitionError::Empty`], [`PartitionError::NoBlock`].
    pub fn sorted<R: Real>(
        order: O,
        size: usize,
        score: impl Fn(usize) -> R,
    ) -> Result<Self, PartitionError> {
        let mut partition = Self::consecutive(order, size)?;
        sort_by(partition.order.as_mut(), |i, j| {
            let (a, b) = (score(i), score(j));
            // NaN comes last.
            let is_nan = |score: R| score.partial_cmp(&score).is_none();
            let unordered = is_nan(a).cmp(&is_nan(b));
            a.partial_cmp(&b).unwrap_or(unordered).then(i.cmp(&j)).is_lt()
        });
        Ok(partition)
    }

    /// Blocks whose scores add up to about the same: smallest, largest, second smallest, second
    /// largest … Cost: as [`sorted`](Self::sorted), and N²/4 exchanges in place.
    ///
    /// # Errors
    /// [`PartitionError::Empty`], [`PartitionError::NoBlock`].
    pub fn averaged<R: Real>(
        order: O,
        size: usize,
        score: impl Fn(usize) -> R,
    ) -> Result<Self, PartitionError> {
        let mut partition = Self::sorted(order, size, score)?;
        let order = partition.order.as_mut();
        // The largest of what is left moves behind each smallest one.
        for place in (1..order.len()).step_by(2) {
            if let Some(rest) = order.get_mut(place..)
                && !rest.is_empty()
            {
                rest.rotate_right(1);
            }
        }
        Ok(partition)
    }

    fn checked(order: O, size: usize) -> Result<Self, PartitionError> {
        if order.as_ref().is_empty() {
            return Err(PartitionError::Empty);
        }
        if size == 0 {
            return Err(PartitionError::NoBlock);
        }
        Ok(Self { order, size })
    }
}
