//! What the Python package is measured against: the same calls from Rust.

pub mod report;

use crate::singles::read_doubles;
use anyhow::{Result, ensure};
use solvekit_host::batch::{Backend, CalibrationBatch, Runner};
use solvekit_host::matrix::{DenseMatrix, Triplets};
use solvekit_host::program::Interrupt;
use solvekit_host::program::solve::{Given, Method, Options, in_memory};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// Devices that share their sensing matrices.
#[derive(Debug)]
pub struct Fleet {
    sensors: usize,
    entries: Vec<f64>,
    unknowns: usize,
    observations: Vec<f64>,
}

impl Fleet {
    /// Reads a.f64 (p × m × n) and y.f64 (d × p × m).
    ///
    /// # Errors
    /// Files that are missing or of the wrong length.
    pub fn read(folder: &Path, [n, m, p, devices]: [usize; 4]) -> Result<Self> {
        ensure!(n * m * p * devices > 0, "an empty case");
        let entries = read_doubles(folder, "a", n * m * p)?;
        let observations = read_doubles(folder, "y", devices * m * p)?;
        Ok(Self { sensors: m, entries, unknowns: n, observations })
    }

    /// All devices, from numbers in memory to answers in memory; how long it takes, and gains, signals and
    /// their errors.
    ///
    /// # Errors
    /// A device without an answer.
    pub fn calibrate(&self, threads: usize) -> Result<(Duration, Vec<f64>)> {
        let start = Instant::now();
        let rows = DenseMatrix::from_columns(self.unknowns, self.entries.clone())?;
        let batch = CalibrationBatch::new(&rows, self.sensors, &self.observations)?;
        let answers = Runner::new(Backend::Simd).threads(threads).run(&batch)?;
        let elapsed = start.elapsed();
        let given = answers.outcomes.iter().flatten().flatten();
        let count = given.filter(|found| found.verdict.answer.is_given()).count();
        ensure!(count == answers.outcomes.len(), "{count} devices have an answer");
        Ok((elapsed, answers.numbers))
    }
}

/// One solve of a system of four unknowns, from numbers to the report: the mean of many.
///
/// # Errors
/// A system that is not solved.
pub fn solve(rounds: u32) -> Result<Duration> {
    let options = Options { method: Method::Direct, ..Options::new("A") };
    let start = Instant::now();
    for _ in 0..rounds {
        let mut matrix = Triplets::<f64>::new(4, 4)?;
        for i in 0..4_usize {
            for j in i.saturating_sub(1)..(i + 2).min(4) {
                matrix.push(i, j, if i == j { 4.0 } else { -1.0 })?;
            }
        }
        let b = vec![vec![1.0, 2.0, 0.0, 3.0].into()];
        let given = Given { right_hand_sides: Some(b), ..Given::new(matrix.into_csr()?) };
        let (outcome, x) = in_memory(&options, given, &Interrupt::new())?;
        ensure!(outcome.converged(), "not solved");
        black_box(x);
    }
    Ok(start.elapsed() / rounds.max(1))
}
