//! [`Tista`]: the thresholds follow an estimate of what is still wrong.

use super::coupled::check_weights;
use super::{BernoulliGaussian, Layers, NetworkError, Point, Posterior};
use crate::recovery::Sensing;
use crate::sum::{Accumulator, dot, norm, square};
use crate::{Buffer, LinearOperator, Real};

/// TISTA: layer k is
///
/// x⁺ = η(x + γₖ W(y − A x); τ²), v² = (‖y − A x‖² − M σ²) / tr(AᵀA),
///
/// τ² = v² (1 + (γₖ² − 2 γₖ) M / N) + γₖ² σ² tr(WWᵀ) / N,
///
/// where W = A⁺ = Aᵀ(AAᵀ)⁻¹ and η is the mean of an entry under a [`BernoulliGaussian`] prior. v²
/// estimates the mean square error of x, so no thresholds are learned, only the T steps γₖ. Entries
/// of A are taken to be independent, and σ² to be known.
///
/// v² is at least 1e-9 α² and τ² at least 1e-12 α². The paper has 1e-9 and α = 1; so y, σ and α may
/// be in any unit.
///
/// Shapes: the weight is Wᵀ = (AAᵀ)⁻¹A, M × N as A: the one of ALISTA before its columns are
/// scaled. Storage: T + 9 numbers; the weight is borrowed. Cost of a layer: one product with W,
/// ‖r‖, a logarithm, and an exponential and a division for each of N entries.
///
/// ```
/// use solvekit::network::{BernoulliGaussian, Network, Tista};
/// use solvekit::{SMatrix, SVector, recovery::Sensing};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let y = SVector::from([0.6, 0.8]);
/// // (AAᵀ)⁻¹A
/// let w = SMatrix::<f32, 2, 3>::new(0.82, -0.24, 0.3, -0.24, 0.68, 0.4);
/// let prior = BernoulliGaussian::new(0.3, 1.0)?;
/// let layers = Tista::new(&a, &w, prior, 1e-6, [1.0; 20])?;
/// let network = Network::new(Sensing::new(&a, &y)?, &layers);
/// let mut state = network.start();
/// network.infer(&mut state);
/// assert!((state.x[2] - 1.0).abs() < 1e-2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Ito, Takabe and Wadayama, *Trainable ISTA for Sparse Signal Recovery*, IEEE Transactions
/// on Signal Processing 2019.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tista<'w, R, O, V> {
    weight: &'w O,
    prior: BernoulliGaussian<R>,
    noise: R,
    energies: Energies<R>,
    /// 1 / √(α² tr(AᵀA)).
    unit: R,
    /// σ² / α².
    relative_noise: R,
    steps: V,
}

/// What [`Tista`] has to know of its matrices: the sums of their squared entries.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Energies<R> {
    /// tr(AᵀA) = ‖A‖_F².
    pub dictionary: R,
    /// tr(WWᵀ) = ‖W‖_F².
    pub weight: R,
}

impl<R: Real> Energies<R> {
    /// Those of a dictionary and a weight; M products with the adjoint of each.
    pub fn of<A: LinearOperator<R>, O: LinearOperator<R>>(a: &A, weight: &O) -> Self {
        Self { dictionary: energy(a), weight: energy(weight) }
    }
}

fn energy<R: Real, A: LinearOperator<R>>(a: &A) -> R {
    let (mut unit, mut row) = (a.zero_range(), a.zero_domain());
    let mut sum = Accumulator::default();
    for i in 0..a.rows() {
        unit.as_mut_slice().iter_mut().enumerate().for_each(|(k, slot)| {
            *slot = if k == i { R::ONE } else { R::ZERO };
        });
        a.apply_adjoint(&unit, &mut row);
        sum.add(i, dot(row.as_slice(), row.as_slice()));
    }
    sum.total()
}

