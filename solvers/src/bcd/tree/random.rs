//! [`RandomTree`]: a forest grown in a random order.

use super::{Forest, Graph};
use crate::bcd::rule::{Chosen, Rule};
use crate::draw::shuffle;
use rand_core::Rng;

/// All coordinates in a random order, drawn anew each time, each taken unless it closes a cycle with
/// those taken before it. As good as a forest gets without looking at the gradient; see
/// [`GreedyTree`](super::GreedyTree).
///
/// The generator, and with it the seed, is the caller's; a start begins with a copy of it. Storage:
/// 2 N indices and the generator, here and in the memory. Cost: N draws, three visits of each row.
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::bcd::{Descent, tree::{MessagePassing, RandomTree}};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, operator::zeros, penalty::Unpenalized, solve};
/// // A ring of four, tied to the ground everywhere: three of them make a tree.
/// let a = SMatrix::<f32, 4, 4>::from([
///     [3.0, -1.0, 0.0, -1.0], [-1.0, 3.0, -1.0, 0.0], [0.0, -1.0, 3.0, -1.0], [-1.0, 0.0, -1.0, 3.0],
/// ]);
/// let b = SVector::from([1.0, 2.0, 3.0, 4.0]);
/// let tree = RandomTree::new([[0; 4]; 2], Pcg32::seed_from_u64(7));
/// let update = MessagePassing::new([[0; 4]; 4], [zeros::<f32, 4, 1>(); 2]);
/// let descent = Descent::new(Quadratic::new(&a, &b)?, Unpenalized, tree, update);
/// let mut state = descent.start_from(descent.fit().start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// assert_eq!(state.rule.forest.nodes().len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (random trees, in the experiments).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomTree<I, G> {
    blank: DrawnForest<I, G>,
}

/// The forest that was grown last, and the generator as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DrawnForest<I, G> {
    /// The forest.
    pub forest: Forest<I>,
    random: G,
}

impl<I, G> RandomTree<I, G> {
    /// Room for N indices, twice; what is in it does not matter. Coordinates for which there is no
    /// room are never chosen.
    pub const fn new(memory: [I; 2], random: G) -> Self {
        Self { blank: DrawnForest { forest: Forest::new(memory), random } }
    }
}

impl<F, P, I, G> Rule<F, P> for RandomTree<I, G>
where
    F: Graph,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    G: Rng + Clone,
{
    type State = DrawnForest<I, G>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn restart(&self, state: &mut Self::State) {
        state.forest.restart(&self.blank.forest);
        state.random.clone_from(&self.blank.random);
    }

    fn select<'a>(
        &'a self,
        fit: &F,
        _: &P,
        _: &F::Point,
        state: &'a mut Self::State,
    ) -> Chosen<'a> {
        let random = &mut state.random;
        state.forest.grow(fit, |nodes| shuffle(random, nodes));
        Chosen { coordinates: state.forest.nodes(), block: None }
    }
}
