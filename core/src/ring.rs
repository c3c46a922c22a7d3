//! [`Ring`]: the last observations, in fixed memory.

use crate::observe::{Observation, Observer};
use heapless::Deque;

/// Keeps the last `N` observations. A full ring gives up its oldest one for a new one, and counts it
/// as lost: a run never waits for who reads.
///
/// Storage: `N` observations (20 bytes each for `f32`) and four words.
///
/// ```
/// use solvekit_core::{Observation, Observer, Ring, Status};
/// static EMPTY: Ring<f32, 2> = Ring::new(); // `const`, so that it can live in a `static`
/// let mut ring = EMPTY.clone();
/// for iteration in 0..3 {
///     let status = Status::Running;
///     ring.observe(&Observation { iteration, residual: 1.0, parameter: Some(1.5), arm: None, status });
/// }
/// assert_eq!((ring.pop().map(|seen| seen.iteration), ring.lost()), (Some(1), 1));
/// ```
#[derive(Clone, Debug)]
pub struct Ring<R, const N: usize> {
    held: Deque<Observation<R>, N>,
    lost: u32,
}

impl<R, const N: usize> Ring<R, N> {
    /// Empty. A ring that could hold nothing does not compile.
    pub const fn new() -> Self {
        const { assert!(N > 0, "a ring holds at least one observation") };
        Self { held: Deque::new(), lost: 0 }
    }

    /// The oldest observation, taken out.
    pub fn pop(&mut self) -> Option<Observation<R>> {
        self.held.pop_front()
    }

    /// Observations in it.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Observations that nobody took out in time, since the beginning; it stays at the largest number.
    pub const fn lost(&self) -> u32 {
        self.lost
    }

    /// From the oldest to the newest, left where they are.
    pub fn iter(&self) -> impl Iterator<Item = &Observation<R>> {
        self.held.iter()
    }
}

impl<R, const N: usize> Default for Ring<R, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Copy, const N: usize> Observer<R> for Ring<R, N> {
    fn observe(&mut self, seen: &Observation<R>) {
        if self.held.is_full() && self.held.pop_front().is_some() {
            self.lost = self.lost.saturating_add(1);
        }
        // There is room for one now.
        let _ = self.held.push_back(*seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    fn seen(iteration: u32) -> Observation<f32> {
        Observation {
            iteration,
            residual: 1.0,
            parameter: None,
            arm: None,
            status: Status::Running,
        }
    }

    #[test]
    fn the_oldest_is_lost_and_counted() {
        let mut ring = Ring::<f32, 3>::new();
        assert!(ring.is_empty() && ring.pop().is_none());
        (0..3).for_each(|k| ring.observe(&seen(k)));
        assert_eq!((ring.len(), ring.lost()), (3, 0));
        (3..5).for_each(|k| ring.observe(&seen(k)));
        assert_eq!((ring.len(), ring.lost()), (3, 2));
        assert!(ring.iter().map(|seen| seen.iteration).eq(2..5));
        assert_eq!(ring.pop(), Some(seen(2)));
        ring.observe(&seen(5));
        assert_eq!((ring.len(), ring.lost()), (3, 2));
    }

    #[test]
    fn the_count_of_the_lost_does_not_wrap() {
        let mut ring = Ring::<f32, 1> { lost: u32::MAX - 1, ..Ring::new() };
        (0..4).for_each(|k| ring.observe(&seen(k)));
        assert_eq!(ring.lost(), u32::MAX);
    }
}
