//! Blind gain calibration: the linear start and two Gauss–Newton steps.

pub mod report;

use crate::singles::read_doubles;
use anyhow::{Result, ensure};
use solvekit::Iteration;
use solvekit::calibration::{GaussNewton, Order, Snapshots};
use solvekit::direct::packed;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::vector::Vector;
use std::path::Path;
use std::time::{Duration, Instant};

/// Snapshots, and what they were made of.
pub struct Problem {
    unknowns: usize,
    sensors: usize,
    rows: DenseMatrix<f64>,
    y: Vector<f64>,
    x: Vec<f64>,
    gains: Vec<f64>,
}

impl Problem {
    /// Reads a.f64 (p × m × n), y.f64 (p × m), x.f64 and gains.f64.
    ///
    /// # Errors
    /// Files that are missing or of the wrong length.
    pub fn read(folder: &Path, unknowns: usize, sensors: usize, snapshots: usize) -> Result<Self> {
        ensure!(unknowns > 0 && sensors > 0 && snapshots > 0, "an empty case");
        let equations = sensors * snapshots;
        let entries = read_doubles(folder, "a", equations * unknowns)?;
        Ok(Self {
            unknowns,
            sensors,
            rows: DenseMatrix::from_columns(unknowns, entries)?,
            y: read_doubles(folder, "y", equations)?.into(),
            x: read_doubles(folder, "x", unknowns)?,
            gains: read_doubles(folder, "gains", sensors)?,
        })
    }

    /// How long it takes from the numbers in memory to signal and gains, checks and memory included; and
    /// the larger relative error of the two.
    ///
    /// # Errors
    /// Snapshots that are refused.
    pub fn fit(&self) -> Result<(Duration, f64)> {
        let start = Instant::now();
        let room = Vector::filled(self.sensors, 0.0);
        let snapshots = Snapshots::new(&self.rows, &self.y, room, Order::BySnapshot)?;
        let fit = GaussNewton::new(snapshots)?;
        let mut state = fit.start(Vector::filled(packed(self.unknowns), 0.0))?;
        // The start, then two steps.
        (0..3).for_each(|_| fit.step(&mut state));
        let took = start.elapsed();
        let error = |found: &[f64], meant: &[f64]| {
            let apart: f64 = found.iter().zip(meant).map(|(a, b)| (a - b).powi(2)).sum();
            (apart / meant.iter().map(|b| b * b).sum::<f64>()).sqrt()
        };
        Ok((took, error(state.x(), &self.x).max(error(state.gains(), &self.gains))))
    }
}
