//! Certified bounds of how fast the gradient of a block can change: L_b ≥ λmax(H_bb).

use super::{Partition, rule::RuleError};
use crate::direct::{factor_in_place, packed};
use crate::fit::DataFit;
use crate::sum::{dot, max_abs};
use crate::{Real, Scalar};

/// Steps of the power iteration. What they leave open is the certificate's business.
const STEPS: u32 = 30;

/// Factorisations to try. The estimate is at least λmax/τ, so doubling margins are through with
/// that after 8 + log₂ τ, and halves close in after a few more.
const TRIALS: u32 = 32;

/// Numbers that [`block_lipschitz`] works in for a block of τ coordinates: τ(τ + 1)/2 + 2τ.
pub const fn room(size: usize) -> usize {
    packed(size) + 2 * size
}

/// A number L_b with L_b·I − H_bb positive semidefinite, where H is the bound of the Hessian
/// ([`DataFit::fill_bound`]): a step of 1/L_b along −∇_b f cannot overshoot.
///
/// A power iteration estimates the largest eigenvalue; its estimate is never too large, so it is
/// raised (by 1/256, then twice that …) until the Cholesky factorisation of L·I − H_bb succeeds,
/// which proves it, the rounding of that factorisation included; halving then brings it to within
/// 1/64 of what is refuted. Never more than the largest row sum Σ|Hᵢⱼ|, which needs no proof. H is the
/// matrix of the numbers that the fit gives, as they were rounded.
///
/// `None` where `work` has fewer than [`room`]`(τ)` numbers, or H_bb holds a number that is not
/// finite. Cost: 30 τ² multiplications, and as a rule one factorisation, τ³/6; the entries of the
/// block are read twice.
///
/// ```
/// use solvekit::bcd::{block_lipschitz, room};
/// use solvekit::{SMatrix, SVector, fit::Quadratic};
/// let a = SMatrix::<f64, 3, 3>::new(2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 9.0);
/// let b = SVector::zeros();
/// let fit = Quadratic::new(&a, &b)?;
/// let largest = block_lipschitz(&fit, &[0, 1], &mut [0.0; room(2)]).unwrap();
/// assert!((3.0..3.02).contains(&largest));
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
///
/// Source: Rump 2006 (verification of positive definiteness), Theorem 2.3, for the rounding.
pub fn block_lipschitz<F: DataFit>(
    fit: &F,
    block: &[usize],
    work: &mut [F::Real],
) -> Option<F::Real> {
    let order = block.len();
    let (entries, vectors) = work.get_mut(..room(order))?.split_at_mut_checked(packed(order))?;
    let (vector, image) = vectors.split_at_mut_checked(order)?;
    fit.fill_bound(block, entries);
    let (row_sum, diagonal) = row_sums(entries, image);
    if !row_sum.is_finite() {
        return None;
    }
    let estimate = power(entries, vector, image).max(diagonal);
    let count = F::Real::from_u32(order as u32);
    // Of the factorisation: γ · trace(L I − H), and the trace is at most n L; γ is (n + 1) ε.
    let rounding = F::Real::EPSILON * (count + count) * (count + F::Real::from_f64(2.0));
    // Refuted and proved, the latter at first by the row sums.
    let (mut low, mut high) = (estimate, row_sum);
    let mut margin = F::Real::from_f64(1.0 / 256.0);
    for _ in 0..TRIALS {
        let near = high - low <= low * F::Real::from_f64(1.0 / 64.0);
        if near || !high.is_finite() {
            break;
        }
        let raised = low * (F::Real::ONE + margin);
        let shift = if raised < high { raised } else { F::Real::from_f64(0.5) * (low + high) };
        fit.fill_bound(block, entries);
        complement(entries, order, shift);
        // Nothing added: every pivot is positive.
        if factor_in_place(entries, order) == Ok(F::Real::ZERO) {
            high = shift;
        } else {
            (low, margin) = (shift, margin + margin);
        }
    }
    Some((high * (F::Real::ONE + rounding)).min(row_sum))
}

/// s·I − A for the packed lower triangle of A.
fn complement<R: Real>(entries: &mut [R], order: usize, shift: R) {
    let mut rest = entries;
    for row in 0..order {
        let Some((own, after)) = rest.split_at_mut_checked(row + 1) else { return };
        rest = after;
        own.iter_mut().for_each(|entry| *entry = -*entry);
        if let Some(diagonal) = own.last_mut() {
            *diagonal += shift;
        }
    }
}

