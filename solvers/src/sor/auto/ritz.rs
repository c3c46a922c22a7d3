//! The Rayleigh quotient of the remembered vector, and its refinement by what a solve found.

use super::exponent::usable;
use crate::sum::{Accumulator, max_abs};
use crate::{Buffer, Real, RowOperator};

/// vᵀAv, vᵀDv and sᵀD⁻¹s with s = Av, all in the units of D.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rayleigh<R> {
    pub(super) energy: R,
    pub(super) mass: R,
    /// λ = vᵀAv / vᵀDv.
    pub(super) lambda: R,
    /// sᵀD⁻¹s / vᵀDv − λ², the square of the eigen-residual in D's norm.
    pub(super) defect: R,
}

/// One product with A.
pub(super) fn rayleigh<R: Real, A: RowOperator<R>>(
    a: &A,
    inverse_diagonal: &A::Range,
    unit: R,
    v: &A::Domain,
) -> Option<Rayleigh<R>> {
    let (mut energy, mut mass, mut squares) =
        <(Accumulator<R>, Accumulator<R>, Accumulator<R>)>::default();
    let (slice, inverse) = (v.as_slice(), inverse_diagonal.as_slice());
    a.visit(v, |row, dot| {
        if let (Some(v), Some(inverse)) = (slice.get(row), inverse.get(row)) {
            energy.add(row, *v * (dot * unit));
            mass.add(row, *v * (*v * (unit / *inverse)));
            squares.add(row, dot * unit * (dot * *inverse));
        }
    });
    let (energy, mass) = (energy.total(), mass.total());
    let quotient = energy / mass;
    let lambda = usable(quotient);
    let defect = squares.total() / mass - lambda * lambda;
    let sound = quotient > R::ZERO && quotient.is_finite() && mass > R::ZERO && defect.is_finite();
    sound.then_some(Rayleigh { energy, mass, lambda, defect })
}

/// Products of x with itself, with v and with b = A x, in the units of D; `size` brings x to about 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Products<R> {
    pub(super) size: R,
    /// xᵀAx, xᵀDx.
    pub(super) energy: R,
    pub(super) mass: R,
    /// vᵀAx, vᵀDx.
    pub(super) cross_energy: R,
    pub(super) cross_mass: R,
}

/// A x is b to the tolerance, so no product with A is needed.
pub(super) fn products<R: Real>(
    b: &[R],
    inverse_diagonal: &[R],
    unit: R,
    v: &[R],
    x: &[R],
) -> Option<Products<R>> {
    let size = max_abs(x).unit_scale();
    let mut sums = <[Accumulator<R>; 4]>::default();
    let [energy, mass, cross_energy, cross_mass] = &mut sums;
    for (k, (((b, inverse), v), x)) in b.iter().zip(inverse_diagonal).zip(v).zip(x).enumerate() {
        let x = *x * size;
        let image = *b * size * unit;
        let weighted = x * (unit / *inverse);
        energy.add(k, x * image);
        mass.add(k, x * weighted);
        cross_energy.add(k, *v * image);
        cross_mass.add(k, *v * weighted);
    }
    let [energy, mass, cross_energy, cross_mass] = sums.map(Accumulator::total);
    let finite = [energy, mass, cross_energy, cross_mass].iter().all(|sum| sum.is_finite());
    (finite && mass > R::ZERO).then_some(Products { size, energy, mass, cross_energy, cross_mass })
}

/// The smallest Ritz value of A relative to D on span{v, x}, and its vector y₁ v + y₂ x.
pub(super) struct Ritz<R> {
    pub(super) lambda: R,
    pub(super) of_v: R,
    pub(super) of_x: R,
}

/// Where v and x are nearly parallel the determinant is rounding noise: then nothing.
pub(super) fn ritz<R: Real>(v: &Rayleigh<R>, x: &Products<R>) -> Option<Ritz<R>> {
    let guard = R::from_f64(1e-9).max(R::from_f64(100.0) * R::EPSILON);
    let two = R::ONE + R::ONE;
    let (a, d) = (v.energy, v.mass);
    let (a22, d22, a12, d12) = (x.energy, x.mass, x.cross_energy, x.cross_mass);
    let qa = d * d22 - d12 * d12;
    let qb = two * a12 * d12 - d * a22 - d22 * a;
    let qc = a * a22 - a12 * a12;
    let root = (qb * qb - two * two * qa * qc).max(R::ZERO).sqrt();
    let lambda = two * qc / (root - qb);
    let highest = a / d * (R::ONE + R::from_f64(1e-12).max(R::EPSILON));
    if !(qa > guard * d * d22 && qc > R::ZERO && lambda > R::ZERO && lambda <= highest) {
        return None;
    }
    let (p1, p2, r1) = (a - lambda * d, a12 - lambda * d12, a22 - lambda * d22);
    let (of_v, of_x) =
        if p1.abs() / d >= r1.abs() / d22 { (-p2 / p1, R::ONE) } else { (R::ONE, -p2 / r1) };
    (of_v.is_finite() && of_x.is_finite()).then_some(Ritz { lambda, of_v, of_x: of_x * x.size })
}
