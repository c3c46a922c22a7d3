//! [`GroupL1`]: λ Σ √|g| ‖x_g‖₂, groups that are zero as a whole.

use super::{L1, Penalty, PenaltyError, excess};
use crate::Real;
use crate::sum::{Accumulator, square, sum_of};

/// g(x) = λ Σ √|g| ‖x_g‖₂ over groups of `size` neighbours: coordinates 0 … size − 1, and so on; the
/// last group may be shorter, and |g| is how many it has. Sets whole groups to zero. With groups of
/// one it is [`L1`].
///
/// prox of a group, with t = λ√|g|·step: v · max(1 − t/‖v‖₂, 0). Distance of a group (a 2-norm over
/// it, of which [`stationarity`](Penalty::stationarity) is the largest): max(‖∇_g f‖₂ − λ√|g|, 0)
/// where x_g = 0, ‖∇_g f + λ√|g| x_g/‖x_g‖₂‖₂ elsewhere. Storage: four numbers.
///
/// Its coordinates know of each other: it is not [`Separable`](crate::Separable). What
/// [`Penalty`] says of one coordinate is here said of it while the rest of its group is zero, and a
/// block given to [`prox_block`](Penalty::prox_block) must consist of whole groups: what it leaves
/// out counts as zero.
///
/// ```
/// use solvekit::penalty::{GroupL1, Penalty};
/// // Coordinates 0 to 3 are a group, 4 is one of its own.
/// let penalty = GroupL1::new(1.0_f32, 4, 5)?;
/// let mut v = [3.0, 0.0, 4.0, 0.0, 0.5];
/// penalty.prox_block(&[0, 1, 2, 3, 4], 0.5, &mut v);
/// assert_eq!(v, [2.4, 0.0, 3.2, 0.0, 0.0]);
/// assert_eq!(penalty.total(&v), 8.0); // √4 · ‖(2.4, 0, 3.2, 0)‖
/// # Ok::<(), solvekit::penalty::PenaltyError>(())
/// ```
///
/// Source: Yuan and Lin 2006 (eq. 2.1, the group lasso with weights √|g|).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Kept<R>", bound(deserialize = "R: Real + serde::Deserialize<'de>"))
)]
pub struct GroupL1<R> {
    size: usize,
    /// The first coordinate of a last group that is shorter.
    short: usize,
    weight: R,
    short_weight: R,
}

/// What is kept; who reads it passes checks as of the constructor, which had other numbers.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Kept<R> {
    size: usize,
    short: usize,
    weight: R,
    short_weight: R,
}

#[cfg(feature = "serde")]
impl<R: Real> TryFrom<Kept<R>> for GroupL1<R> {
    type Error = PenaltyError;

    fn try_from(kept: Kept<R>) -> Result<Self, PenaltyError> {
        let Kept { size, short, weight, short_weight } = kept;
        let (weight, short_weight) = (L1::new(weight)?.lambda(), L1::new(short_weight)?.lambda());
        let Some(inside) = short.checked_rem(size) else { return Err(PenaltyError::NoGroup) };
        let is_none = short == usize::MAX && short_weight == R::ZERO;
        // It begins where another one ends, and has no more coordinates than that.
        let is_one = short != usize::MAX && inside == 0 && short_weight <= weight;
        if is_none || is_one {
            Ok(Self { size, short, weight, short_weight })
        } else {
            Err(PenaltyError::LastGroup)
        }
    }
}

impl<R: Real> GroupL1<R> {
    /// λ ≥ 0, at least one coordinate in a group, and the number of unknowns, which says how long
    /// the last group is.
    ///
    /// # Errors
    /// [`PenaltyError::Weight`], [`PenaltyError::NoGroup`], [`PenaltyError::Empty`].
    pub fn new(lambda: R, size: usize, unknowns: usize) -> Result<Self, PenaltyError> {
        let lambda = L1::new(lambda)?.lambda();
        if unknowns == 0 {
            return Err(PenaltyError::Empty);
        }
        let Some(rest) = unknowns.checked_rem(size) else { return Err(PenaltyError::NoGroup) };
        let weigh = |count: usize| {
            let weight = lambda * R::from_u32(u32::try_from(count).unwrap_or(u32::MAX)).sqrt();
            if weight.is_finite() { Ok(weight) } else { Err(PenaltyError::Weight) }
        };
        let short = if rest == 0 { usize::MAX } else { unknowns - rest };
        // A group of more than there are unknowns is the short one.
        let weight = weigh(size.min(unknowns))?;
        Ok(Self { size, short, weight, short_weight: weigh(rest)? })
    }

    /// The number of the group that has coordinate j.
    #[inline]
    pub const fn group(&self, coordinate: usize) -> usize {
        match coordinate.checked_div(self.size) {
            Some(group) => group,
            // No group is without coordinates.
            None => 0,
        }
    }

