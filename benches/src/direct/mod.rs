//! Many symmetric positive definite systems, solved directly: from matrices and right-hand sides as a
//! caller has them, and of systems that are in lanes already.

pub mod report;

use crate::singles;
use anyhow::{Result, ensure};
use solvekit::{Report, Status, Stop};
use solvekit_host::batch::lanes::{self, OnLanes, Registers, Side, dispatch};
use solvekit_host::batch::{Backend, CholeskyBatch, Matrices, Runner, Systems};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// What a residual has to fall to.
const TOLERANCE: f32 = 1e-4;

/// Systems of one size, f32, row by row and one behind the other.
#[derive(Debug)]
pub struct Problem {
    order: usize,
    matrices: Vec<f32>,
    right_hand_sides: Vec<f32>,
}

impl Problem {
    /// Reads a.f32 and b.f32.
    ///
    /// # Errors
    /// Files that are missing or of the wrong length.
    pub fn read(folder: &Path, order: usize, count: usize) -> Result<Self> {
        ensure!(order > 0 && count.is_multiple_of(64), "whole groups of lanes");
        let matrices = singles::read(folder, "a", order * order * count)?;
        let right_hand_sides = singles::read(folder, "b", order * count)?;
        Ok(Self { order, matrices, right_hand_sides })
    }

    /// All systems: transposed, looked at, factored, solved, their residuals evaluated and reported.
    ///
    /// # Errors
    /// A system that is not solved.
    pub fn solve(&self, backend: Backend) -> Result<(Vec<f32>, Duration)> {
        let start = Instant::now();
        let matrices = Matrices::Own(&self.matrices);
        let systems = Systems::new(self.order, matrices, &self.right_hand_sides)?;
        let batch = CholeskyBatch::new(systems, Stop::relative(TOLERANCE)?);
        let answers = Runner::new(backend).run(&batch)?;
        let elapsed = start.elapsed();
        let solved = |outcome: &Option<Result<Report<f32>, _>>| matches!(outcome, Some(Ok(report)) if report.status == Status::Converged);
        ensure!(answers.outcomes.iter().all(solved), "a system was not solved");
        Ok((answers.numbers, elapsed))
    }

    /// Factors and solutions of the same systems, once they are in lanes.
    #[must_use]
    pub fn in_lanes(&self) -> (Vec<f32>, Duration) {
        dispatch(Registers::Two, InLanes(self))
    }
}

struct InLanes<'p>(&'p Problem);

impl OnLanes<f32> for InLanes<'_> {
    type Output = (Vec<f32>, Duration);

    #[inline(always)]
    fn run<T: Side<Real = f32>>(self) -> Self::Output {
        let Problem { order, matrices, right_hand_sides } = self.0;
        let n = *order;
        let mut groups = Vec::new();
        let mut a = vec![T::ZERO; n * n];
        let pairs = matrices.chunks_exact(T::LANES * n * n);
        for (matrices, b) in pairs.zip(right_hand_sides.chunks_exact(T::LANES * n)) {
            lanes::gather(matrices, &mut a);
            let lower = (0..n).flat_map(|i| (0..=i).map(move |j| i * n + j));
            let lower: Vec<T> = lower.map(|place| a[place]).collect();
            let mut x = vec![T::ZERO; n];
            lanes::gather(b, &mut x);
            groups.push((lower, x));
        }
        let start = Instant::now();
        for (lower, x) in &mut groups {
            lanes::factor(black_box(lower), n, T::ZERO);
            lanes::solve(lower, black_box(x));
        }
        let elapsed = start.elapsed();
        let mut numbers = vec![0.0; right_hand_sides.len()];
        for ((_, x), numbers) in groups.iter().zip(numbers.chunks_exact_mut(T::LANES * n)) {
            for (lane, own) in numbers.chunks_exact_mut(n).enumerate() {
                lanes::scatter(x, lane, own);
            }
        }
        (numbers, elapsed)
    }
}
