//! [`StepSize`]: how long a gradient step is, and [`largest_eigenvalue`], from which it follows.

use super::RecoveryError;
use crate::sum::{dot, max_abs, norm};
use crate::{Buffer, LinearOperator, Real};

/// Rounds of the power iteration of [`StepSize::automatic`].
pub const ROUNDS: u32 = 20;

/// α of x⁺ = prox(x + α Aᵀ(y − A x)).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum StepSize<R> {
    /// α as given; up to 1 / ‖A‖² the objective never rises, from 2 / ‖A‖² on nothing converges.
    Fixed(R),
    /// α to begin with. A step that the quadratic model with curvature 1/α does not cover is not
    /// taken, and α is halved instead: the objective never rises, whatever α was (backtracking).
    /// The test reuses residuals that are there anyway.
    Guarded(R),
}

impl<R: Real> StepSize<R> {
    /// Guarded, with α = 1 / (1.02 λ) for the λ of [`ROUNDS`] rounds of [`largest_eigenvalue`].
    ///
    /// # Errors
    /// [`RecoveryError::DictionarySize`].
    pub fn automatic<A: LinearOperator<R>>(a: &A) -> Result<Self, RecoveryError> {
        let step = R::ONE / (R::from_f64(1.02) * largest_eigenvalue(a, ROUNDS));
        if step > R::ZERO && step.is_finite() {
            Ok(Self::Guarded(step))
        } else {
            Err(RecoveryError::DictionarySize)
        }
    }

    /// α to begin with.
    pub const fn initial(&self) -> R {
        match self {
            Self::Fixed(step) | Self::Guarded(step) => *step,
        }
    }

    /// May α be halved?
    pub const fn is_guarded(&self) -> bool {
        matches!(self, Self::Guarded(_))
    }

    /// Positive and finite, and a fixed one below 2 / λ for a lower bound λ of ‖A‖².
    ///
    /// # Errors
    /// [`RecoveryError::Step`].
    pub(super) fn check<A: LinearOperator<R>>(&self, a: &A) -> Result<(), RecoveryError> {
        let step = self.initial();
        let stable = match self {
            Self::Guarded(_) => true,
            Self::Fixed(_) => step * largest_eigenvalue(a, ROUNDS) < R::from_f64(2.0),
        };
        if step > R::ZERO && step.is_finite() && stable { Ok(()) } else { Err(RecoveryError::Step) }
    }
}

/// The largest eigenvalue of AᵀA, ‖A‖², from below: ‖A v‖² for the unit v after `rounds` of v ← AᵀA
/// v / ‖AᵀA v‖ from a fixed start without pattern. Zero for a dictionary of zeros, NaN or infinite
/// where squares overflow.
///
/// Cost: `rounds` + 1 products with A and `rounds` with Aᵀ; storage N + M numbers while it runs.
/// What is missing to the largest falls like (λ₂/λ₁)^(2·`rounds`), and on average over starts by a
/// factor of at most about ln(N) / (2·`rounds`) however close λ₂ is.
///
/// ```
/// use solvekit::{SMatrix, recovery::largest_eigenvalue};
/// let a = SMatrix::<f32, 2, 3>::new(3.0, 0.0, 0.0, 0.0, 1.0, 0.0);
/// assert!((largest_eigenvalue(&a, 10) - 9.0).abs() < 1e-5);
/// ```
///
/// Source: Kuczyński and Woźniakowski 1992 (power iteration with a random start).
pub fn largest_eigenvalue<R: Real, A: LinearOperator<R>>(a: &A, rounds: u32) -> R {
    let (mut v, mut image) = (a.zero_domain(), a.zero_range());
    // Fractions of multiples of the golden ratio fill an interval evenly and repeat nothing.
    let mut fraction = R::from_f64(0.5);
    for v in v.as_mut_slice() {
        fraction += R::from_f64(0.618_033_988_749_894_9);
        if fraction >= R::ONE {
            fraction -= R::ONE;
        }
        *v = fraction - R::from_f64(0.5);
    }
    normalise(&mut v);
    for _ in 0..rounds {
        a.apply(&v, &mut image);
        a.apply_adjoint(&image, &mut v);
        normalise(&mut v);
    }
    a.apply(&v, &mut image);
    dot(image.as_slice(), image.as_slice())
}

/// v ← v / ‖v‖; zeros stay.
fn normalise<R: Real>(v: &mut impl Buffer<R>) {
    let scale = max_abs(v.as_slice()).unit_scale();
    v.as_mut_slice().iter_mut().for_each(|v| *v *= scale);
    let length = norm(v);
    if length != R::ZERO {
        let inverse = R::ONE / length;
        v.as_mut_slice().iter_mut().for_each(|v| *v *= inverse);
    }
}
