//! [`AdaLista`]: learned layers for dictionaries that change.

use super::lista::check_weight;
use super::shrinkage::check_shrinkage;
use super::{Layers, NetworkError, Point, Shrinkage, Soft, Weight};
use crate::recovery::Sensing;
use crate::{Buffer, LinearOperator, Real};

/// One layer's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AdaLayer<R> {
    /// γ > 0.
    pub step: R,
    /// θ ≥ 0.
    pub threshold: R,
}

/// Ada-LISTA: layer k is
///
/// x⁺ = S(x − γₖ DᵀW₂ᵀW₂D x + γₖ DᵀW₁ᵀy; θₖ),
///
/// S being soft thresholding, or what [`with_shrinkage`](Self::with_shrinkage) puts in its place.
/// D is the dictionary of the [`Sensing`], not of the layers: W₁, W₂ and 2 T numbers are learned
/// over many dictionaries, and serve the one that is there at run time. With W₁ = W₂ = I, γ = 1 /
/// ‖D‖² and θ = λγ it is [`Ista`](crate::recovery::Ista) to rounding.
///
/// Shapes: W₁ and W₂ are M × M, any operators, shared by all layers. Storage: 2 T numbers; the
/// weights are borrowed; M numbers in its memory, which hold nothing from layer to layer. Cost of a
/// layer: one product each with D, Dᵀ, W₂, W₂ᵀ and W₁ᵀ, so 2 M N + 3 M² multiplications where all
/// are dense. W₁ᵀy is computed in each layer anew, so that y may change between layers too. y − D x
/// is not used: it is computed only where somebody looks at the certificate.
///
/// ```
/// use solvekit::network::{AdaLayer, AdaLista, Network};
/// use solvekit::{SMatrix, SVector, recovery::Sensing};
/// let w = SMatrix::<f32, 2, 2>::new(1.0, 0.1, 0.1, 1.0);
/// let d = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// // W₁ᵀ = W₂ᵀW₂: the pull is DᵀW₂ᵀW₂(y − D x).
/// let (w1, layer) = (w * w, AdaLayer { step: 0.3, threshold: 0.05 });
/// let layers = AdaLista::new(&d, &w1, &w, [layer; 80])?;
/// for d in [d, -d, d * 0.8] {
///     let y = d * SVector::from([0.0, 0.0, 1.0]);
///     let network = Network::new(Sensing::new(&d, &y)?, &layers);
///     let mut state = network.start();
///     network.infer(&mut state);
///     assert!(state.x[0] == 0.0 && state.x[1] == 0.0 && state.x[2] > 0.75);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Aberdam, Golts and Elad, *Ada-LISTA: Learned Solvers Adaptive to Varying Models*, 2020
/// (arXiv 2001.08456).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdaLista<'w, O, V, S = Soft> {
    w1: &'w O,
    w2: &'w O,
    layers: V,
    shrinkage: S,
}

/// Room for M numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AdaMemory<Y> {
    room: Y,
}

impl<Y> AdaMemory<Y> {
    /// `const`. What `room` holds does not matter.
    pub const fn new(room: Y) -> Self {
        Self { room }
    }
}

impl<'w, O, V> AdaLista<'w, O, V> {
    /// W₁, W₂ and each layer's numbers, for dictionaries with as many rows as `a`.
    ///
    /// # Errors
    /// [`NetworkError::Empty`], [`NetworkError::WeightShape`], [`NetworkError::WeightEntry`],
    /// [`NetworkError::Layer`].
    pub fn new<R, A>(a: &A, w1: &'w O, w2: &'w O, layers: V) -> Result<Self, NetworkError>
    where
        R: Real,
        A: LinearOperator<R>,
        O: LinearOperator<R>,
        V: AsRef<[AdaLayer<R>]>,
    {
        if layers.as_ref().is_empty() {
            return Err(NetworkError::Empty);
        }
        let rows = a.rows();
        check_weight(w1, (rows, rows), Weight::W1)?;
        check_weight(w2, (rows, rows), Weight::W2)?;
        match layers.as_ref().iter().position(|layer| !layer.is_sound()) {
            Some(layer) => Err(NetworkError::Layer { layer }),
            None => Ok(Self { w1, w2, layers, shrinkage: Soft }),
        }
    }
}

impl<'w, O, V, S> AdaLista<'w, O, V, S> {
    /// The same with another shrinkage.
    ///
    /// # Errors
    /// [`NetworkError::Length`] where it is for another number of layers.
    pub fn with_shrinkage<R: Real, U: Shrinkage<R>>(
        self,
        shrinkage: U,
    ) -> Result<AdaLista<'w, O, V, U>, NetworkError>
    where
        V: AsRef<[AdaLayer<R>]>,
    {
        let Self { w1, w2, layers, .. } = self;
        check_shrinkage(&shrinkage, layers.as_ref().len())?;
        Ok(AdaLista { w1, w2, layers, shrinkage })
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

impl<R: Real> AdaLayer<R> {
    fn is_sound(&self) -> bool {
        self.step > R::ZERO
            && self.step.is_finite()
            && self.threshold >= R::ZERO
            && self.threshold.is_finite()
    }
}

impl<R, A, O, V, S> Layers<R, A> for AdaLista<'_, O, V, S>
where
    R: Real,
    A: LinearOperator<R>,
    O: LinearOperator<R, Domain = A::Range, Range = A::Range>,
    V: AsRef<[AdaLayer<R>]>,
    S: Shrinkage<R>,
{
    type Memory = AdaMemory<A::Range>;
    const USES_RESIDUAL: bool = false;

    fn layers(&self) -> Option<u32> {
        Some(u32::try_from(self.layers.as_ref().len()).unwrap_or(u32::MAX))
    }

    fn start(&self, a: &A) -> Self::Memory {
        AdaMemory::new(a.zero_range())
    }

    fn apply(
        &self,
        k: u32,
        sensing: &Sensing<'_, R, A>,
        Point { x, r, room }: Point<'_, A::Domain, A::Range>,
        AdaMemory { room: other }: &mut Self::Memory,
    ) {
        let k = k as usize;
        let Some(layer) = self.layers.as_ref().get(k) else { return };
        let d = sensing.dictionary();
        d.apply(x, r);
        self.w2.apply(r, other);
        self.w2.apply_adjoint(other, r);
        self.w1.apply_adjoint(sensing.measurements(), other);
        for (r, driven) in r.as_mut_slice().iter_mut().zip(other.as_slice()) {
            *r = *driven - *r;
        }
        d.apply_adjoint(r, room);
        for (x, pull) in x.as_mut_slice().iter_mut().zip(room.as_slice()) {
            *x = self.shrinkage.shrink(k, *x + layer.step * *pull, layer.threshold);
        }
    }
}
