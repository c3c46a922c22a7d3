//! [`Splitting`]: what theory says of SOR on one shifted Laplacian, by dense algebra in f64.

use nalgebra::{DMatrix, SymmetricEigen};
use scenarios::sequence::{Grid, Laplacian, N, SIDE};
use solvekit::LinearOperator;
use solvekit::sor::young_omega;
use std::f64::consts::PI;

/// A shifted Laplacian A = D + L + Lᵀ (10 × 10 points) as SOR splits it, W = D/ω + L.
///
/// Storage: three numbers and the operator. A dense matrix here has 100 × 100 numbers.
#[derive(Clone, Copy, Debug)]
pub struct Splitting {
    /// The operator.
    pub a: Laplacian<f64>,
    /// β = ρ(I − D⁻¹A), the spectral radius of Jacobi's iteration.
    pub beta: f64,
    /// Young's ω*, the smallest spectral radius.
    pub young: f64,
    /// g = ρ(D⁻¹L D⁻¹Lᵀ).
    triangle: f64,
}

impl Splitting {
    /// The Laplacian plus `offset`·I.
    ///
    /// # Errors
    /// When the shifted matrix is not positive definite.
    pub fn new(offset: f64) -> anyhow::Result<Self> {
        let a = Laplacian::laplacian(offset);
        let beta = 4.0 * (PI / (SIDE + 1) as f64).cos() / a.center;
        let lower = dense(|column, image| {
            a.apply(column, image);
            let first = column.iter().position(|x| *x != 0.0).unwrap_or(N);
            image.iter_mut().take((first + 1).min(N)).for_each(|above| *above = 0.0);
        });
        // D is a multiple of I, so D⁻¹L D⁻¹Lᵀ is symmetric.
        let triangle = largest_eigenvalue(&lower * lower.transpose()) / (a.center * a.center);
        Ok(Self { a, beta, young: young_omega(beta)?, triangle })
    }

    /// C_ω = I − A W⁻¹, which takes a residual to the one after a sweep.
    pub fn iteration_matrix(&self, omega: f64) -> DMatrix<f64> {
        dense(|residual, next| {
            let mut change = Grid::zeros();
            let sweep = |i: usize, j: usize, change: &Grid<f64>| {
                let above = if i > 0 { change[(i - 1, j)] } else { 0.0 };
                let left = if j > 0 { change[(i, j - 1)] } else { 0.0 };
                residual[(i, j)] - self.a.vertical * above - self.a.horizontal * left
            };
            for j in 0..SIDE {
                for i in 0..SIDE {
                    change[(i, j)] = omega / self.a.center * sweep(i, j, &change);
                }
            }
            self.a.apply(&change, next);
            *next = residual - *next;
        })
    }

    /// ρ(C_ω) by Young's theorem: A is consistently ordered. Eigenvalues computed from the matrix
    /// lose half of their digits at ω*, where two of them meet.
    pub fn radius(&self, omega: f64) -> f64 {
        let product = omega * self.beta;
        let discriminant = product * product - 4.0 * (omega - 1.0);
        if omega < self.young && discriminant > 0.0 {
            0.25 * (product + discriminant.sqrt()).powi(2)
        } else {
            omega - 1.0
        }
    }

    /// A bound on the energy norm of SOR's error iteration.
    ///
    /// ‖I − W⁻¹A‖_A² = 1 − (2/ω − 1)/λ with λ the largest eigenvalue of W D⁻¹Wᵀ relative to A, and
    /// W D⁻¹Wᵀ = (1/ω² − 1/ω) D + A/ω + L D⁻¹Lᵀ ≤ κ D + A/ω, κ = 1/ω² − 1/ω + g. From
    /// (1 − β) D ≤ A ≤ (1 + β) D follows λ ≤ κ/(1 − β) + 1/ω for κ ≥ 0, and λ ≤ κ/(1 + β) + 1/ω below.
    ///
    /// Source: Hackbusch, *Iterative Solution of Large Sparse Systems of Equations*, 2nd ed.,
    /// Corollary 3.45 (for κ ≥ 0), derived anew.
    pub fn energy_norm(&self, omega: f64) -> f64 {
        let kappa = 1.0 / (omega * omega) - 1.0 / omega + self.triangle;
        let side = if kappa >= 0.0 { 1.0 - self.beta } else { 1.0 + self.beta };
        (1.0 - (2.0 / omega - 1.0) / (kappa / side + 1.0 / omega)).sqrt()
    }

    /// Sweeps until the residual must be below `tolerance` by the energy norm:
    /// ‖rₖ‖ ≤ √cond(A) ‖I − W⁻¹A‖_Aᵏ ‖r₀‖.
    pub fn energy_sweeps(&self, omega: f64, tolerance: f64) -> f64 {
        let condition = (1.0 + self.beta) / (1.0 - self.beta);
        (tolerance / condition.sqrt()).ln() / self.energy_norm(omega).ln()
    }

    /// ln ε / ln ρ: sweeps if every sweep shrank the residual by ρ(C_ω).
    pub fn asymptotic_sweeps(&self, omega: f64, tolerance: f64) -> f64 {
        tolerance.ln() / self.radius(omega).ln()
    }

    /// The surrogate, U(ω) = 1 + ln ε / ln(ρ + τ (1 − ρ)).
    pub fn surrogate(&self, omega: f64, tau: f64, tolerance: f64) -> f64 {
        let radius = self.radius(omega);
        1.0 + tolerance.ln() / (radius + tau * (1.0 - radius)).ln()
    }

    /// (‖C_ωᵏ⁻¹‖^(1/(k−1)) − ρ)/(1 − ρ), the largest over the costs k in `sweeps`; τ is the largest of
    /// these over ω. A cost of 1 says nothing.
    pub fn asymptocity(&self, omega: f64, sweeps: &[u32]) -> f64 {
        let mut exponents: Vec<_> = sweeps.iter().map(|k| k - 1).filter(|k| *k > 0).collect();
        exponents.sort_unstable();
        exponents.dedup();
        let c = self.iteration_matrix(omega);
        let radius = self.radius(omega);
        let mut power = DMatrix::identity(N, N);
        let mut reached = 0;
        let mut largest = 0.0_f64;
        for k in exponents {
            power *= to_the(&c, k - reached);
            reached = k;
            let rate = spectral_norm(&power).powf(1.0 / f64::from(k));
            largest = largest.max((rate - radius) / (1.0 - radius));
        }
        largest
    }
}

/// The matrix of a linear map of grids.
fn dense(map: impl Fn(&Grid<f64>, &mut Grid<f64>)) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(N, N);
    for (k, mut column) in matrix.column_iter_mut().enumerate() {
        let mut unit = Grid::zeros();
        unit[k] = 1.0;
        let mut image = Grid::zeros();
        map(&unit, &mut image);
        column.copy_from_slice(image.as_slice());
    }
    matrix
}

/// Cᵏ by repeated squaring.
fn to_the(c: &DMatrix<f64>, exponent: u32) -> DMatrix<f64> {
    let mut power = c.clone();
    // From the second highest bit down.
    for bit in (0..exponent.ilog2()).rev() {
        power = &power * &power;
        if exponent >> bit & 1 == 1 {
            power *= c;
        }
    }
    power
}

/// ‖M‖₂.
fn spectral_norm(m: &DMatrix<f64>) -> f64 {
    largest_eigenvalue(m.transpose() * m).sqrt()
}

fn largest_eigenvalue(symmetric: DMatrix<f64>) -> f64 {
    SymmetricEigen::new(symmetric).eigenvalues.max()
}
