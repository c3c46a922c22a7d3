//! [`Coupled`]: LISTA-CP and ALISTA, with support selection.

use super::shrink::{count_of, shrink};
use super::shrinkage::check_shrinkage;
use super::{Layers, NetworkError, Point, Shrinkage, Soft};
use crate::recovery::Sensing;
use crate::{Buffer, LinearOperator, Real};

/// One layer's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CoupledLayer<R> {
    /// γ > 0.
    pub step: R,
    /// θ ≥ 0.
    pub threshold: R,
    /// The share of entries that pass as they are, 0 … 1.
    pub passing: R,
}

/// Learned shrinkage with weights W that are coupled to the dictionary: layer k is
///
/// x⁺ = S^ss(x + γₖ Wₖᵀ(y − A x); θₖ, pₖ),
///
/// soft thresholding by θₖ from which the pₖ N largest entries are spared (those above θₖ). Another
/// function takes its place by [`with_shrinkage`](Self::with_shrinkage), a learned
/// [`Spline`](super::Spline) say; with W = A and nothing spared that is
/// [`Unfolded`](super::Unfolded) with a learned shrinkage.
///
/// With one W for all layers it is **ALISTA**: W follows from A alone, as the W with wⱼᵀaⱼ = 1 that
/// makes ‖WᵀA‖_F least, and 2 T numbers are learned. With one for each it is **LISTA-CP**, where
/// they are learned too. With W = A, γ = 1 / ‖A‖², θ = λγ and nothing spared it is ISTA.
///
/// Shapes: W as A, M × N, any operator (a table in flash, say). Storage: 3 T numbers; the
/// weights are borrowed. Cost of a layer: one product with Wᵀ, 2 N operations, N comparisons and a
/// selection where more entries pass than may.
///
/// ```
/// use solvekit::network::{Coupled, CoupledLayer, Network};
/// use solvekit::{SMatrix, SVector, recovery::Sensing};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let y = SVector::from([0.6, 0.8]);
/// let layer = CoupledLayer { step: 0.5, threshold: 0.05, passing: 0.34 };
/// // Aᵀ as its own weight: ISTA that spares the largest entry.
/// let layers = Coupled::new(&a, core::slice::from_ref(&a), [layer; 40])?;
/// let network = Network::new(Sensing::new(&a, &y)?, &layers);
/// let mut state = network.start();
/// network.infer(&mut state);
/// assert!((state.x[2] - 1.0).abs() < 1e-4); // not shrunk
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Chen, Liu, Wang and Yin, NeurIPS 2018 (LISTA-CP, support selection); Liu, Chen, Wang and
/// Yin, ICLR 2019 (ALISTA).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coupled<'w, O, V, S = Soft> {
    weights: &'w [O],
    layers: V,
    shrinkage: S,
}

