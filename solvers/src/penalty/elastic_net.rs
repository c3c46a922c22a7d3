//! [`ElasticNet`]: λ₁‖x‖₁ + ½λ₂‖x‖².

use super::{L1, Penalty, PenaltyError, Separable};
use crate::Real;

/// g(x) = λ₁‖x‖₁ + ½λ₂‖x‖²: sparse like [`L1`], and columns that are alike share a weight instead of
/// one taking all of it.
///
/// prox: S(v, λ₁·step) / (1 + λ₂·step). Distance: max(|∇ⱼf| − λ₁, 0) at zero,
/// |∇ⱼf + λ₁ sign(xⱼ) + λ₂ xⱼ| elsewhere. Storage: two numbers.
///
/// ```
/// use solvekit::penalty::{ElasticNet, Penalty};
/// let penalty = ElasticNet::new(0.5_f32, 1.0)?;
/// assert_eq!(penalty.prox(0, 1.0, 2.5), 1.0);
/// assert_eq!(penalty.value(0, 2.0), 3.0);
/// assert_eq!(penalty.distance(0, 1.0, -1.5), 0.0);
/// # Ok::<(), solvekit::penalty::PenaltyError>(())
/// ```
///
/// Source: Zou and Hastie 2005 (the "naive" elastic net, eq. 3).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Kept<R>", bound(deserialize = "R: Real + serde::Deserialize<'de>"))
)]
pub struct ElasticNet<R> {
    l1: L1<R>,
    ridge: R,
}

/// What is kept; who reads it passes the constructor's checks.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "R: Real + serde::Deserialize<'de>"))]
struct Kept<R> {
    l1: L1<R>,
    ridge: R,
}

#[cfg(feature = "serde")]
impl<R: Real> TryFrom<Kept<R>> for ElasticNet<R> {
    type Error = PenaltyError;

    fn try_from(Kept { l1, ridge }: Kept<R>) -> Result<Self, PenaltyError> {
        Self::new(l1.lambda(), ridge)
    }
}

impl<R: Real> ElasticNet<R> {
    /// λ₁ ≥ 0 and λ₂ ≥ 0.
    ///
    /// # Errors
    /// [`PenaltyError::Weight`].
    pub fn new(lambda: R, ridge: R) -> Result<Self, PenaltyError> {
        if ridge >= R::ZERO && ridge.is_finite() {
            Ok(Self { l1: L1::new(lambda)?, ridge })
        } else {
            Err(PenaltyError::Weight)
        }
    }

    /// λ₁.
    pub const fn lambda(&self) -> R {
        self.l1.lambda()
    }

    /// λ₂.
    pub const fn ridge(&self) -> R {
        self.ridge
    }
}

impl<R: Real> Penalty<R> for ElasticNet<R> {
    fn value(&self, j: usize, x: R) -> R {
        self.l1.value(j, x) + R::from_f64(0.5) * self.ridge * x * x
    }
    #[inline]
    fn prox(&self, j: usize, step: R, v: R) -> R {
        self.l1.prox(j, step, v) / (R::ONE + self.ridge * step)
    }
    #[inline]
    fn distance(&self, j: usize, x: R, gradient: R) -> R {
        self.l1.distance(j, x, gradient + self.ridge * x)
    }
    #[inline]
    fn slope(&self, j: usize, x: R) -> R {
        self.l1.slope(j, x) + self.ridge * x
    }
    fn curvature(&self, _: usize, _: R) -> R {
        self.ridge
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x == R::ZERO
    }
}

impl<R: Real> Separable<R> for ElasticNet<R> {}
