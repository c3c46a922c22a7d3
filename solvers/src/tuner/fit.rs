//! [`Fit`]: a smooth least-squares fit in Chebyshev polynomials, in a box and in fixed memory.

use crate::Real;
use crate::sum::{dot, square};

/// Least squares of z on T₀(u) … T_{M−1}(u), u in [−1, 1], over all samples so far: the θ with the
/// smallest Σ (z − Σⱼ θⱼ Tⱼ(u))² + λ Σⱼ (1 + j²) θⱼ², λ = 1/256.
///
/// The second term prefers smooth curves: without it a few samples that lie close together fit a curve
/// which is wild everywhere else, and an arm that such a curve calls bad may never be played again. Far
/// from its samples the fit tends to 0. One sample counts 256 times as much as its constant's share of
/// that term.
///
/// The Gram matrix needs no M² numbers: Tᵢ Tⱼ = (T_{i+j} + T_{|i−j|})/2, so Gᵢⱼ = (μ_{i+j} + μ_{|i−j|})/2
/// with the 2 M − 1 sums μₖ = Σ Tₖ(u). Storage: 4 M + 2 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "R: serde::Serialize",
        deserialize = "R: Copy + serde::Deserialize<'de>"
    ))
)]
pub(super) struct Fit<R, const M: usize> {
    /// μ₀ … μ_{M−1}; μ₀ is the number of samples.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    low: [R; M],
    /// μ_M … μ_{2M−1}; the last one is not needed.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    high: [R; M],
    /// Σ Tⱼ(u) z.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    projections: [R; M],
    /// Σ z².
    squares: R,
    /// The coefficients.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    coefficients: [R; M],
    /// Σ (z − fit)².
    residual: R,
}

impl<R: Real, const M: usize> Fit<R, M> {
    /// No samples: 0 everywhere.
    pub(super) const fn new() -> Self {
        Self {
            low: [R::ZERO; M],
            high: [R::ZERO; M],
            projections: [R::ZERO; M],
            squares: R::ZERO,
            coefficients: [R::ZERO; M],
            residual: R::ZERO,
        }
    }

    /// The sum of squared residuals.
    pub(super) const fn residual(&self) -> R {
        self.residual
    }

    /// Is it still within the range of the numbers?
    pub(super) fn is_finite(&self) -> bool {
        let sums = self.projections.iter().chain(&self.coefficients).chain(&self.low);
        let mut all = sums.chain(&self.high).chain([&self.squares, &self.residual]);
        all.all(|number| number.is_finite())
    }

    /// Whether at most `rounds` samples could have left this, fitted with |θ₀| ≤ `level` and
    /// |θⱼ| ≤ `slope`/j.
    #[cfg(feature = "storage")]
    pub(super) fn check(&self, rounds: u32, level: R, slope: R) -> bool {
        if rounds == 0 {
            return *self == Self::new();
        }
        let samples = self.low.first().copied().unwrap_or(R::ZERO);
        // |Tₖ| ≤ 1, but for the rounding of its recurrence and of what fades below the normal numbers.
        let most = samples + samples + R::EPSILON;
        let bound = |j: usize| if j == 0 { level } else { slope / R::from_u32(j as u32) };
        self.is_finite()
            && samples >= R::ZERO
            // A count of rounds ends; the samples may be more.
            && (samples <= R::from_u32(rounds) || rounds == u32::MAX)
            && self.low.iter().chain(&self.high).all(|moment| moment.abs() <= most)
            && self.squares >= R::ZERO
            && self.residual >= R::ZERO
            && self.coefficients.iter().enumerate().all(|(j, theta)| theta.abs() <= bound(j))
    }

    pub(super) const fn coefficients(&self) -> &[R; M] {
        &self.coefficients
    }

    /// The fit where the features are `features`.
    pub(super) fn predict(&self, features: &[R; M]) -> R {
        dot(&self.coefficients, features)
    }

    /// Takes in a sample. The fit itself is as before until [`refit`](Self::refit).
    pub(super) fn add(&mut self, u: R, z: R) {
        let mut terms = Chebyshev::new(u);
        for (moment, projection) in self.low.iter_mut().zip(&mut self.projections) {
            let term = terms.next();
            *moment += term;
            *projection += term * z;
        }
        self.high.iter_mut().for_each(|moment| *moment += terms.next());
        self.squares += square(z);
    }

    /// Lets every sample so far count less. The fit stays.
    pub(super) fn fade(&mut self, kept: R) {
        let sums = self.low.iter_mut().chain(&mut self.high).chain(&mut self.projections);
        sums.for_each(|sum| *sum *= kept);
        self.squares *= kept;
        self.residual *= kept;
    }

