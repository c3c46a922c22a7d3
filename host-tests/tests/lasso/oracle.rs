//! What must be true, computed as one would on paper.

use solvekit::LinearOperator;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

/// The problem in plain numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<'a> {
    pub(crate) design: &'a DenseMatrix<f64>,
    pub(crate) y: &'a Vector<f64>,
    pub(crate) l1: f64,
    pub(crate) ridge: f64,
    pub(crate) nonnegative: bool,
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Plain<'_> {
    fn columns(&self) -> impl Iterator<Item = &[f64]> {
        (0..self.design.columns()).map(|j| self.design.column(j))
    }

    pub(crate) fn residual(&self, x: &[f64]) -> Vec<f64> {
        let mut r = self.y.to_vec();
        for (a, x) in self.columns().zip(x) {
            r.iter_mut().zip(a).for_each(|(r, a)| *r -= x * a);
        }
        r
    }

    pub(crate) fn objective(&self, x: &[f64]) -> f64 {
        let r = self.residual(x);
        let size: f64 = x.iter().map(|x| x.abs()).sum();
        0.5 * product(&r, &r) + self.l1 * size + 0.5 * self.ridge * product(x, x)
    }

    /// The largest distance from the optimality conditions, coordinate by coordinate.
    pub(crate) fn violation(&self, x: &[f64]) -> f64 {
        let r = self.residual(x);
        let distance = |(a, x): (&[f64], &f64)| {
            let pull = product(a, &r) - self.ridge * x;
            if *x != 0.0 {
                (pull - self.l1 * x.signum()).abs()
            } else if self.nonnegative {
                (pull - self.l1).max(0.0)
            } else {
                (pull.abs() - self.l1).max(0.0)
            }
        };
        self.columns().zip(x).map(distance).fold(0.0, f64::max)
    }

    /// The smaller of two gaps: to the best feasible multiple of the residual, where the ridge is rows
    /// of the design; and, with a ridge, to the residual itself where it is a part of the penalty.
    pub(crate) fn gap(&self, x: &[f64]) -> f64 {
        let r = self.residual(x);
        let pull = |c: f64| if self.nonnegative { c.max(0.0) } else { c.abs() };
        let correlations: Vec<f64> = self.columns().map(|a| product(a, &r)).collect();
        let augmented = correlations.iter().zip(x).map(|(c, x)| pull(c - self.ridge * x));
        let largest = augmented.fold(0.0, f64::max);
        let squares = product(&r, &r) + self.ridge * product(x, x);
        let factor = (product(self.y, &r) / squares).min(self.l1 / largest).max(0.0);
        let multiple = factor * product(self.y, &r) - 0.5 * factor * factor * squares;
        let excess =
            correlations.iter().map(|c| (pull(*c) - self.l1).max(0.0).powi(2)).sum::<f64>();
        let whole = product(self.y, &r) - 0.5 * product(&r, &r) - 0.5 * excess / self.ridge;
        let dual = if self.ridge > 0.0 { multiple.max(whole) } else { multiple };
        self.objective(x) - dual
    }

    /// Cyclic coordinate descent for very many passes, without anything clever.
    pub(crate) fn solution(&self) -> Vec<f64> {
        let mut x = vec![0.0; self.design.columns()];
        let mut r = self.y.to_vec();
        for pass in 0..300_000 {
            let mut largest = 0.0_f64;
            for (a, x) in self.columns().zip(&mut x) {
                let square = product(a, a);
                if square == 0.0 {
                    continue;
                }
                let v = product(a, &r) + square * *x;
                let mut new = v.signum() * (v.abs() - self.l1).max(0.0) / (square + self.ridge);
                if self.nonnegative {
                    new = new.max(0.0);
                }
                let delta = new - *x;
                r.iter_mut().zip(a).for_each(|(r, a)| *r -= delta * a);
                *x = new;
                largest = largest.max(delta.abs());
            }
            if pass % 100 == 0 {
                r = self.residual(&x);
            }
            if largest < 1e-15 {
                break;
            }
        }
        x
    }
}