impl<'w, R: Real, O, V> Tista<'w, R, O, V> {
    /// Wᵀ, the prior, σ² ≥ 0 and a positive step for each layer. Costs M products with Aᵀ and W.
    ///
    /// # Errors
    /// [`NetworkError::Empty`], [`NetworkError::Shape`], [`NetworkError::NonFiniteWeight`],
    /// [`NetworkError::Noise`], [`NetworkError::DictionaryEnergy`], [`NetworkError::WeightEnergy`],
    /// [`NetworkError::Layer`].
    pub fn new<A: LinearOperator<R>>(
        a: &A,
        weight: &'w O,
        prior: BernoulliGaussian<R>,
        noise: R,
        steps: V,
    ) -> Result<Self, NetworkError>
    where
        O: LinearOperator<R>,
        V: AsRef<[R]>,
    {
        Self::with_energies(a, weight, prior, noise, Energies::of(a, weight), steps)
    }

    /// The same with energies that are known, as those of an exported network.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn with_energies<A: LinearOperator<R>>(
        a: &A,
        weight: &'w O,
        prior: BernoulliGaussian<R>,
        noise: R,
        energies: Energies<R>,
        steps: V,
    ) -> Result<Self, NetworkError>
    where
        O: LinearOperator<R>,
        V: AsRef<[R]>,
    {
        if steps.as_ref().is_empty() {
            return Err(NetworkError::Empty);
        }
        check_weights(a, core::slice::from_ref(weight))?;
        let relative_noise = noise / prior.variance();
        if !(noise >= R::ZERO && relative_noise.is_finite()) {
            return Err(NetworkError::Noise);
        }
        let positive = |value: R| value > R::ZERO && value.is_finite();
        // A sum so small that its root has no reciprocal is no sum of squares of use.
        let unit = prior.inverse_deviation() / energies.dictionary.sqrt();
        if !(positive(energies.dictionary) && positive(unit)) {
            return Err(NetworkError::DictionaryEnergy);
        }
        if !positive(energies.weight) {
            return Err(NetworkError::WeightEnergy);
        }
        match steps.as_ref().iter().position(|step| !positive(*step)) {
            Some(layer) => Err(NetworkError::Layer { layer }),
            None => Ok(Self { weight, prior, noise, energies, unit, relative_noise, steps }),
        }
    }

    /// γₖ.
    pub const fn steps(&self) -> &V {
        &self.steps
    }

    /// p and α².
    pub const fn prior(&self) -> &BernoulliGaussian<R> {
        &self.prior
    }

    /// σ².
    pub const fn noise(&self) -> R {
        self.noise
    }

    /// tr(AᵀA) and tr(WWᵀ).
    pub const fn energies(&self) -> Energies<R> {
        self.energies
    }

    /// η of layer k, from 0, where ‖y − A x‖ is what it is and A is M × N; `None` beyond the last
    /// layer. For those who apply a layer to several signals at once.
    pub fn posterior(&self, layer: usize, r_norm: R, (m, n): (usize, usize)) -> Option<Posterior<R>>
    where
        V: AsRef<[R]>,
    {
        let step = self.steps.as_ref().get(layer).copied()?;
        let count = |n: usize| R::from_u32(u32::try_from(n).unwrap_or(u32::MAX));
        Some(self.prior.given(self.spread(r_norm, step, (count(m), count(n)))))
    }

    /// τ² / α² for ‖y − A x‖ and γ; NaN wins.
    fn spread(&self, r_norm: R, step: R, (m, n): (R, R)) -> R {
        let noisy = m * (self.relative_noise / self.energies.dictionary);
        // At most the largest number: times 0 it is still one.
        let error = (square(r_norm * self.unit).min(R::MAX) - noisy).max(R::from_f64(1e-9));
        let kept = (R::ONE + step * (step - R::from_f64(2.0)) * (m / n)).max(R::ZERO);
        let passed = square(step) * self.relative_noise * (self.energies.weight / n);
        (error * kept + passed).max(R::from_f64(1e-12))
    }
}

impl<R, A, O, V> Layers<R, A> for Tista<'_, R, O, V>
where
    R: Real,
    A: LinearOperator<R>,
    O: LinearOperator<R, Domain = A::Domain, Range = A::Range>,
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
        let a = sensing.dictionary();
        let shape = (a.rows(), a.columns());
        let Some(posterior) = self.posterior(k as usize, norm(r), shape) else { return };
        self.weight.apply_adjoint(r, room);
        for (x, pull) in x.as_mut_slice().iter_mut().zip(room.as_slice()) {
            *x = posterior.mean(*x + step * *pull);
        }
    }
}
