//! Every answer by naive loops in double precision, with a bound on what single precision may be away
//! from it, whatever the order of the sums, fused or not.
//!
//! u = 2⁻²⁴, and n roundings make a factor within γₙ = n u / (1 − n u) of 1 (Higham, Accuracy and
//! Stability, §3). What double precision itself is away is 2⁻²⁹ of that, and in none of the bounds.
#![allow(clippy::needless_range_loop, reason = "naive on purpose: each formula as one writes it")]

use crate::problem::{self, Factors, Lasso, Matrix, Pair, STEPS, Square, System};
use crate::tell::exact;

/// An answer, and how far another may be from it.
type Bounded = (f64, f64);

pub(crate) fn every() {
    square("16", &problem::SQUARE_16);
    square("32", &problem::SQUARE_32);
    pair("16", &problem::PAIR_16);
    pair("64", &problem::PAIR_64);
    product(&problem::FACTORS);
    spd_solve(&problem::SYSTEM);
    ista(&problem::LASSO);
    sor(&problem::SYSTEM);
}

fn gamma(roundings: usize) -> f64 {
    let nu = roundings as f64 / 16_777_216.0;
    nu / (1.0 - nu)
}

/// Σₖ aₖ bₖ of n terms: every order rounds each term n times at most.
fn sum(n: usize, term: impl Fn(usize) -> (f32, f32)) -> Bounded {
    let product = |k| {
        let (a, b) = term(k);
        f64::from(a) * f64::from(b)
    };
    let (mut total, mut magnitude) = (0.0, 0.0);
    for k in 0..n {
        total += product(k);
        magnitude += product(k).abs();
    }
    (total, gamma(n) * magnitude)
}

/// A kernel and its size, as its feature is called.
fn tell(kernel: &str, size: &str, (number, bound): Bounded) {
    let mut name = [b' '; 32];
    let mut end = 0;
    for part in [kernel, "_", size] {
        name[end..end + part.len()].copy_from_slice(part.as_bytes());
        end += part.len();
    }
    exact(core::str::from_utf8(&name[..end]).unwrap_or_default(), number, bound);
}

fn square<const N: usize>(size: &str, Square { a, x }: &Square<N>) {
    for i in 0..N {
        tell("mat_vec", size, sum(N, |j| (a.columns[(i, j)], x[j])));
    }
    for j in 0..N {
        tell("transposed", size, sum(N, |i| (a.columns[(i, j)], x[i])));
    }
}

fn pair<const N: usize>(size: &str, Pair { x, y, factor }: &Pair<N>) {
    tell("dot", size, sum(N, |k| (x[k], y[k])));
    for k in 0..N {
        tell("axpy", size, sum(2, |term| [(*factor, x[k]), (1.0, y[k])][term]));
    }
}

fn product(Factors { a: Matrix { columns: a, .. }, b: Matrix { columns: b, .. } }: &Factors) {
    for j in 0..16 {
        for i in 0..16 {
            tell("product", "16", sum(16, |k| (a[(i, k)], b[(k, j)])));
        }
    }
}

/// What single precision solves is (A + ΔA) x̂ = b with |ΔA| ≤ γ₃ₙ₊₁ |L| |Lᵀ| (Higham, theorem 10.4), so
/// ‖x̂ − x‖∞ ≤ ‖A⁻¹‖∞ γ ‖|L| |Lᵀ| |x̂|‖∞; two roundings more for a reciprocal in the place of a division
/// and its root, and twice that for what is of second order, x̂ for x. Where the diagonal outweighs the
/// rest of each row, ‖A⁻¹‖∞ is at most 1 / minᵢ (aᵢᵢ − Σⱼ |aᵢⱼ|) (Varah 1975).
fn spd_solve(System { a, b, .. }: &System) {
    const N: usize = 16;
    let (mut l, mut x) = ([[0.0_f64; N]; N], [0.0_f64; N]);
    for j in 0..N {
        for i in j..N {
            let mut rest = f64::from(a[(i, j)]);
            for k in 0..j {
                rest -= l[i][k] * l[j][k];
            }
            l[i][j] = if i > j { rest / l[j][j] } else { root(rest) };
        }
    }
    for i in 0..N {
        x[i] = f64::from(b[i]);
        for k in 0..i {
            x[i] -= l[i][k] * x[k];
        }
        x[i] /= l[i][i];
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            x[i] -= l[k][i] * x[k];
        }
        x[i] /= l[i][i];
    }
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    for i in 0..N {
        let (mut outweighs, mut size) = (f64::from(a[(i, i)]), 0.0);
        for j in 0..N {
            if i != j {
                outweighs -= f64::from(a[(i, j)]).abs();
            }
            for k in 0..N {
                size += (l[i][k] * l[j][k] * x[j]).abs();
            }
        }
        least = least.min(outweighs);
        most = most.max(size);
    }
    let bound = 2.0 * gamma(3 * N + 3) * most / least;
    for number in x {
        tell("spd_solve", "16", (number, bound));
    }
}

