//! [`Coordinate`]: one coordinate after the other.

use super::Update;
use super::held::{land, shift_again};
use crate::bcd::rule::Chosen;
use crate::fit::{Change, DataFit};
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
        let mut rest = chosen.coordinates;
        loop {
            let mut target = F::Real::ZERO;
            rest = fit.sweep(point, rest, |j, x, lipschitz, partial| {
                let step = F::Real::ONE / lipschitz;
                let new = penalty.prox(j, step, x - step * partial);
                if new == x {
                    return Change::Stay;
                }
                let delta = new - x;
                // Where the shift ends.
                let there = x + delta;
                let is_plain = lipschitz > F::Real::ZERO && there.is_finite();
                if is_plain && (there == new || !penalty.sticks(j, new)) {
                    return Change::Shift(delta);
                }
                target = new;
                Change::Leave
            });
            let Some((j, behind)) = rest.split_first() else { return };
            alone((fit, penalty, point), *j, target);
            rest = behind;
        }
    }
}

/// What one shift does not do; out of the way of the others.
#[cold]
#[inline(never)]
fn alone<F: DataFit, P: Separable<F::Real>>(
    (fit, penalty, point): (&F, &P, &mut F::Point),
    j: usize,
    target: F::Real,
) {
    let Some(x) = fit.x(point).get(j).copied() else { return };
    if fit.lipschitz(j) > F::Real::ZERO {
        land((fit, penalty, point), j, target);
    } else {
        // The step was infinite: what has come of it is NaN, or as far as the penalty allows, and
        // from there x need not move.
        flat((fit, penalty, point), j, x);
    }
}

/// Moves a coordinate of no curvature.
fn flat<F: DataFit, P: Separable<F::Real>>(
    (fit, penalty, point): (&F, &P, &mut F::Point),
    j: usize,
    x: F::Real,
) {
    let target = penalty.prox(j, F::Real::MAX, x);
    // Twice, since a shift by the difference may miss by a rounding.
    for _ in 0..2 {
        let Some(now) = fit.x(point).get(j).copied() else { return };
        if now != target {
            shift_again(fit, point, j, target - now);
        }
    }
}
