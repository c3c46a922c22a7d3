//! [`Greedy`]: the coordinates of the largest scores.

use super::score::is_better;
use super::{Chosen, Rule, Score};
use crate::Buffer;
use crate::fit::DataFit;

/// The τ coordinates of the largest scores, in descending order (variable blocks). A coordinate
/// whose score is zero is not chosen; one whose score is NaN comes first, so that it shows.
///
/// Storage: τ indices and τ scores, here and in the memory. Cost: N scores, and on average about
/// τ² log(N/τ) exchanges, at most N τ.
///
/// ```
/// use solvekit::bcd::{Descent, rule::{GaussSouthwellDiagonal, Greedy}, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let rule = Greedy::new(GaussSouthwellDiagonal, [0; 2], SVector::<f32, 2>::zeros());
/// let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (greedy rules with variable blocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greedy<S, I, V> {
    score: S,
    blank: Picked<I, V>,
}

/// The coordinates picked, and their scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Picked<I, V> {
    coordinates: I,
    scores: V,
    count: usize,
}

impl<S, I: AsRef<[usize]>, V> Greedy<S, I, V> {
    /// τ is the length of the shorter buffer; what they hold does not matter.
    pub const fn new(score: S, coordinates: I, scores: V) -> Self {
        Self { score, blank: Picked::new(coordinates, scores) }
    }
}

impl<I, V> Picked<I, V> {
    /// Nothing picked; room for as many as the shorter buffer holds.
    pub const fn new(coordinates: I, scores: V) -> Self {
        Self { coordinates, scores, count: 0 }
    }
}

impl<I: AsRef<[usize]> + AsMut<[usize]>, V> Picked<I, V> {
    /// Forgets what was picked.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// Keeps coordinate j if its score is among the largest so far.
    pub fn offer<R: crate::Real>(&mut self, j: usize, score: R)
    where
        V: Buffer<R>,
    {
        let (coordinates, scores) = (self.coordinates.as_mut(), self.scores.as_mut_slice());
        let capacity = coordinates.len().min(scores.len());
        let nothing = score == R::ZERO || capacity == 0;
        let last = scores.get(capacity.wrapping_sub(1)).copied().unwrap_or(R::ZERO);
        if nothing || (self.count >= capacity && !is_better(score, last)) {
            return;
        }
        self.count = (self.count + 1).min(capacity);
        let mut place = self.count - 1;
        while let Some(before) = place.checked_sub(1) {
            let Some(above) = scores.get(before).copied().filter(|above| is_better(score, *above))
            else {
                break;
            };
            if let (Some(slot), Some(moved)) = (scores.get_mut(place), Some(above)) {
                *slot = moved;
            }
            let moved = coordinates.get(before).copied();
            if let (Some(slot), Some(moved)) = (coordinates.get_mut(place), moved) {
                *slot = moved;
            }
            place = before;
        }
        if let (Some(slot), Some(coordinate)) = (scores.get_mut(place), coordinates.get_mut(place))
        {
            (*slot, *coordinate) = (score, j);
        }
    }

    /// The most that can be picked.
    pub fn capacity<R: crate::Real>(&self) -> usize
    where
        V: Buffer<R>,
    {
        self.coordinates.as_ref().len().min(self.scores.as_slice().len())
    }

    /// What was picked, by coordinate; what is offered afterwards is compared with scores that no
    /// longer belong, so [`clear`](Self::clear) first.
    pub fn ascending(&mut self) -> &[usize] {
        let count = self.count;
        let picked = self.coordinates.as_mut().get_mut(..count).unwrap_or_default();
        // Few, and often nearly in order already: by insertion.
        for end in 1..picked.len() {
            let mut place = end;
            while let Some([before, own]) =
                place.checked_sub(1).and_then(|b| picked.get_mut(b..=place))
                && *before > *own
            {
                core::mem::swap(before, own);
                place -= 1;
            }
        }
        picked
    }

    /// What was picked, largest score first.
    pub fn coordinates(&self) -> &[usize] {
        self.coordinates.as_ref().get(..self.count).unwrap_or(&[])
    }
}

impl<F, P, S, I, V> Rule<F, P> for Greedy<S, I, V>
where
    F: DataFit,
    S: Score<F, P>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<F::Real>,
{
    type State = Picked<I, V>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn select<'a>(
        &'a self,
        fit: &F,
        penalty: &P,
        point: &F::Point,
        picked: &'a mut Self::State,
    ) -> Chosen<'a> {
        picked.clear();
        for j in 0..fit.unknowns() {
            picked.offer(j, self.score.score(fit, penalty, point, j));
        }
        Chosen { coordinates: picked.coordinates(), block: None }
    }
}