/// √x by Newton's steps from above: there is no library for it here.
fn root(x: f64) -> f64 {
    let mut root = x.max(1.0);
    for _ in 0..64 {
        root = 0.5 * (root + x / root);
    }
    root
}

/// A step x⁺ = soft(x + α Aᵀ(y − A x)) with α ≤ 1 / ‖A‖² takes no two x farther from each other, so
/// that ‖x̂ − x‖₂ grows by no more than what one step rounds: δᵣ = γₙ₊₁ (|y| + |A| |x|) in the residual,
/// γₘ |Aᵀ| |r| in its product, γ₄ (|x| + α |Aᵀr| + α λ) in the rest. Twice that for what is of second
/// order, x for x̂.
fn ista(Lasso { a: Matrix { columns: a, .. }, y, lambda, step }: &Lasso) {
    const M: usize = 16;
    const N: usize = 32;
    let (step, threshold) = (f64::from(*step), f64::from(*step) * f64::from(*lambda));
    let entry = |i, j| f64::from(a[(i, j)]);
    let (mut x, mut bound) = ([0.0_f64; N], 0.0);
    for _ in 0..STEPS {
        let (mut r, mut wrong) = ([0.0_f64; M], [0.0_f64; M]);
        for i in 0..M {
            r[i] = f64::from(y[i]);
            let mut magnitude = r[i].abs();
            for j in 0..N {
                r[i] -= entry(i, j) * x[j];
                magnitude += (entry(i, j) * x[j]).abs();
            }
            wrong[i] = gamma(N + 1) * magnitude;
        }
        let mut squares = 0.0;
        for j in 0..N {
            let (mut g, mut error) = (0.0, 0.0);
            for i in 0..M {
                g += entry(i, j) * r[i];
                error += entry(i, j).abs() * (wrong[i] + gamma(M) * r[i].abs());
            }
            error = step * error + gamma(4) * (x[j].abs() + (step * g).abs() + threshold);
            squares += error * error;
            let moved = x[j] + step * g;
            x[j] = moved - moved.clamp(-threshold, threshold);
        }
        bound += 2.0 * root(squares);
    }
    for number in x {
        tell("ista", "16x32", (number, bound));
    }
}

/// xᵢ ← xᵢ + ω (bᵢ − Σⱼ aᵢⱼ xⱼ) / aᵢᵢ: the errors of x go through it as x does, in the order of the
/// sweep, and every term of its own is rounded n + 6 times at most, with aᵢᵢ xᵢ in the sum or beside it.
fn sor(System { a, b, omega }: &System) {
    const N: usize = 16;
    let omega = f64::from(*omega);
    let (mut x, mut bound) = ([0.0_f64; N], [0.0_f64; N]);
    for _ in 0..STEPS {
        for i in 0..N {
            let entry = |j| f64::from(a[(i, j)]);
            let (mut rest, mut magnitude, mut error) =
                (f64::from(b[i]), f64::from(b[i]).abs(), 0.0);
            for j in 0..N {
                rest -= entry(j) * x[j];
                magnitude += (entry(j) * x[j]).abs();
                if i != j {
                    error += entry(j).abs() * bound[j];
                }
            }
            let scale = omega / entry(i);
            bound[i] = (1.0 - omega).abs() * bound[i]
                + scale * error
                + gamma(N + 6) * (x[i].abs() + scale * magnitude);
            x[i] += scale * rest;
        }
    }
    for (number, bound) in x.into_iter().zip(bound) {
        tell("sor", "16", (number, bound));
    }
}