impl<'w, O, V> Coupled<'w, O, V> {
    /// One weight matrix for all layers or one for each, of the dictionary's shape.
    ///
    /// # Errors
    /// [`NetworkError::Empty`], [`NetworkError::Length`] where there are neither one nor as many
    /// weights as layers, [`NetworkError::Shape`], [`NetworkError::Layer`],
    /// [`NetworkError::NonFiniteWeight`].
    pub fn new<R, A>(a: &A, weights: &'w [O], layers: V) -> Result<Self, NetworkError>
    where
        R: Real,
        A: LinearOperator<R>,
        O: LinearOperator<R>,
        V: AsRef<[CoupledLayer<R>]>,
    {
        let (count, found) = (layers.as_ref().len(), weights.len());
        if count == 0 {
            return Err(NetworkError::Empty);
        }
        if found != 1 && found != count {
            return Err(NetworkError::Length { expected: count, found });
        }
        check_weights(a, weights)?;
        match layers.as_ref().iter().position(|layer| !layer.is_sound()) {
            Some(layer) => Err(NetworkError::Layer { layer }),
            None => Ok(Self { weights, layers, shrinkage: Soft }),
        }
    }
}

impl<'w, O, V, S> Coupled<'w, O, V, S> {
    /// The same with another shrinkage.
    ///
    /// ```
    /// use solvekit::network::{Coupled, CoupledLayer, Network, Spline};
    /// use solvekit::{SMatrix, SVector, recovery::Sensing};
    /// use core::slice::from_ref;
    /// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
    /// let y = SVector::from([0.6, 0.8]);
    /// let layer = CoupledLayer { step: 0.5, threshold: 0.1, passing: 0.0 };
    /// // From five thresholds on nothing is taken away.
    /// let spline = Spline::new(&[1.0_f32, 5.0], &[0.0, 5.0])?;
    /// let layers = Coupled::new(&a, from_ref(&a), [layer; 40])?.with_shrinkage(spline)?;
    /// let network = Network::new(Sensing::new(&a, &y)?, &layers);
    /// let mut state = network.start();
    /// network.infer(&mut state);
    /// assert!((state.x[2] - 1.0).abs() < 1e-4); // not shrunk
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NetworkError::Length`] where it is for another number of layers.
    pub fn with_shrinkage<R: Real, U: Shrinkage<R>>(
        self,
        shrinkage: U,
    ) -> Result<Coupled<'w, O, V, U>, NetworkError>
    where
        V: AsRef<[CoupledLayer<R>]>,
    {
        let Self { weights, layers, .. } = self;
        check_shrinkage(&shrinkage, layers.as_ref().len())?;
        Ok(Coupled { weights, layers, shrinkage })
    }

    /// The numbers of each layer.
    pub const fn numbers(&self) -> &V {
        &self.layers
    }

    /// S.
    pub const fn shrinkage(&self) -> &S {
        &self.shrinkage
    }
}

impl<R: Real> CoupledLayer<R> {
    fn is_sound(&self) -> bool {
        self.step > R::ZERO
            && self.step.is_finite()
            && self.threshold >= R::ZERO
            && self.threshold.is_finite()
            && (R::ZERO..=R::ONE).contains(&self.passing)
    }
}

/// # Errors
/// `Shape`, `NonFiniteWeight`.
pub(super) fn check_weights<R: Real>(
    a: &impl LinearOperator<R>,
    weights: &[impl LinearOperator<R>],
) -> Result<(), NetworkError> {
    for (layer, weight) in weights.iter().enumerate() {
        if (weight.rows(), weight.columns()) != (a.rows(), a.columns()) {
            return Err(NetworkError::Shape { layer });
        }
        if weight.non_finite().is_some() {
            return Err(NetworkError::NonFiniteWeight { layer });
        }
    }
    Ok(())
}

impl<R, A, O, V, S> Layers<R, A> for Coupled<'_, O, V, S>
where
    R: Real,
    A: LinearOperator<R>,
    O: LinearOperator<R, Domain = A::Domain, Range = A::Range>,
    V: AsRef<[CoupledLayer<R>]>,
    S: Shrinkage<R>,
{
    type Memory = ();

    fn layers(&self) -> Option<u32> {
        Some(u32::try_from(self.layers.as_ref().len()).unwrap_or(u32::MAX))
    }

    fn start(&self, _: &A) -> Self::Memory {}

    fn apply(
        &self,
        k: u32,
        _: &Sensing<'_, R, A>,
        Point { x, r, room }: Point<'_, A::Domain, A::Range>,
        (): &mut Self::Memory,
    ) {
        let k = k as usize;
        let Some(layer) = self.layers.as_ref().get(k) else { return };
        let Some(weight) = self.weights.get(k).or(self.weights.first()) else { return };
        weight.apply_adjoint(r, room);
        let x = x.as_mut_slice();
        for (x, pull) in x.iter_mut().zip(room.as_slice()) {
            *x += layer.step * *pull;
        }
        let passing = count_of(layer.passing, x.len());
        let shrinkage = (&self.shrinkage, k);
        shrink(x, room.as_mut_slice(), layer.threshold, passing, shrinkage);
    }
}
