//! Random sensing matrices, signals and gains, as in the literature.

use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::Buffer;
use solvekit::calibration::{Order, Snapshots};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

/// m sensors, p snapshots, n unknowns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) n: usize,
    pub(crate) m: usize,
    pub(crate) p: usize,
}

/// Arrays A (p, m, n) and Y (p, m), and what they were made of.
#[derive(Clone)]
pub(crate) struct Problem {
    pub(crate) shape: Shape,
    pub(crate) rows: DenseMatrix<f64>,
    pub(crate) y: Vector<f64>,
    pub(crate) x: Vec<f64>,
    pub(crate) gains: Vec<f64>,
}

pub(crate) fn uniform(random: &mut Pcg32) -> f64 {
    (f64::from(random.next_u32()) + 0.5) / 4_294_967_296.0
}

pub(crate) fn normal(random: &mut Pcg32) -> f64 {
    let (radius, angle) =
        ((-2.0 * uniform(random).ln()).sqrt(), std::f64::consts::TAU * uniform(random));
    radius * angle.cos()
}

pub(crate) fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// ‖v − w‖ / ‖w‖.
pub(crate) fn error(v: &[f64], w: &[f64]) -> f64 {
    let apart: Vec<f64> = v.iter().zip(w).map(|(v, w)| v - w).collect();
    norm(&apart) / norm(w)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len().is_multiple_of(2) {
        0.5 * (values[half - 1] + values[half])
    } else {
        values[half]
    }
}

/// Gains 1 + e with Σ e = 0 and max |e| = ρ.
pub(crate) fn gains(random: &mut Pcg32, m: usize, rho: f64) -> Vec<f64> {
    let mut e: Vec<f64> = (0..m).map(|_| uniform(random) - 0.5).collect();
    let mean = e.iter().sum::<f64>() / m as f64;
    e.iter_mut().for_each(|e| *e -= mean);
    let most = e.iter().fold(0.0, |most: f64, e| most.max(e.abs()));
    e.iter().map(|e| 1.0 + rho * e / most).collect()
}

/// Standard normal rows, x on the unit sphere with `nonzeros` non-zeros, gains within ρ, and noise
/// whose standard deviation is the root mean square of clean measurements less `snr` dB.
pub(crate) fn draw(seed: u64, shape: Shape, nonzeros: usize, rho: f64, snr: f64) -> Problem {
    let mut random = Pcg32::new(seed, 0x0ca1);
    let Shape { n, m, p } = shape;
    let entries: Vec<f64> = (0..n * m * p).map(|_| normal(&mut random)).collect();
    let mut x = vec![0.0; n];
    let mut left = nonzeros;
    while left > 0 {
        let place = if nonzeros == n { left - 1 } else { random.next_u32() as usize % n };
        if x[place] == 0.0 {
            x[place] = normal(&mut random);
            left -= 1;
        }
    }
    let length = norm(&x);
    x.iter_mut().for_each(|x| *x /= length);
    let gains = gains(&mut random, m, rho);
    measured(shape, entries, x, gains, snr, &mut random)
}

/// What these gains measure of x, with noise.
pub(crate) fn measured(
    shape: Shape,
    entries: Vec<f64>,
    x: Vec<f64>,
    gains: Vec<f64>,
    snr: f64,
    random: &mut Pcg32,
) -> Problem {
    let rows = DenseMatrix::from_columns(shape.n, entries).expect("whole rows");
    let clean = |k: usize| {
        let dot: f64 = rows.column(k).iter().zip(&x).map(|(a, x)| a * x).sum();
        gains[k % shape.m] * dot
    };
    let mut y: Vec<f64> = (0..shape.m * shape.p).map(clean).collect();
    let sigma = if snr.is_finite() {
        norm(&y) / (y.len() as f64).sqrt() * 10_f64.powf(-snr / 20.0)
    } else {
        0.0
    };
    y.iter_mut().for_each(|y| *y += sigma * normal(random));
    Problem { shape, rows, y: y.into(), x, gains }
}

pub(crate) type Seen<'a> = Snapshots<'a, f64, DenseMatrix<f64>, Vector<f64>>;

impl Problem {
    pub(crate) fn snapshots(&self) -> Seen<'_> {
        let room = Vector::filled(self.shape.m, 0.0);
        Snapshots::new(&self.rows, &self.y, room, Order::BySnapshot).expect("valid data")
    }

    /// Row of a sensor in a snapshot.
    pub(crate) fn row(&self, sensor: usize, snapshot: usize) -> &[f64] {
        self.rows.column(snapshot * self.shape.m + sensor)
    }

    pub(crate) fn y(&self, sensor: usize, snapshot: usize) -> f64 {
        self.y[snapshot * self.shape.m + sensor]
    }

    /// f(x, γ) in plain numbers.
    pub(crate) fn objective(&self, x: &[f64], gains: &[f64]) -> f64 {
        let Shape { m, p, .. } = self.shape;
        let mut sum = 0.0;
        for l in 0..p {
            for (i, gain) in gains.iter().enumerate() {
                let dot: f64 = self.row(i, l).iter().zip(x).map(|(a, x)| a * x).sum();
                sum += (gain * dot - self.y(i, l)).powi(2);
            }
        }
        sum / (2 * m * p) as f64
    }

    /// The larger of the relative errors of signal and gains.
    pub(crate) fn error(&self, x: &impl Buffer<f64>, gains: &impl Buffer<f64>) -> f64 {
        error(x.as_slice(), &self.x).max(error(gains.as_slice(), &self.gains))
    }
}
