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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::{LeastSquares, Quadratic};
    use crate::penalty::Bounds;
    use crate::{Penalty, SMatrix, SVector};

    /// The steps of the type's documentation, one by one.
    fn one_by_one<F: DataFit<Real = f32>>(
        fit: &F,
        penalty: &Bounds<SVector<f32, 8>>,
        point: &mut F::Point,
        block: &[usize],
    ) {
        for j in block.iter().copied().filter(|j| *j < fit.unknowns()) {
            let (x, step) = (fit.x(point)[j], 1.0 / fit.lipschitz(j));
            if step.is_infinite() {
                continue;
            }
            let new = penalty.prox(j, step, x - step * fit.partial(point, j));
            // A second shift where the first has missed a bound.
            for _ in 0..2 {
                let now = fit.x(point)[j];
                if now != new && (now == x || penalty.sticks(j, new)) {
                    fit.shift(point, j, new - now);
                }
            }
        }
    }

    #[test]
    fn a_sweep_has_the_bits_of_steps_one_by_one() {
        // Bounds that shifts miss by a rounding, a column of zeros, and a coordinate that is none.
        let design = SMatrix::<f32, 32, 8>::from_fn(|i, j| match j {
            5 => 0.0,
            _ => ((i * 37 + j * 11 + i * j * 5) % 23) as f32 * 0.17 - 1.3,
        });
        let response = SVector::<f32, 32>::from_fn(|i, _| ((i * 29) % 17) as f32 - 7.7);
        let (lower, upper) = (SVector::repeat(-0.1), SVector::repeat(0.123_457));
        let penalty = Bounds::new::<f32>(lower, upper).unwrap();
        let block = [3, 0, 7, 8, 5, 1, 2, 6, 4];
        let chosen = Chosen { coordinates: &block, block: None };
        let fit = LeastSquares::new(&design, &response).unwrap();
        let mut missed = 0;
        let start = SVector::<f32, 8>::from_fn(|j, _| 0.037 * j as f32 - 0.11);
        let mut start = fit.start_at(start).unwrap();
        start.x[5] = 0.0;
        fit.refresh(&mut start);
        let (mut swept, mut stepped) = (start, start);
        for pass in 0..4 {
            missed += swept.x.iter().filter(|x| **x + (0.123_457 - **x) != 0.123_457).count();
            Coordinate.apply(&fit, &penalty, &mut swept, chosen, &mut ());
            one_by_one(&fit, &penalty, &mut stepped, &block);
            assert_eq!(swept, stepped, "pass {pass}");
        }
        assert!(missed > 0, "no shift to the bound rounds");
        let gram = SMatrix::<f32, 8, 8>::from_fn(|i, j| fit.bound(i.min(j), i.max(j)));
        let b = design.transpose() * response;
        let fit = Quadratic::new(&gram, &b).unwrap();
        let (mut swept, mut stepped) = (fit.start(), fit.start());
        for pass in 0..4 {
            Coordinate.apply(&fit, &penalty, &mut swept, chosen, &mut ());
            one_by_one(&fit, &penalty, &mut stepped, &block);
            assert_eq!(swept, stepped, "pass {pass}");
        }
    }
}
