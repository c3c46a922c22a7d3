//! [`Permuted`] and [`PermutedCoordinates`]: a new order for each pass.

use super::{Chosen, Rule, RuleError};
use crate::bcd::Partition;
use crate::draw::shuffle;
use crate::fit::DataFit;
use rand_core::Rng;

/// Fixed blocks, each once a pass, in an order drawn anew for each pass.
///
/// `G` is any generator of `rand_core`; its seed is in it, and its state in the rule's memory, so a
/// clone of the memory goes on alike. The draws use 32-bit words only and are the same everywhere.
///
/// Storage: an index for each block, here and in the memory. Cost: one draw for each block.
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::bcd::{Descent, Partition, rule::Permuted, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let blocks = Partition::consecutive([0; 3], 2)?; // {0, 1} and {2}
/// let rule = Permuted::new(blocks, [0; 2], Pcg32::seed_from_u64(7))?;
/// let descent = Descent::new(Quadratic::new(&a, &b)?, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(descent.fit().start());
/// let report = solve(&descent, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (random permutations; "Perm"); Wright 2015, §2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permuted<O, I, G> {
    partition: Partition<O>,
    blank: Permutation<I, G>,
}

/// What is left of a pass, and the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Permutation<I, G> {
    order: I,
    next: usize,
    generator: G,
}

impl<I: AsRef<[usize]> + AsMut<[usize]>, G: Rng> Permutation<I, G> {
    /// 0, 1, 2 …, to be permuted by the first pass.
    fn fresh(mut order: I, generator: G) -> Self {
        order.as_mut().iter_mut().enumerate().for_each(|(k, slot)| *slot = k);
        Self { order, next: 0, generator }
    }

    /// The next `take` of the first `count` entries, fewer at the end of a pass.
    fn next(&mut self, count: usize, take: usize) -> &[usize] {
        let order = self.order.as_mut();
        let count = count.min(order.len());
        if self.next >= count {
            self.next = 0;
        }
        if self.next == 0
            && let Some(all) = order.get_mut(..count)
        {
            shuffle(&mut self.generator, all);
        }
        let first = self.next;
        let end = first.saturating_add(take).min(count);
        self.next = end;
        order.get(first..end).unwrap_or(&[])
    }
}

impl<O: AsRef<[usize]>, I: AsRef<[usize]> + AsMut<[usize]>, G: Rng> Permuted<O, I, G> {
    /// `order` needs one entry for each block; what it holds does not matter.
    ///
    /// # Errors
    /// [`RuleError::Room`].
    pub fn new(partition: Partition<O>, order: I, generator: G) -> Result<Self, RuleError> {
        RuleError::check_room(partition.blocks(), order.as_ref().len())?;
        Ok(Self { partition, blank: Permutation::fresh(order, generator) })
    }
}

impl<F, P, O, I, G> Rule<F, P> for Permuted<O, I, G>
where
    F: DataFit,
    O: AsRef<[usize]>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    G: Rng + Clone,
{
    type State = Permutation<I, G>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn select<'a>(&'a self, _: &F, _: &P, _: &F::Point, pass: &'a mut Self::State) -> Chosen<'a> {
        let block = pass.next(self.partition.blocks(), 1).first().copied().unwrap_or(0);
        Chosen { coordinates: self.partition.block(block), block: Some(block) }
    }
}

/// All coordinates in an order drawn anew for each pass, τ at a time (variable blocks); the last
/// block of a pass may be shorter. As [`Permuted`] otherwise.
///
/// Storage: N indices, here and in the memory. Cost: one draw for each coordinate.
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::bcd::{Descent, rule::PermutedCoordinates, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let rule = PermutedCoordinates::new(3, 2, [0; 3], Pcg32::seed_from_u64(7))?;
/// let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (random permutations; "Perm").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermutedCoordinates<I, G> {
    size: usize,
    blank: Permutation<I, G>,
}

impl<I: AsRef<[usize]> + AsMut<[usize]>, G: Rng> PermutedCoordinates<I, G> {
    /// Blocks of `size` = τ coordinates of a problem of `unknowns`; `order` needs that many entries,
    /// what it holds does not matter.
    ///
    /// # Errors
    /// [`RuleError::NoBlock`], [`RuleError::Room`].
    pub fn new(unknowns: usize, size: usize, order: I, generator: G) -> Result<Self, RuleError> {
        if size == 0 {
            return Err(RuleError::NoBlock);
        }
        RuleError::check_room(unknowns, order.as_ref().len())?;
        Ok(Self { size, blank: Permutation::fresh(order, generator) })
    }
}

impl<F, P, I, G> Rule<F, P> for PermutedCoordinates<I, G>
where
    F: DataFit,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    G: Rng + Clone,
{
    type State = Permutation<I, G>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn select<'a>(&'a self, fit: &F, _: &P, _: &F::Point, pass: &'a mut Self::State) -> Chosen<'a> {
        Chosen { coordinates: pass.next(fit.unknowns(), self.size), block: None }
    }
}
