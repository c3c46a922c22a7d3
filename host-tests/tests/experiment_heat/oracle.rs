//! Conjugate gradients as a textbook writes them, in f64, over neighbours looked up one by one.

use solvekit::{FivePoint, SMatrix};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Method {
    Plain,
    Ssor(f64),
}

type Grid<const N: usize> = SMatrix<f64, N, N>;

fn product<const N: usize>(a: &FivePoint<f64, N, N>, x: &Grid<N>) -> Grid<N> {
    let at = |i: usize, j: usize| x.get((i, j)).copied().unwrap_or(0.0);
    Grid::from_fn(|i, j| {
        a.center * x[(i, j)]
            + a.vertical * (at(i.wrapping_sub(1), j) + at(i + 1, j))
            + a.horizontal * (at(i, j.wrapping_sub(1)) + at(i, j + 1))
    })
}

/// z with M z = r, M = (D + ωL)ᵀ D⁻¹ (D + ωL) / (ω (2 − ω)): backward first.
fn ssor<const N: usize>(a: &FivePoint<f64, N, N>, r: &Grid<N>, omega: f64) -> Grid<N> {
    let mut z = Grid::<N>::zeros();
    for j in (0..N).rev() {
        for i in (0..N).rev() {
            let mut s = r[(i, j)];
            if i + 1 < N {
                s -= omega * a.vertical * z[(i + 1, j)];
            }
            if j + 1 < N {
                s -= omega * a.horizontal * z[(i, j + 1)];
            }
            z[(i, j)] = s / a.center;
        }
    }
    z *= a.center * omega * (2.0 - omega);
    for j in 0..N {
        for i in 0..N {
            let mut s = z[(i, j)];
            if i > 0 {
                s -= omega * a.vertical * z[(i - 1, j)];
            }
            if j > 0 {
                s -= omega * a.horizontal * z[(i, j - 1)];
            }
            z[(i, j)] = s / a.center;
        }
    }
    z
}

/// The solution and the iterations until ‖b − A x‖ ≤ 1e-8 ‖b‖, counted as MATLAB's `pcg` counts:
/// none when the start is good enough.
pub(crate) fn pcg<const N: usize>(
    a: &FivePoint<f64, N, N>,
    b: &Grid<N>,
    mut x: Grid<N>,
    method: Method,
) -> (Grid<N>, u32) {
    let tolerance = 1e-8 * b.norm();
    let mut r = b - product(a, &x);
    let mut p = Grid::zeros();
    let mut rho = 1.0;
    for k in 0..10_000 {
        if r.norm() <= tolerance && (b - product(a, &x)).norm() <= tolerance {
            return (x, k);
        }
        let z = match method {
            Method::Plain => r,
            Method::Ssor(omega) => ssor(a, &r, omega),
        };
        let next = r.dot(&z);
        p = if k == 0 { z } else { z + p * (next / rho) };
        rho = next;
        let q = product(a, &p);
        let alpha = rho / p.dot(&q);
        x += p * alpha;
        r -= q * alpha;
    }
    panic!("no convergence");
}
