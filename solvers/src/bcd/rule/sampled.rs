//! [`Sampled`] and [`SampledCoordinates`]: more often where the gradient can change faster.

use super::{Chosen, Picked, Rule, RuleError};
use crate::bcd::{Partition, block_constants};
use crate::draw::{fraction, key};
use crate::fit::DataFit;
use crate::{Buffer, Real, Scalar};
use rand_core::Rng;

/// A fixed block with a probability in proportion to its weight; with L_b, the largest eigenvalue
/// of the block, this is Lipschitz sampling.
///
/// Storage: a number for each block. Cost: two random words and a search among the blocks.
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::bcd::{Descent, Partition, room, rule::Sampled, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let (sums, mut work) = (SVector::<f32, 2>::zeros(), [0.0; room(2)]);
/// let rule = Sampled::lipschitz(&fit, blocks, sums, &mut work, Pcg32::seed_from_u64(7))?;
/// let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nesterov 2012; Nutini, Laradji and Schmidt 2022 (Lipschitz sampling).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampled<O, W, G> {
    partition: Partition<O>,
    /// Sums of the weights up to and with each block.
    sums: W,
    generator: G,
}

impl<O: AsRef<[usize]>, W, G: Rng> Sampled<O, W, G> {
    /// One weight for each block, not all zero; a block of weight zero is never drawn.
    ///
    /// # Errors
    /// [`RuleError::Room`], [`RuleError::Weight`], [`RuleError::NoWeight`].
    pub fn new<R: Real>(
        partition: Partition<O>,
        mut weights: W,
        generator: G,
    ) -> Result<Self, RuleError>
    where
        W: Buffer<R>,
    {
        let blocks = partition.blocks();
        let found = weights.as_slice().len();
        RuleError::check_room(blocks, found)?;
        let mut sum = R::ZERO;
        for (block, weight) in weights.as_mut_slice().iter_mut().take(blocks).enumerate() {
            sum += *weight;
            // Also false for NaN.
            if !(*weight >= R::ZERO && sum.is_finite()) {
                return Err(RuleError::Weight { block });
            }
            *weight = sum;
        }
        if sum > R::ZERO {
            Ok(Self { partition, sums: weights, generator })
        } else {
            Err(RuleError::NoWeight)
        }
    }

    /// Weights L_b, each a certified bound ([`block_lipschitz`](crate::bcd::block_lipschitz));
    /// `weights` takes them, `room` needs [`room`](crate::bcd::room)`(τ)` numbers.
    ///
    /// # Errors
    /// [`RuleError::Room`], [`RuleError::Weight`], [`RuleError::NoWeight`].
    pub fn lipschitz<F: DataFit>(
        fit: &F,
        partition: Partition<O>,
        mut weights: W,
        room: &mut [F::Real],
        generator: G,
    ) -> Result<Self, RuleError>
    where
        W: Buffer<F::Real>,
    {
        block_constants(fit, &partition, weights.as_mut_slice(), room)?;
        Self::new(partition, weights, generator)
    }
}

impl<F, P, O, W, G> Rule<F, P> for Sampled<O, W, G>
where
    F: DataFit,
    O: AsRef<[usize]>,
    W: Buffer<F::Real>,
    G: Rng + Clone,
{
    type State = G;

    fn start(&self) -> G {
        self.generator.clone()
    }

    fn select<'a>(&'a self, _: &F, _: &P, _: &F::Point, generator: &'a mut G) -> Chosen<'a> {
        let blocks = self.partition.blocks();
        let sums = self.sums.as_slice().get(..blocks).unwrap_or(&[]);
        let total = sums.last().copied().unwrap_or(F::Real::ZERO);
        let target = fraction::<F::Real>(generator) * total;
        let block = sums.partition_point(|sum| *sum <= target);
        // Rounding may have made the fraction 1: then it is the last block that has a weight.
        let block = if block < blocks { block } else { sums.partition_point(|sum| *sum < total) };
        Chosen { coordinates: self.partition.block(block), block: Some(block) }
    }
}

/// τ different coordinates, drawn one after the other, each with a probability in proportion to
/// its Lⱼ among those left (variable blocks). A coordinate of no curvature is never drawn.
///
/// Storage: τ indices and τ numbers, here and in the memory. Cost: N random words and logarithms,
/// and the choice of the τ largest keys as in [`Greedy`](super::Greedy).
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::bcd::{Descent, rule::SampledCoordinates, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let keys = SVector::<f32, 2>::zeros();
/// let rule = SampledCoordinates::new([0; 2], keys, Pcg32::seed_from_u64(7));
/// let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Efraimidis and Spirakis 2006 (weighted random sampling with a reservoir).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampledCoordinates<I, V, G> {
    blank: Picked<I, V>,
    generator: G,
}

impl<I: AsRef<[usize]>, V, G: Rng> SampledCoordinates<I, V, G> {
    /// τ is the length of the shorter buffer; what they hold does not matter.
    pub const fn new(coordinates: I, keys: V, generator: G) -> Self {
        Self { blank: Picked::new(coordinates, keys), generator }
    }
}

impl<F, P, I, V, G> Rule<F, P> for SampledCoordinates<I, V, G>
where
    F: DataFit,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<F::Real>,
    G: Rng + Clone,
{
    type State = (Picked<I, V>, G);

    fn start(&self) -> Self::State {
        (self.blank.clone(), self.generator.clone())
    }

    fn select<'a>(
        &'a self,
        fit: &F,
        _: &P,
        _: &F::Point,
        (picked, generator): &'a mut Self::State,
    ) -> Chosen<'a> {
        picked.clear();
        for j in 0..fit.unknowns() {
            picked.offer(j, key(generator, fit.lipschitz(j)));
        }
        Chosen { coordinates: picked.coordinates(), block: None }
    }
}
