//! [`Coordinate`]: one coordinate after the other.

use super::Update;
use super::held::land;
use crate::bcd::rule::Chosen;
use crate::fit::DataFit;
use crate::{Real, Scalar, Separable};

/// For each coordinate of the block in turn: xⱼ ← prox(xⱼ − ∇ⱼf / Lⱼ), each seeing the ones before
/// it. Along one coordinate of a quadratic this is the exact least value.
///
/// A coordinate of no curvature (a zero column) goes to where its penalty alone is least. It
/// remembers nothing. Decrease: at least ½ Lⱼ (Δxⱼ)² for each.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::L1, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let descent = Descent::new(fit, L1::new(1.0)?, Cyclic::new(blocks), Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Fu 1998; Friedman, Hastie and Tibshirani 2010 (pathwise coordinate optimisation).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Coordinate;

impl<F: DataFit, P: Separable<F::Real>> Update<F, P> for Coordinate {
    type State = ();

    fn start(&self) {}

    #[inline]
    fn apply(&self, fit: &F, penalty: &P, point: &mut F::Point, chosen: Chosen<'_>, _: &mut ()) {
        for j in chosen.coordinates {
            let Some(x) = fit.x(point).get(*j).copied() else { continue };
            let lipschitz = fit.lipschitz(*j);
            let new = if lipschitz > F::Real::ZERO {
                let step = F::Real::ONE / lipschitz;
                penalty.prox(*j, step, x - step * fit.partial(point, *j))
            } else {
                flat(penalty, *j, x)
            };
            land((fit, penalty, point), *j, new);
        }
    }
}

/// Where a coordinate of no curvature goes; out of the way of the others.
#[cold]
#[inline(never)]
fn flat<R: Real, P: Separable<R>>(penalty: &P, j: usize, x: R) -> R {
    penalty.prox(j, R::MAX, x)
}