/// The largest row sum Σ|Hᵢⱼ| of a block: a bound of its largest eigenvalue that takes no memory
/// (Gershgorin), up to √τ times the least one where H_bb is positive semidefinite. Cost: the τ² entries
/// of the block ([`DataFit::bound`]).
///
/// ```
/// use solvekit::bcd::row_sum_lipschitz;
/// use solvekit::{SMatrix, SVector, fit::Quadratic};
/// let a = SMatrix::<f64, 3, 3>::new(2.0, -1.0, 0.0, -1.0, 2.0, 0.0, 0.0, 0.0, 9.0);
/// let b = SVector::zeros();
/// let bound = row_sum_lipschitz(&Quadratic::new(&a, &b)?, &[0, 1]);
/// assert!((3.0..3.0 + 1e-14).contains(&bound)); // and what rounding may have taken
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
pub fn row_sum_lipschitz<F: DataFit>(fit: &F, block: &[usize]) -> F::Real {
    let mut largest = F::Real::ZERO;
    for i in block {
        let sum = crate::sum::sum_of(block.len(), |k| {
            block.get(k).map_or(F::Real::ZERO, |j| fit.bound(*i, *j).abs())
        });
        largest = largest.max(sum);
    }
    rounded_up(largest, block.len())
}

/// A sum of `terms` numbers that are not negative, and what rounding may have taken from it.
fn rounded_up<R: Real>(sum: R, terms: usize) -> R {
    sum * (R::ONE + R::EPSILON * R::from_u32(terms as u32))
}

/// [`block_lipschitz`] of every block of a partition. Storage: one constant for each block, and room
/// for the largest. Cost: that of each block.
///
/// # Errors
/// [`RuleError::Room`] where `constants` has fewer entries than there are blocks or `work` fewer
/// than [`room`]`(τ)`; [`RuleError::Weight`] for a block that is not finite.
pub fn block_constants<F: DataFit, O: AsRef<[usize]>>(
    fit: &F,
    partition: &Partition<O>,
    constants: &mut [F::Real],
    work: &mut [F::Real],
) -> Result<(), RuleError> {
    RuleError::check_room(partition.blocks(), constants.len())?;
    for (block, slot) in constants.iter_mut().take(partition.blocks()).enumerate() {
        let coordinates = partition.block(block);
        RuleError::check_room(room(coordinates.len()), work.len())?;
        *slot = block_lipschitz(fit, coordinates, work).ok_or(RuleError::Weight { block })?;
    }
    Ok(())
}

/// The largest row sum of a packed triangle and its largest diagonal entry; `sums` is room.
fn row_sums<R: Real>(entries: &[R], sums: &mut [R]) -> (R, R) {
    sums.fill(R::ZERO);
    let mut diagonal = R::ZERO;
    let mut rest = entries;
    for row in 0..sums.len() {
        let Some((own, after)) = rest.split_at_checked(row + 1) else { break };
        rest = after;
        let mut sum = R::ZERO;
        for (other, entry) in sums.iter_mut().zip(own).take(row) {
            *other += entry.abs();
            sum += entry.abs();
        }
        if let (Some(own), Some(entry)) = (sums.get_mut(row), own.last()) {
            diagonal = diagonal.max(*entry);
            *own = sum + entry.abs();
        }
    }
    (rounded_up(max_abs(sums), sums.len()), diagonal)
}

/// The Rayleigh quotient after some steps from a vector without structure.
fn power<R: Real>(entries: &[R], vector: &mut [R], image: &mut [R]) -> R {
    let mut seed = 0x2545_f491_u32;
    for v in vector.iter_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *v = R::ONE + R::from_u32(seed >> 9) * R::from_f64(1.0 / 8_388_608.0);
    }
    let mut quotient = R::ZERO;
    for _ in 0..STEPS {
        // Exact, and keeps every square in range.
        let scale = max_abs(vector).unit_scale();
        vector.iter_mut().for_each(|v| *v *= scale);
        symmetric_product(entries, vector, image);
        quotient = dot(vector, image) / dot(vector, vector);
        vector.iter_mut().zip(image.iter()).for_each(|(v, new)| *v = *new);
    }
    quotient.finite_or(R::ZERO)
}

/// y ← A x for the packed lower triangle of A.
pub(crate) fn symmetric_product<R: Real>(entries: &[R], x: &[R], y: &mut [R]) {
    let mut rest = entries;
    for row in 0..x.len().min(y.len()) {
        let (Some(own), Some(after)) = (rest.get(..=row), rest.get(row + 1..)) else { return };
        rest = after;
        let sum = dot(own, x);
        let Some(x) = x.get(row).copied() else { return };
        for (y, entry) in y.iter_mut().zip(own).take(row) {
            *y += *entry * x;
        }
        if let Some(y) = y.get_mut(row) {
            *y = sum;
        }
    }
}
