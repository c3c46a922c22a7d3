//! [`Update`]: one relaxation step of one unknown.

use super::Buffer;
use crate::Scalar;

/// One relaxation step of one unknown, a function of numbers alone. A trait and not a closure,
/// because only a method can be told to be inlined wherever it is called: lanes that pass through
/// a call go through memory.
///
/// ```
/// use solvekit_core::{Lanes, Scalar, operator::Update};
/// /// x ← x + ω d (b − Σ a x), with d the reciprocal of the diagonal.
/// struct Overrelax<T>(T);
/// impl<T: Scalar> Update<T> for Overrelax<T> {
///     #[inline(always)]
///     fn relaxed(&self, dot: T, old: T, [b, inverse]: [T; 2]) -> T {
///         old + (self.0 * inverse) * (b - dot)
///     }
/// }
/// assert_eq!(Overrelax(1.5).relaxed(1.0, 2.0, [3.0, 0.25]), 2.75);
/// // Two problems side by side.
/// let beside = [Lanes([3.0, 8.0]), Lanes([0.25, 0.5])];
/// let new = Overrelax(Lanes([1.5, 1.0])).relaxed(Lanes([1.0, 0.0]), Lanes([2.0, 0.0]), beside);
/// assert_eq!(new, Lanes([2.75, 4.0]));
/// ```
pub trait Update<T> {
    /// The new xᵢ out of Σⱼ aᵢⱼ xⱼ, the old xᵢ and the entries i of two vectors.
    fn relaxed(&self, dot: T, old: T, beside: [T; 2]) -> T;

    /// [`relaxed`](Self::relaxed) before it looks at what it found, for an update that lets nothing
    /// pass but finite numbers: where this is finite, `relaxed` is the same to the bit, and where Σⱼ aᵢⱼ xⱼ
    /// or the old xᵢ is not finite, this is not. Then a dense operator has to look at one of several rows.
    /// `None` for other updates.
    #[inline(always)]
    fn unchecked(&self, _dot: T, _old: T, _beside: [T; 2]) -> Option<T> {
        None
    }
}

/// An update by row out of one that has the numbers of two vectors at hand. A row that they do not
/// have keeps its value.
#[inline(always)]
pub fn looked_up<T: Scalar, V: Buffer<T>>(
    beside: [&V; 2],
    update: &impl Update<T>,
) -> impl FnMut(usize, T, T) -> T {
    let [first, second] = beside.map(V::as_slice);
    move |row, dot, old| match (first.get(row), second.get(row)) {
        (Some(first), Some(second)) => update.relaxed(dot, old, [*first, *second]),
        _ => old,
    }
}
