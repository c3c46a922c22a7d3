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

#[cfg(test)]
mod tests {
    use super::*;

    /// v and x differ by 2⁻²² of their length; what is left of the difference of their energies is
    /// one rounding of 0.1 in f32.
    fn nearly_parallel<R: Real>() -> Option<R> {
        let number = R::from_f64;
        let (energy, mass) = (number(0.1), R::ONE);
        let v = Rayleigh { energy, mass, lambda: energy, defect: R::ZERO };
        let cross_energy = energy - number(0.5_f64.powi(27));
        let cross_mass = mass - number(0.5_f64.powi(22));
        ritz(&v, &Products { size: R::ONE, energy, mass, cross_energy, cross_mass })
            .map(|ritz| ritz.lambda)
    }

    #[test]
    fn in_f32_a_difference_of_roundings_is_no_mode() {
        assert_eq!(nearly_parallel::<f32>(), None);
        // In f64 it is one: 2⁻²⁷ / 2⁻²² = 1 / 32, to the roundings of differences of 10⁻⁷.
        let lambda = nearly_parallel::<f64>().expect("independent");
        assert!((lambda - 0.031_25).abs() < 1e-6, "{lambda}");
    }

    #[test]
    fn two_coordinates_find_the_smaller_of_their_values() {
        // A = diag(0.5, 0.1), D = I, v = (1, 1), x = (1, −1).
        let v = Rayleigh { energy: 0.6_f32, mass: 2.0, lambda: 0.3, defect: 0.04 };
        let x = Products { size: 1.0, energy: 0.6, mass: 2.0, cross_energy: 0.4, cross_mass: 0.0 };
        let found = ritz(&v, &x).expect("independent");
        // Some roundings of f32.
        assert!((found.lambda - 0.1).abs() < 1e-6, "{}", found.lambda);
        assert!((found.of_v + found.of_x).abs() < 1e-5, "(0, 1) is v − x");
    }
}