    /// λ√|g| of the group that has coordinate j.
    #[inline]
    pub const fn weight(&self, coordinate: usize) -> R {
        if coordinate >= self.short { self.short_weight } else { self.weight }
    }

    /// The penalty of coordinate j while the rest of its group is zero.
    const fn alone(&self, coordinate: usize) -> L1<R> {
        L1::checked(self.weight(coordinate))
    }

    /// The largest size of a group.
    pub const fn size(&self) -> usize {
        self.size
    }
}

/// ‖v‖₂ of numbers that are seen once: squares are taken of what is divided by the largest so far,
/// so that neither end of the range is left.
#[derive(Clone, Copy)]
struct RunningNorm<R> {
    largest: R,
    squares: R,
}

impl<R: Real> RunningNorm<R> {
    const ZERO: Self = Self { largest: R::ZERO, squares: R::ZERO };

    fn add(&mut self, v: R) {
        let size = v.abs();
        if size > self.largest {
            self.squares = R::ONE + self.squares * square(self.largest / size);
            self.largest = size;
        } else if size != R::ZERO {
            // NaN comes here and stays.
            self.squares += square(size / self.largest);
        }
    }

    fn total(self) -> R {
        self.largest * self.squares.sqrt()
    }
}

/// ‖v‖₂ of the members of a group, scaled by the largest against both ends of the range.
fn norm_of<R: Real>(members: impl Iterator<Item = R> + Clone) -> R {
    let scale = members.clone().fold(R::ZERO, |worst, v| worst.max(v.abs())).unit_scale();
    let mut squares = Accumulator::default();
    members.enumerate().for_each(|(k, v)| squares.add(k, square(v * scale)));
    squares.total().abs().sqrt() / scale
}

impl<R: Real> Penalty<R> for GroupL1<R> {
    fn value(&self, j: usize, x: R) -> R {
        self.alone(j).value(j, x)
    }
    #[inline]
    fn prox(&self, j: usize, step: R, v: R) -> R {
        self.alone(j).prox(j, step, v)
    }
    fn distance(&self, j: usize, x: R, gradient: R) -> R {
        self.alone(j).distance(j, x, gradient)
    }
    fn slope(&self, j: usize, x: R) -> R {
        self.alone(j).slope(j, x)
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x == R::ZERO
    }

    fn total(&self, x: &[R]) -> R {
        let size = self.size.max(1);
        let norm = |group: usize| norm_of(x.iter().skip(group * size).take(size).copied());
        sum_of(x.len().div_ceil(size), |group| self.weight(group * size) * norm(group))
    }

    /// Groups may stand in the block in any order, and their members too. Cost: one pass where
    /// groups ascend; τ² comparisons otherwise.
    fn prox_block(&self, block: &[usize], step: R, v: &mut [R]) {
        let ascending = block.is_sorted_by_key(|j| self.group(*j));
        let mut place = 0;
        while let (Some((first, rest)), Some(v)) =
            (block.get(place..).and_then(<[usize]>::split_first), v.get_mut(place..))
        {
            let group = self.group(*first);
            let others = rest.iter().take_while(|j| !ascending || self.group(**j) == group).count();
            let span = block.get(place..=place + others).unwrap_or(&[]);
            let is_new =
                ascending || !block.iter().take(place).any(|before| self.group(*before) == group);
            if is_new {
                let members = span.iter().zip(v.iter());
                let members = members.filter(|(j, _)| self.group(**j) == group).map(|(_, v)| *v);
                let (norm, limit) = (norm_of(members), self.weight(*first) * step);
                // NaN fails the comparison and stays.
                let factor = if norm <= limit { R::ZERO } else { R::ONE - limit / norm };
                for (_, v) in span.iter().zip(v).filter(|(j, _)| self.group(**j) == group) {
                    *v *= factor;
                }
            }
            place += if ascending { span.len().max(1) } else { 1 };
        }
    }

    fn prox_all(&self, step: R, v: &mut [R]) {
        let size = self.size.max(1);
        for (group, members) in v.chunks_mut(size).enumerate() {
            let limit = self.weight(group * size) * step;
            let norm = norm_of(members.iter().copied());
            let factor = if norm <= limit { R::ZERO } else { R::ONE - limit / norm };
            members.iter_mut().for_each(|v| *v *= factor);
        }
    }

    fn stationarity(&self, x: &[R], mut partial: impl FnMut(usize) -> R) -> R {
        let size = self.size.max(1);
        let mut worst = R::ZERO;
        for (group, members) in x.chunks(size).enumerate() {
            let first = group * size;
            let (norm, weight) = (norm_of(members.iter().copied()), self.weight(first));
            let mut distance = RunningNorm::ZERO;
            for (k, x) in members.iter().enumerate() {
                let pull = if norm == R::ZERO { R::ZERO } else { weight * (*x / norm) };
                distance.add(partial(first + k) + pull);
            }
            let limit = if norm == R::ZERO { weight } else { R::ZERO };
            worst = worst.max(excess(distance.total(), limit));
        }
        worst
    }
}
