//! [`Random`] and [`RandomCoordinates`]: every block alike likely.

use super::{Chosen, Rule, RuleError};
use crate::bcd::Partition;
use crate::draw::below;
use crate::fit::DataFit;
use rand_core::Rng;

/// A fixed block, each alike likely. Its memory is the generator; the draws use 32-bit words only
/// and are the same everywhere.
///
/// Storage: the partition, and the generator. Cost: one draw. Decrease to be expected: the average over the blocks.
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::bcd::{Descent, Partition, rule::Random, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let rule = Random::new(blocks, Pcg32::seed_from_u64(7));
/// let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nesterov 2012; Nutini, Laradji and Schmidt 2022 (random selection).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random<O, G> {
    partition: Partition<O>,
    generator: G,
}

impl<O: AsRef<[usize]>, G: Rng> Random<O, G> {
    /// `generator` is seeded by the caller.
    pub const fn new(partition: Partition<O>, generator: G) -> Self {
        Self { partition, generator }
    }
}

impl<F: DataFit, P, O: AsRef<[usize]>, G: Rng + Clone> Rule<F, P> for Random<O, G> {
    type State = G;

    fn start(&self) -> G {
        self.generator.clone()
    }

    fn select<'a>(&'a self, _: &F, _: &P, _: &F::Point, generator: &'a mut G) -> Chosen<'a> {
        let block = below(generator, self.partition.blocks());
        Chosen { coordinates: self.partition.block(block), block: Some(block) }
    }
}

/// τ different coordinates, every such set alike likely (variable blocks).
///
/// Storage: τ indices, here and in the memory, whatever N. Cost: τ draws and τ²/2 comparisons.
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::bcd::{Descent, rule::RandomCoordinates, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let rule = RandomCoordinates::new([0; 2], Pcg32::seed_from_u64(7))?;
/// let descent = Descent::new(Quadratic::new(&a, &b)?, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(descent.fit().start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Floyd's draw of a subset (Bentley and Floyd 1987).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomCoordinates<I, G> {
    blank: Subset<I, G>,
}

/// The coordinates drawn last, and the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Subset<I, G> {
    coordinates: I,
    generator: G,
}

impl<I: AsRef<[usize]>, G: Rng> RandomCoordinates<I, G> {
    /// τ is the length of `coordinates`; what it holds does not matter. Where there are fewer
    /// unknowns than τ the block is all of them.
    ///
    /// # Errors
    /// [`RuleError::NoBlock`].
    pub fn new(coordinates: I, generator: G) -> Result<Self, RuleError> {
        if coordinates.as_ref().is_empty() {
            return Err(RuleError::NoBlock);
        }
        Ok(Self { blank: Subset { coordinates, generator } })
    }
}

impl<F, P, I, G> Rule<F, P> for RandomCoordinates<I, G>
where
    F: DataFit,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    G: Rng + Clone,
{
    type State = Subset<I, G>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn select<'a>(
        &'a self,
        fit: &F,
        _: &P,
        _: &F::Point,
        subset: &'a mut Self::State,
    ) -> Chosen<'a> {
        let Subset { coordinates, generator } = subset;
        let unknowns = fit.unknowns();
        let coordinates = coordinates.as_mut();
        let count = coordinates.len().min(unknowns);
        for (k, last) in (unknowns - count..unknowns).enumerate() {
            let drawn = below(generator, last + 1);
            // A coordinate that is in already makes room for the last one, which cannot be.
            let taken = coordinates.get(..k).unwrap_or(&[]).contains(&drawn);
            if let Some(slot) = coordinates.get_mut(k) {
                *slot = if taken { last } else { drawn };
            }
        }
        Chosen { coordinates: coordinates.get(..count).unwrap_or(&[]), block: None }
    }
}
