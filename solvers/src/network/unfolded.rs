//! [`Unfolded`]: proximal gradient steps, each of its own length.

use super::{Layers, NetworkError, Point};
use crate::recovery::Sensing;
use crate::{Buffer, LinearOperator, Penalty, Real};

/// Deep-unfolded proximal gradient: layer k is
///
/// x⁺ = prox(x + αₖ Aᵀ(y − A x)), the prox being that of αₖ g.
///
/// With [`L1`](crate::penalty::L1) it is unfolded ISTA, with [`L0`](crate::penalty::L0) unfolded
/// IHT. The T steps αₖ are what training learns; they may be far beyond 2 / ‖A‖², where a single
/// one would diverge, and then a network is good after its last layer only. With all of them 1 /
/// ‖A‖² it is [`Ista`](crate::recovery::Ista) to the bit.
///
/// With the feature `serde` it can be written, but not read: what was read goes through
/// [`new`](Self::new), which checks the steps.
///
/// Storage: T numbers and the penalty. Cost of a layer: one product with Aᵀ, N proximal maps.
///
/// Source: Nagahisa, Hayakawa and Iiguni 2025 (arXiv 2509.01331), the networks of learned step
/// sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Unfolded<P, V> {
    penalty: P,
    steps: V,
}

impl<P, V> Unfolded<P, V> {
    /// One positive step for each layer.
    ///
    /// # Errors
    /// [`NetworkError::Empty`], [`NetworkError::Layer`].
    pub fn new<R: Real>(penalty: P, steps: V) -> Result<Self, NetworkError>
    where
        V: AsRef<[R]>,
    {
        if steps.as_ref().is_empty() {
            return Err(NetworkError::Empty);
        }
        match steps.as_ref().iter().position(|step| !(*step > R::ZERO && step.is_finite())) {
            Some(layer) => Err(NetworkError::Layer { layer }),
            None => Ok(Self { penalty, steps }),
        }
    }

    /// αₖ.
    pub const fn steps(&self) -> &V {
        &self.steps
    }

    /// g.
    pub const fn penalty(&self) -> &P {
        &self.penalty
    }
}

impl<R, A, P, V> Layers<R, A> for Unfolded<P, V>
where
    R: Real,
    A: LinearOperator<R>,
    P: Penalty<R>,
    V: AsRef<[R]>,
{
    type Memory = ();

    fn layers(&self) -> Option<u32> {
        Some(u32::try_from(self.steps.as_ref().len()).unwrap_or(u32::MAX))
    }

    fn start(&self, _: &A) -> Self::Memory {}

    fn apply(
        &self,
        k: u32,
        sensing: &Sensing<'_, R, A>,
        Point { x, r, room }: Point<'_, A::Domain, A::Range>,
        (): &mut Self::Memory,
    ) {
        let Some(step) = self.steps.as_ref().get(k as usize).copied() else { return };
        sensing.dictionary().apply_adjoint(r, room);
        for (x, pull) in x.as_mut_slice().iter_mut().zip(room.as_slice()) {
            *x += step * *pull;
        }
        self.penalty.prox_all(step, x.as_mut_slice());
    }
}
