//! [`Problem`]: random sensing matrices, a signal and gains, as in the paper.

use crate::draws::Draws;
use crate::experiment::Options;
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use solvekit::calibration::{Order, Snapshots};

/// n unknowns, m sensors, p snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Unknowns.
    pub n: usize,
    /// Sensors.
    pub m: usize,
    /// Snapshots.
    pub p: usize,
}

impl Shape {
    /// m p / (n + m − 1): equations for each number to find.
    #[must_use]
    pub fn ratio(self) -> f64 {
        (self.m * self.p) as f64 / (self.n + self.m - 1) as f64
    }

    /// With sizes multiplied by the root of a scale below 1.
    pub(super) fn scaled(self, options: &Options) -> Self {
        let root = options.scale.min(1.0).sqrt();
        let size = |size: usize| ((size as f64 * root).round() as usize).max(2);
        Self { n: size(self.n), m: size(self.m), p: self.p }
    }
}

/// Snapshots, and what they were made of.
pub struct Problem {
    pub(super) shape: Shape,
    pub(super) rows: DenseMatrix<f64>,
    pub(super) y: Vector<f64>,
    /// The signal.
    pub(super) x: Vec<f64>,
    pub(super) gains: Vec<f64>,
}

/// What is drawn beside the matrices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    pub(super) shape: Shape,
    /// Non-zeros of x.
    pub(super) nonzeros: usize,
    pub(super) rho: f64,
    /// Of the signal over the noise, in dB.
    pub(super) snr: f64,
    /// Where the signal is taken.
    pub(super) at: At,
}

/// Where the signal is taken that noise is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// Before the gains: so the reference table of noise seems to be made, whose errors are 4 % less.
    Field,
    /// Behind them: the clean measurements.
    Output,
}

impl Problem {
    /// Standard normal rows, x on the unit sphere, gains 1 + e with Σe = 0 and max |e| = ρ.
    pub(super) fn draw(seed: u64, draw: Draw) -> Self {
        let Draw { shape: Shape { n, m, p }, nonzeros, rho, .. } = draw;
        let mut draws = Draws::new(seed, 0x4a7e);
        let entries = (0..n * m * p).map(|_| draws.normal()).collect();
        let mut x = vec![0.0; n];
        for place in draws.subset(n, nonzeros) {
            x[place] = draws.normal();
        }
        let length = norm(&x);
        x.iter_mut().for_each(|x| *x /= length);
        Self::measured(draw.shape, entries, x, rho, (draw.snr, draw.at), &mut draws)
    }

    /// What sensors with random gains measure of x.
    pub(super) fn measured(
        shape: Shape,
        entries: Vec<f64>,
        x: Vec<f64>,
        rho: f64,
        (snr, at): (f64, At),
        draws: &mut Draws,
    ) -> Self {
        let Shape { n, m, .. } = shape;
        let mut e: Vec<f64> = (0..m).map(|_| draws.uniform() - 0.5).collect();
        let mean = e.iter().sum::<f64>() / m as f64;
        e.iter_mut().for_each(|e| *e -= mean);
        let most = e.iter().fold(0.0_f64, |most, e| most.max(e.abs()));
        let gains: Vec<f64> = e.iter().map(|e| 1.0 + rho * e / most).collect();
        let dot = |row: &[f64]| row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>();
        let field: Vec<f64> = entries.chunks_exact(n).map(dot).collect();
        let mut y: Vec<f64> = field.iter().enumerate().map(|(k, u)| gains[k % m] * u).collect();
        if snr.is_finite() {
            let signal = if at == At::Field { &field } else { &y };
            let sigma = norm(signal) / (y.len() as f64).sqrt() * 10_f64.powf(-snr / 20.0);
            y.iter_mut().for_each(|y| *y += sigma * draws.normal());
        }
        // Whole rows, by construction.
        let rows = DenseMatrix::from_columns(n, entries).unwrap_or_else(|error| panic!("{error}"));
        Self { shape, rows, y: y.into(), x, gains }
    }

    pub(super) fn snapshots(&self) -> Snapshots<'_, f64, DenseMatrix<f64>, Vector<f64>> {
        let room = Vector::filled(self.shape.m, 0.0);
        let snapshots = Snapshots::new(&self.rows, &self.y, room, Order::BySnapshot);
        // Random numbers are finite and not zero.
        snapshots.unwrap_or_else(|error| panic!("{error}"))
    }

    /// ‖x̂ − x‖ / ‖x‖, and the same of the gains.
    pub(super) fn errors(&self, x: &[f64], gains: &[f64]) -> (f64, f64) {
        (error(x, &self.x), error(gains, &self.gains))
    }
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn error(found: &[f64], meant: &[f64]) -> f64 {
    let apart: Vec<f64> = found.iter().zip(meant).map(|(a, b)| a - b).collect();
    norm(&apart) / norm(meant)
}