    /// Fits anew with |θ₀| ≤ `level` and |θⱼ| ≤ 2 `spread`/j.
    pub(super) fn refit(&mut self, level: R, spread: R) {
        let samples = self.low.first().copied().unwrap_or(R::ZERO);
        if samples <= R::ZERO {
            return;
        }
        let gram = self.gram(samples);
        let bound = |j: usize| {
            if j == 0 { level } else { (spread + spread) / R::from_u32(j as u32) }
        };
        let mut theta = solve(gram, &self.projections);
        if theta.iter().enumerate().any(|(j, t)| t.abs() > bound(j) || !t.is_finite()) {
            for (j, t) in theta.iter_mut().enumerate() {
                *t = clip(t.finite_or(R::ZERO), bound(j));
            }
            self.descend(&gram, &mut theta, bound);
        }
        // θᵀGθ without what was added to G.
        let fitted = gram.iter().zip(&theta).enumerate();
        let fitted = fitted.map(|(j, (row, t))| *t * (dot(row, &theta) - raise(j, samples) * *t));
        let energy = fitted.fold(R::ZERO, |sum, term| sum + term);
        let explained = dot(&self.projections, &theta);
        self.coefficients = theta;
        self.residual = (self.squares - (explained + explained) + energy).max(R::ZERO);
    }

    /// G + λ diag(1 + j²).
    fn gram(&self, samples: R) -> [[R; M]; M] {
        let half = R::from_f64(0.5);
        let moment = |k: usize| {
            let high = k.checked_sub(M);
            let found = high.map_or_else(|| self.low.get(k), |k| self.high.get(k));
            found.copied().unwrap_or(R::ZERO)
        };
        core::array::from_fn(|i| {
            core::array::from_fn(|j| {
                let entry = half * (moment(i + j) + moment(i.abs_diff(j)));
                if i == j { entry + raise(i, samples) } else { entry }
            })
        })
    }

    /// Minimises ½ θᵀGθ − hᵀθ over the box by cyclic coordinate descent with clipping.
    fn descend(&self, gram: &[[R; M]; M], theta: &mut [R; M], bound: impl Fn(usize) -> R) {
        let enough = R::from_f64(1e-9).max(R::EPSILON) * bound(0);
        for _ in 0..PASSES {
            let mut largest = R::ZERO;
            for (j, (row, h)) in gram.iter().zip(&self.projections).enumerate() {
                let (Some(pivot), Some(old)) = (row.get(j), theta.get(j).copied()) else { return };
                let new = clip(old + (*h - dot(row, theta)) / *pivot, bound(j)).finite_or(old);
                if let Some(slot) = theta.get_mut(j) {
                    *slot = new;
                }
                largest = largest.max((new - old).abs());
            }
            if largest <= enough {
                return;
            }
        }
    }
}

/// λ: what a constant of 1 costs, in squared residuals. Anything from a thousandth to a hundredth serves;
/// a power of two is exact.
const SMOOTHNESS: f64 = 1.0 / 256.0;
/// Most passes of coordinate descent.
const PASSES: usize = 100;

/// What the j-th diagonal entry of G is raised by: λ (1 + j²), or more if the rounding of so many samples
/// would swallow it.
fn raise<R: Real>(j: usize, samples: R) -> R {
    let order = R::from_u32(j as u32);
    (R::ONE + order * order) * R::from_f64(SMOOTHNESS).max(R::EPSILON * samples)
}

/// T₀(u), T₁(u), …: T_{k+1} = 2 u T_k − T_{k−1}.
struct Chebyshev<R> {
    u: R,
    this: R,
    next: R,
}

impl<R: Real> Chebyshev<R> {
    const fn new(u: R) -> Self {
        Self { u, this: R::ONE, next: u }
    }

    fn next(&mut self) -> R {
        let this = self.this;
        let product = self.u * self.next;
        (self.this, self.next) = (self.next, product + product - this);
        this
    }
}

/// T₀(u) … T_{M−1}(u).
pub(super) fn features<R: Real, const M: usize>(u: R) -> [R; M] {
    let mut terms = Chebyshev::new(u);
    core::array::from_fn(|_| terms.next())
}

fn clip<R: Real>(value: R, bound: R) -> R {
    value.min(bound).max(-bound)
}

/// θ of G θ = h by G = L D Lᵀ; G is positive definite, and a pivot that rounding made tiny counts as
/// if its coefficient were not there.
fn solve<R: Real, const M: usize>(gram: [[R; M]; M], h: &[R; M]) -> [R; M] {
    let mut rows = gram;
    let mut theta = *h;
    for k in 0..M {
        let pivot = rows[k][k];
        let usable = pivot > R::EPSILON * gram[k][k];
        let inverse = if usable { R::ONE / pivot } else { R::ZERO };
        let above_row = rows[k];
        for i in k + 1..M {
            let factor = rows[i][k] * inverse;
            for (entry, above) in rows[i].iter_mut().zip(&above_row).skip(k + 1) {
                *entry -= factor * *above;
            }
            let above = theta[k];
            theta[i] -= factor * above;
        }
    }
    for k in (0..M).rev() {
        let mut rest = theta[k];
        for j in k + 1..M {
            rest -= rows[k][j] * theta[j];
        }
        let pivot = rows[k][k];
        let usable = pivot > R::EPSILON * gram[k][k];
        theta[k] = if usable { rest / pivot } else { R::ZERO };
    }
    theta
}
