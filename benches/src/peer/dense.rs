//! SOR on a dense matrix stored by rows.

use crate::number::Number;

/// A x = b with A by rows.
#[derive(Clone, Debug)]
pub struct Dense<T, const N: usize> {
    /// The rows.
    pub a: [[T; N]; N],
    /// The right-hand side.
    pub b: [T; N],
    /// 1 / aᵢᵢ.
    pub inverse: [T; N],
}

impl<T: Number, const N: usize> Dense<T, N> {
    /// One sweep with a running sum.
    #[inline(never)]
    pub fn sweep(&self, x: &mut [T; N], omega: T) {
        for i in 0..N {
            let mut sum = T::ZERO;
            for j in 0..N {
                sum += self.a[i][j] * x[j];
            }
            x[i] += omega * (self.b[i] - sum) * self.inverse[i];
        }
    }

    /// ‖b − A x‖₂ with running sums.
    #[inline(never)]
    pub fn residual(&self, x: &[T; N]) -> T {
        let mut squares = T::ZERO;
        for i in 0..N {
            let mut r = self.b[i];
            for j in 0..N {
                r -= self.a[i][j] * x[j];
            }
            squares += r * r;
        }
        nalgebra::ComplexField::sqrt(squares)
    }

    /// Sweeps from x = 0 until ‖b − A x‖ ≤ `tolerance`·‖b‖; how many it took.
    pub fn solve(&self, x: &mut [T; N], omega: T, tolerance: T) -> u32 {
        *x = [T::ZERO; N];
        let goal = tolerance * self.residual(x);
        for sweeps in 1..10_000 {
            self.sweep(x, omega);
            if self.residual(x) <= goal {
                return sweeps;
            }
        }
        u32::MAX
    }
}

/// A symmetric system relaxed with the residual at hand: xᵢ ← xᵢ + ω rᵢ / aᵢᵢ, and r less Δxᵢ times column
/// i. The fastest that one system alone goes: it waits for no sum.
#[derive(Clone, Debug)]
pub struct Column<T, const N: usize> {
    columns: [[T; N]; N],
    inverse: [T; N],
    r: [T; N],
    /// The iterate.
    pub x: [T; N],
}

impl<T: Number, const N: usize> Column<T, N> {
    /// From x = 0; `a` row by row, symmetric.
    pub fn new(a: &[T], b: &[T]) -> Self {
        let columns: [[T; N]; N] = core::array::from_fn(|j| core::array::from_fn(|i| a[j * N + i]));
        let inverse = core::array::from_fn(|i| T::ONE / columns[i][i]);
        Self { columns, inverse, r: core::array::from_fn(|i| b[i]), x: [T::ZERO; N] }
    }

    /// One sweep.
    #[inline(never)]
    pub fn sweep(&mut self, omega: T) {
        for i in 0..N {
            let change = omega * self.r[i] * self.inverse[i];
            self.x[i] += change;
            for (r, entry) in self.r.iter_mut().zip(&self.columns[i]) {
                *r -= change * *entry;
            }
        }
    }
}
