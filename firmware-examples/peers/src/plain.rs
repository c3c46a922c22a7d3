//! Plain loops over indices, as one writes them first: one running sum, nothing unrolled.

use crate::problem::{Lasso, System};
use solvekit::{SMatrix, SVector};

/// Of a step of ISTA: the iterate, y − A x and Aᵀ(y − A x).
pub(crate) struct State {
    pub(crate) x: SVector<f32, 32>,
    pub(crate) r: SVector<f32, 16>,
    pub(crate) g: SVector<f32, 32>,
}

impl State {
    pub(crate) fn zero() -> Self {
        Self { x: SVector::zeros(), r: SVector::zeros(), g: SVector::zeros() }
    }
}

#[inline(never)]
pub(crate) fn mat_vec<const N: usize>(
    a: &SMatrix<f32, N, N>,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
) {
    for i in 0..N {
        let mut sum = 0.0;
        for j in 0..N {
            sum += a[(i, j)] * x[j];
        }
        y[i] = sum;
    }
}

#[inline(never)]
pub(crate) fn transposed<const N: usize>(
    a: &SMatrix<f32, N, N>,
    x: &SVector<f32, N>,
    y: &mut SVector<f32, N>,
) {
    for j in 0..N {
        let mut sum = 0.0;
        for i in 0..N {
            sum += a[(i, j)] * x[i];
        }
        y[j] = sum;
    }
}

#[inline(never)]
pub(crate) fn dot<const N: usize>(x: &SVector<f32, N>, y: &SVector<f32, N>) -> f32 {
    let mut sum = 0.0;
    for i in 0..N {
        sum += x[i] * y[i];
    }
    sum
}

#[inline(never)]
pub(crate) fn axpy<const N: usize>(factor: f32, x: &SVector<f32, N>, y: &mut SVector<f32, N>) {
    for i in 0..N {
        y[i] += factor * x[i];
    }
}

#[inline(never)]
pub(crate) fn product(
    a: &SMatrix<f32, 16, 16>,
    b: &SMatrix<f32, 16, 16>,
    c: &mut SMatrix<f32, 16, 16>,
) {
    for i in 0..16 {
        for j in 0..16 {
            let mut sum = 0.0;
            for k in 0..16 {
                sum += a[(i, k)] * b[(k, j)];
            }
            c[(i, j)] = sum;
        }
    }
}

#[inline(never)]
pub(crate) fn spd_solve(
    a: &SMatrix<f32, 16, 16>,
    l: &mut SMatrix<f32, 16, 16>,
    x: &mut SVector<f32, 16>,
) -> bool {
    for j in 0..16 {
        for i in j..16 {
            let mut sum = a[(i, j)];
            for k in 0..j {
                sum -= l[(i, k)] * l[(j, k)];
            }
            if i > j {
                l[(i, j)] = sum / l[(j, j)];
            } else if sum > 0.0 {
                l[(j, j)] = solvekit::Scalar::sqrt(sum);
            } else {
                return false;
            }
        }
    }
    for i in 0..16 {
        for k in 0..i {
            x[i] -= l[(i, k)] * x[k];
        }
        x[i] /= l[(i, i)];
    }
    for i in (0..16).rev() {
        for k in i + 1..16 {
            x[i] -= l[(k, i)] * x[k];
        }
        x[i] /= l[(i, i)];
    }
    true
}

#[inline(never)]
pub(crate) fn ista(lasso: &Lasso, state: &mut State) {
    let (a, State { x, r, g }) = (&lasso.a.columns, &mut *state);
    for i in 0..16 {
        let mut sum = lasso.y[i];
        for j in 0..32 {
            sum -= a[(i, j)] * x[j];
        }
        r[i] = sum;
    }
    for j in 0..32 {
        let mut sum = 0.0;
        for i in 0..16 {
            sum += a[(i, j)] * r[i];
        }
        g[j] = sum;
    }
    shrink(lasso, g, x);
}

/// x ← soft threshold of x + α g, by α λ. Inlined into every peer's step.
#[inline(always)]
pub(crate) fn shrink(lasso: &Lasso, g: &SVector<f32, 32>, x: &mut SVector<f32, 32>) {
    let threshold = lasso.step * lasso.lambda;
    for j in 0..32 {
        let moved = x[j] + lasso.step * g[j];
        x[j] = if moved > threshold {
            moved - threshold
        } else if moved < -threshold {
            moved + threshold
        } else {
            0.0
        };
    }
}

#[inline(never)]
pub(crate) fn sor(system: &System, x: &mut SVector<f32, 16>) {
    let System { a, b, omega } = system;
    for i in 0..16 {
        let mut sum = b[i];
        for j in 0..16 {
            sum -= a[(i, j)] * x[j];
        }
        x[i] += omega * sum / a[(i, i)];
    }
}
