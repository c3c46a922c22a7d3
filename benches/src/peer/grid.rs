//! SOR with the five-point stencil on a square grid with a border of zeros.

use crate::number::Number;

/// −Δu + shift·u = b on N × N points, P = N + 2 with the border.
#[derive(Clone, Debug)]
pub struct Grid<T, const N: usize, const P: usize> {
    /// Weight of the point itself, 4 + shift; the neighbours have −1.
    pub center: T,
    /// The right-hand side.
    pub b: [[T; N]; N],
}

impl<T: Number, const N: usize, const P: usize> Grid<T, N, P> {
    /// One sweep.
    #[inline(never)]
    pub fn sweep(&self, u: &mut [[T; P]; P], omega: T) {
        let factor = omega / self.center;
        for j in 1..=N {
            for i in 1..=N {
                u[j][i] += factor * self.residual_at(u, j, i);
            }
        }
    }

    /// One sweep in red–black order.
    #[inline(never)]
    pub fn red_black_sweep(&self, u: &mut [[T; P]; P], omega: T) {
        let factor = omega / self.center;
        for color in 0..2 {
            for j in 1..=N {
                let mut i = 1 + (j + 1 + color) % 2;
                while i <= N {
                    u[j][i] += factor * self.residual_at(u, j, i);
                    i += 2;
                }
            }
        }
    }

    /// ‖b − A u‖₂ with a running sum.
    #[inline(never)]
    pub fn residual(&self, u: &[[T; P]; P]) -> T {
        let mut squares = T::ZERO;
        for j in 1..=N {
            for i in 1..=N {
                let r = self.residual_at(u, j, i);
                squares += r * r;
            }
        }
        nalgebra::ComplexField::sqrt(squares)
    }

    #[inline(always)]
    fn residual_at(&self, u: &[[T; P]; P], j: usize, i: usize) -> T {
        self.b[j - 1][i - 1] - self.center * u[j][i]
            + u[j - 1][i]
            + u[j + 1][i]
            + u[j][i - 1]
            + u[j][i + 1]
    }

    /// Sweeps from u = 0 until ‖b − A u‖ ≤ `tolerance`·‖b‖; how many it took.
    pub fn solve(&self, u: &mut [[T; P]; P], omega: T, tolerance: T) -> u32 {
        *u = [[T::ZERO; P]; P];
        let goal = tolerance * self.residual(u);
        for sweeps in 1..10_000 {
            self.sweep(u, omega);
            if self.residual(u) <= goal {
                return sweeps;
            }
        }
        u32::MAX
    }

    /// The points without their border.
    pub fn inside(u: &[[T; P]; P]) -> Vec<T> {
        u[1..=N].iter().flat_map(|column| &column[1..=N]).copied().collect()
    }
}
