//! SOR on compressed sparse rows.

use crate::number::Number;

/// A x = b in compressed sparse rows.
#[derive(Clone, Debug)]
pub struct Sparse<T> {
    /// Where each row starts, and the number of entries at the end.
    pub starts: Vec<usize>,
    /// Column of each entry.
    pub columns: Vec<u32>,
    /// The entries.
    pub values: Vec<T>,
    /// 1 / aᵢᵢ.
    pub inverse: Vec<T>,
    /// The right-hand side.
    pub b: Vec<T>,
}

impl<T: Number> Sparse<T> {
    /// One sweep with a running sum.
    #[inline(never)]
    pub fn sweep(&self, x: &mut [T], omega: T) {
        for i in 0..self.b.len() {
            let mut sum = T::ZERO;
            for k in self.starts[i]..self.starts[i + 1] {
                sum += self.values[k] * x[self.columns[k] as usize];
            }
            x[i] += omega * (self.b[i] - sum) * self.inverse[i];
        }
    }

    /// ‖b − A x‖₂ with running sums.
    #[inline(never)]
    pub fn residual(&self, x: &[T]) -> T {
        let mut squares = T::ZERO;
        for i in 0..self.b.len() {
            let mut r = self.b[i];
            for k in self.starts[i]..self.starts[i + 1] {
                r -= self.values[k] * x[self.columns[k] as usize];
            }
            squares += r * r;
        }
        nalgebra::ComplexField::sqrt(squares)
    }

    /// Sweeps from x = 0 until ‖b − A x‖ ≤ `tolerance`·‖b‖; how many it took.
    pub fn solve(&self, x: &mut [T], omega: T, tolerance: T) -> u32 {
        x.fill(T::ZERO);
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
