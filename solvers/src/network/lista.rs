//! [`Lista`]: learned matrices in the place of Aᵀ and AᵀA.

use super::shrinkage::check_shrinkage;
use super::{Layers, NetworkError, Point, Shrinkage, Soft, Weight};
use crate::recovery::Sensing;
use crate::{Buffer, LinearOperator, Real};

/// LISTA: layer k is
///
/// x⁺ = S(Bₖ y + Cₖ x; θₖ),
///
/// S being soft thresholding, or what [`with_shrinkage`](Self::with_shrinkage) puts in its place.
/// B, C and θ are learned; with B = Aᵀ / L, C = I − AᵀA / L and θ = λ / L, L = ‖A‖², it is
/// [`Ista`](crate::recovery::Ista) to rounding, which is where training starts. The dictionary has
/// no part in it, so neither does y − A x: it is computed only where somebody looks at the
/// certificate.
///
/// Shapes: B is N × M, C is N × N, any operators (tables in flash, sparse ones); one for all layers
/// or one for each. Storage: T numbers; the weights, up to T (N² + N M) numbers, are borrowed.
/// Nothing is remembered between layers. Cost of a layer: one product with B and one with C, N (M +
/// N) multiplications where they are dense, so 1 + N / M for every 2 of ISTA's. B y is computed in
/// each layer anew, also where all share one B: to keep it would take N numbers more.
///
/// ```
/// use solvekit::network::{Lista, Network};
/// use solvekit::{SMatrix, SVector, recovery::Sensing};
/// use core::slice::from_ref;
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let y = SVector::from([0.6, 0.8]);
/// // ‖A‖² = 2: as training begins.
/// let b = a.transpose() * 0.5;
/// let c = SMatrix::identity() - b * a;
/// let layers = Lista::new(&a, from_ref(&b), from_ref(&c), [0.05; 60])?;
/// let network = Network::new(Sensing::new(&a, &y)?, &layers);
/// let mut state = network.start();
/// network.infer(&mut state);
/// assert!((state.x[2] - 0.9).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Gregor and LeCun, *Learning Fast Approximations of Sparse Coding*, ICML 2010.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lista<'w, B, C, V, S = Soft> {
    b: &'w [B],
    c: &'w [C],
    thresholds: V,
    shrinkage: S,
}

impl<'w, B, C, V> Lista<'w, B, C, V> {
    /// One B for all layers or one for each, the same of C, and θₖ ≥ 0 for each layer.
    ///
    /// # Errors
    /// [`NetworkError::Empty`], [`NetworkError::Length`] where there are neither one nor as many
    /// weights as layers, [`NetworkError::WeightShape`], [`NetworkError::WeightEntry`],
    /// [`NetworkError::Layer`].
    pub fn new<R, A>(a: &A, b: &'w [B], c: &'w [C], thresholds: V) -> Result<Self, NetworkError>
    where
        R: Real,
        A: LinearOperator<R>,
        B: LinearOperator<R>,
        C: LinearOperator<R>,
        V: AsRef<[R]>,
    {
        let expected = thresholds.as_ref().len();
        if expected == 0 {
            return Err(NetworkError::Empty);
        }
        for found in [b.len(), c.len()] {
            if found != 1 && found != expected {
                return Err(NetworkError::Length { expected, found });
            }
        }
        let unknowns = a.columns();
        for (layer, b) in b.iter().enumerate() {
            check_weight(b, (unknowns, a.rows()), Weight::B { layer })?;
        }
        for (layer, c) in c.iter().enumerate() {
            check_weight(c, (unknowns, unknowns), Weight::C { layer })?;
        }
        let sound = |theta: &R| *theta >= R::ZERO && theta.is_finite();
        match thresholds.as_ref().iter().position(|theta| !sound(theta)) {
            Some(layer) => Err(NetworkError::Layer { layer }),
            None => Ok(Self { b, c, thresholds, shrinkage: Soft }),
        }
    }
}

impl<'w, B, C, V, S> Lista<'w, B, C, V, S> {
    /// The same with another shrinkage.
    ///
    /// # Errors
    /// [`NetworkError::Length`] where it is for another number of layers.
    pub fn with_shrinkage<R: Real, U: Shrinkage<R>>(
        self,
        shrinkage: U,
    ) -> Result<Lista<'w, B, C, V, U>, NetworkError>
    where
        V: AsRef<[R]>,
    {
        let Self { b, c, thresholds, .. } = self;
        check_shrinkage(&shrinkage, thresholds.as_ref().len())?;
        Ok(Lista { b, c, thresholds, shrinkage })
    }

    /// θₖ.
    pub const fn thresholds(&self) -> &V {
        &self.thresholds
    }

    /// S.
    pub const fn shrinkage(&self) -> &S {
        &self.shrinkage
    }
}

/// # Errors
/// `WeightShape`, `WeightEntry`.
pub(super) fn check_weight<R: Real>(
    operator: &impl LinearOperator<R>,
    (rows, columns): (usize, usize),
    weight: Weight,
) -> Result<(), NetworkError> {
    if (operator.rows(), operator.columns()) != (rows, columns) {
        return Err(NetworkError::WeightShape { weight, rows, columns });
    }
    match operator.non_finite() {
        Some((row, column)) => Err(NetworkError::WeightEntry { weight, row, column }),
        None => Ok(()),
    }
}

impl<R, A, B, C, V, S> Layers<R, A> for Lista<'_, B, C, V, S>
where
    R: Real,
    A: LinearOperator<R>,
    B: LinearOperator<R, Domain = A::Range, Range = A::Domain>,
    C: LinearOperator<R, Domain = A::Domain, Range = A::Domain>,
    V: AsRef<[R]>,
    S: Shrinkage<R>,
{
    type Memory = ();
    const USES_RESIDUAL: bool = false;

    fn layers(&self) -> Option<u32> {
        Some(u32::try_from(self.thresholds.as_ref().len()).unwrap_or(u32::MAX))
    }

    fn start(&self, _: &A) -> Self::Memory {}

    fn apply(
        &self,
        k: u32,
        sensing: &Sensing<'_, R, A>,
        Point { x, room, .. }: Point<'_, A::Domain, A::Range>,
        (): &mut Self::Memory,
    ) {
        let k = k as usize;
        let Some(theta) = self.thresholds.as_ref().get(k).copied() else { return };
        let Some(b) = self.b.get(k).or(self.b.first()) else { return };
        let Some(c) = self.c.get(k).or(self.c.first()) else { return };
        c.apply(x, room);
        b.apply(sensing.measurements(), x);
        for (x, kept) in x.as_mut_slice().iter_mut().zip(room.as_slice()) {
            *x = self.shrinkage.shrink(k, *x + *kept, theta);
        }
    }
}
