//! [`GreedyTree`]: the forest that the largest scores grow.

use super::forest::by_score;
use super::{Forest, Graph};
use crate::bcd::rule::{Chosen, Rule, Score};
use crate::{Buffer, Scalar};

/// All coordinates in descending order of their scores, each taken unless it closes a cycle with
/// those taken before it: a variable block as large as a forest grows, of about two thirds of the
/// nodes of a lattice.
///
/// A coordinate whose score is zero is taken too: it moves with its neighbours. Equal scores go by
/// index; a score that is NaN comes first, so that it shows. Made for
/// [`MessagePassing`](super::MessagePassing).
///
/// Storage: 2 N indices and N numbers, here and in the memory. Cost: N scores, at most 2 N log₂ N
/// comparisons, three visits of each row.
///
/// ```
/// use solvekit::bcd::{Descent, rule::GaussSouthwellDiagonal, tree::{GreedyTree, MessagePassing}};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, operator::zeros, penalty::Unpenalized, solve};
/// // Four sensors in a ring, one of them tied to a reading of 8.
/// let a = SMatrix::<f32, 4, 4>::from([
///     [3.0, -1.0, 0.0, -1.0], [-1.0, 2.0, -1.0, 0.0], [0.0, -1.0, 2.0, -1.0], [-1.0, 0.0, -1.0, 2.0],
/// ]);
/// let b = SVector::from([8.0, 0.0, 0.0, 0.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let tree = GreedyTree::new(GaussSouthwellDiagonal, [[0; 4]; 2], zeros::<f32, 4, 1>());
/// let update = MessagePassing::new([[0; 4]; 4], [zeros::<f32, 4, 1>(); 2]);
/// let descent = Descent::new(fit, Unpenalized, tree, update);
/// let mut state = descent.start_from(fit.start());
/// let report = solve(&descent, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged());
/// assert!((state.point.x - SVector::repeat(8.0)).amax() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (greedy tree-structured blocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GreedyTree<S, I, V> {
    score: S,
    blank: ScoredForest<I, V>,
}

/// The forest that was grown last, and the scores that it grew by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ScoredForest<I, V> {
    /// The forest.
    pub forest: Forest<I>,
    scores: V,
}

impl<S, I, V> GreedyTree<S, I, V> {
    /// Room for N indices (twice) and N scores; what is in it does not matter. Coordinates for which
    /// there is no room are never chosen.
    pub const fn new(score: S, memory: [I; 2], scores: V) -> Self {
        Self { score, blank: ScoredForest { forest: Forest::new(memory), scores } }
    }
}

impl<F, P, S, I, V> Rule<F, P> for GreedyTree<S, I, V>
where
    F: Graph,
    S: Score<F, P>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<F::Real>,
{
    type State = ScoredForest<I, V>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn restart(&self, state: &mut Self::State) {
        state.forest.restart(&self.blank.forest);
        state.scores.clone_from(&self.blank.scores);
    }

    fn select<'a>(
        &'a self,
        fit: &F,
        penalty: &P,
        point: &F::Point,
        state: &'a mut Self::State,
    ) -> Chosen<'a> {
        for (j, slot) in state.scores.as_mut_slice().iter_mut().enumerate().take(fit.unknowns()) {
            *slot = self.score.score(fit, penalty, point, j);
        }
        let scores = state.scores.as_slice();
        state.forest.grow(fit, |nodes| {
            by_score(nodes, |j| scores.get(j).copied().unwrap_or(F::Real::ZERO));
        });
        Chosen { coordinates: state.forest.nodes(), block: None }
    }
}
