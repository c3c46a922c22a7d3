//! [`Layer`]: one layer's numbers, and its shrinkage.

use super::Element;
use solvekit::network::Spline;
use std::cmp::Ordering;

/// One layer: x⁺ = shrink(x + γ Wᵀ(y − A x)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer<T> {
    /// γ.
    pub step: T,
    /// What follows it.
    pub shrink: Shrink<T>,
}

/// What becomes of z = x + γ Wᵀr.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shrink<T> {
    /// Entries up to θ become zero, the others come closer to it by θ, but for the largest ones.
    Soft {
        /// θ.
        threshold: T,
        /// How many of the largest pass as they are.
        passing: usize,
    },
    /// A spline, but for the largest entries above θ.
    Spline {
        /// θ.
        threshold: T,
        /// How many of the largest pass as they are.
        passing: usize,
        /// S.
        spline: Spline<T>,
    },
    /// Entries up to a threshold become zero.
    Hard {
        /// The threshold.
        threshold: T,
    },
}

impl<T: Element> Layer<T> {
    /// Of unfolded ISTA: step α, θ = λα.
    pub fn ista(step: T, lambda: T) -> Self {
        Self { step, shrink: Shrink::Soft { threshold: lambda * step, passing: 0 } }
    }

    /// Of unfolded IHT: step α, threshold √(2λα).
    pub fn iht(step: T, lambda: T) -> Self {
        let threshold = (T::from_f64(2.0) * lambda * step).sqrt();
        Self { step, shrink: Shrink::Hard { threshold } }
    }

    /// Of ALISTA and LISTA-CP: the share `passing` of n entries is spared.
    pub fn coupled(step: T, threshold: T, passing: T, n: usize) -> Self {
        let wanted = passing * T::from_u32(u32::try_from(n).unwrap_or(u32::MAX));
        // The cast takes what is whole of it, zero for NaN.
        let passing = (wanted.wide() as usize).min(n);
        Self { step, shrink: Shrink::Soft { threshold, passing } }
    }

    /// The same with a spline in the place of soft thresholding. Where a layer leaves zeros nothing is
    /// asked for on the way back: a value of zero of the spline counts as fixed.
    #[must_use]
    pub const fn with_spline(self, spline: Spline<T>) -> Self {
        match self.shrink {
            Shrink::Soft { threshold, passing } => {
                Self { step: self.step, shrink: Shrink::Spline { threshold, passing, spline } }
            }
            _ => self,
        }
    }
}

/// What an entry of the output owes to the threshold: x⁺ = z + slope · θ.
pub(super) trait Shrinkage<T> {
    /// x ← shrink(z), for the first `n`; `room` holds as many. The size from which entries are
    /// spared.
    fn apply(&self, z: &[T], x: &mut [T], room: &mut [T], n: usize) -> T;
}

impl<T: Element> Shrinkage<T> for Shrink<T> {
    #[inline(always)]
    fn apply(&self, z: &[T], x: &mut [T], room: &mut [T], n: usize) -> T {
        match *self {
            Self::Hard { threshold } => {
                for (x, z) in x.iter_mut().zip(z) {
                    *x = if z.abs() <= threshold { T::ZERO } else { *z };
                }
                T::ZERO
            }
            Self::Spline { threshold, passing, ref spline } => {
                let level = spared_from(&z[..n], room, threshold, passing);
                // Most entries, and no call for them: up to here the spline is zero.
                let dead = match (spline.knots(), spline.values()) {
                    ([first, ..], [value, ..]) if *value == T::ZERO => threshold * *first,
                    _ => -T::ONE,
                };
                for (x, z) in x.iter_mut().zip(z) {
                    let size = z.abs();
                    *x = if size > threshold && size >= level {
                        *z
                    } else if size <= dead {
                        T::ZERO
                    } else {
                        spline.value(*z, threshold)
                    };
                }
                level
            }
            Self::Soft { threshold, passing } => {
                let level = spared_from(&z[..n], room, threshold, passing);
                for (x, z) in x.iter_mut().zip(z) {
                    let shrunk = if *z > T::ZERO { *z - threshold } else { *z + threshold };
                    let kept = if z.abs() >= level { *z } else { shrunk };
                    *x = if z.abs() <= threshold { T::ZERO } else { kept };
                }
                level
            }
        }
    }
}

/// The size of the `passing`-th largest among the entries above θ; zero where all of them pass, and
/// infinity where none does.
#[inline(always)]
fn spared_from<T: Element>(z: &[T], room: &mut [T], threshold: T, passing: usize) -> T {
    if passing == 0 {
        return T::INFINITY;
    }
    let mut above = 0;
    for z in z {
        let size = z.abs();
        room[above] = size;
        above += usize::from(size > threshold);
    }
    if above <= passing {
        return T::ZERO;
    }
    let descending = |a: &T, b: &T| b.partial_cmp(a).unwrap_or(Ordering::Equal);
    *room[..above].select_nth_unstable_by(passing - 1, descending).1
}
