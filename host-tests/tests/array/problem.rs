//! Arrays, signals, gains and noise as in the literature.

use nalgebra::DMatrix;
use rand_core::Rng;
use rand_pcg::Pcg32;
use solvekit::Real;
use solvekit::calibration::array::{Moments, SubspaceFit, SubspaceFitState, room};
use solvekit::direct::packed;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

pub(crate) fn uniform(random: &mut Pcg32) -> f64 {
    (f64::from(random.next_u32()) + 0.5) / 4_294_967_296.0
}

pub(crate) fn normal(random: &mut Pcg32) -> f64 {
    let (radius, angle) =
        ((-2.0 * uniform(random).ln()).sqrt(), std::f64::consts::TAU * uniform(random));
    radius * angle.cos()
}

/// ‖v − w‖ / ‖w‖.
pub(crate) fn error(v: &[f64], w: &[f64]) -> f64 {
    let apart: f64 = v.iter().zip(w).map(|(v, w)| (v - w).powi(2)).sum();
    (apart / w.iter().map(|w| w * w).sum::<f64>()).sqrt()
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

/// m sensors, signals of k numbers, p frames.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) m: usize,
    pub(crate) k: usize,
    pub(crate) p: usize,
}

/// A random basis, or cosines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Basis {
    Random,
    LowPass,
}

#[derive(Clone)]
pub(crate) struct Problem {
    pub(crate) shape: Shape,
    pub(crate) basis: DMatrix<f64>,
    pub(crate) gains: Vec<f64>,
    /// Frame after frame, without noise and with it.
    pub(crate) clean: Vec<Vec<f64>>,
    pub(crate) frames: Vec<Vec<f64>>,
    pub(crate) sigma: f64,
}

pub(crate) fn draw(seed: u64, shape: Shape, rho: f64, snr: f64) -> Problem {
    drawn(seed, shape, rho, snr, Basis::Random, 0)
}

/// The first `flips` gains are negative.
pub(crate) fn drawn(
    seed: u64,
    shape: Shape,
    rho: f64,
    snr: f64,
    basis: Basis,
    flips: usize,
) -> Problem {
    let mut random = Pcg32::new(seed, 0xa44a);
    let Shape { m, k, p } = shape;
    let raw = match basis {
        Basis::Random => DMatrix::from_fn(m, k, |_, _| normal(&mut random)),
        Basis::LowPass => DMatrix::from_fn(m, k, |i, j| {
            (std::f64::consts::PI * j as f64 * (i as f64 + 0.5) / m as f64).cos()
        }),
    };
    let basis = raw.qr().q();
    let mut gains = gains(&mut random, m, rho);
    gains.iter_mut().take(flips).for_each(|gain| *gain = -*gain);
    let clean: Vec<Vec<f64>> = (0..p)
        .map(|_| {
            let z = DMatrix::from_fn(k, 1, |_, _| normal(&mut random));
            (&basis * z).iter().zip(&gains).map(|(u, gain)| u * gain).collect()
        })
        .collect();
    let square: f64 = clean.iter().flatten().map(|y| y * y).sum();
    let sigma = (square / (m * p) as f64).sqrt() * 10_f64.powf(-snr / 20.0);
    let frames = clean
        .iter()
        .map(|frame| frame.iter().map(|y| y + sigma * normal(&mut random)).collect())
        .collect();
    Problem { shape, basis, gains, clean, frames, sigma }
}

pub(crate) type Sums<R> = Moments<R, Vector<R>, Vector<R>>;
pub(crate) type Array<'a, R> = SubspaceFit<'a, R, DenseMatrix<R>, Vector<R>, Vector<R>, Vector<R>>;
pub(crate) type State<R> = SubspaceFitState<R, Vector<R>, Vector<R>, Vector<R>>;

pub(crate) fn empty<R: Real>(m: usize) -> Sums<R> {
    Moments::new(Vector::filled(m, R::ZERO), Vector::filled(packed(m), R::ZERO)).expect("room")
}

/// The moments of frames.
pub(crate) fn moments<R: Real>(frames: &[Vec<f64>], centred: bool) -> Sums<R> {
    let empty = empty(frames[0].len());
    let mut moments = if centred { empty.centred() } else { empty };
    for frame in frames {
        let frame: Vec<R> = frame.iter().map(|y| R::from_f64(*y)).collect();
        moments.add(&frame).expect("a good frame");
    }
    moments
}

impl Problem {
    pub(crate) fn matrix<R: Real>(&self) -> DenseMatrix<R> {
        let values = self.basis.iter().map(|u| R::from_f64(*u)).collect();
        DenseMatrix::from_columns(self.shape.m, values).expect("whole columns")
    }
}

pub(crate) fn start<R: Real>(fit: &Array<'_, R>) -> State<R> {
    let counts = fit.counts();
    let memory = Vector::filled(packed(counts.sensors), R::ZERO);
    let room = Vector::filled(room(counts.sensors, counts.signals), R::ZERO);
    fit.start(memory, room).expect("room")
}

/// Sensors that all see one signal.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) gains: Vec<f64>,
    pub(crate) offsets: Vec<f64>,
    pub(crate) deviations: Vec<f64>,
    pub(crate) signal: Vec<f64>,
    pub(crate) frames: Vec<Vec<f64>>,
}

impl Scene {
    /// Gains within .5, offsets of about 1, a normal signal about .5 (its deviation is 1), and noises
    /// whose deviations grow `spread` times from the first sensor to the last; together they are `snr` dB below the signal.
    pub(crate) fn drawn(seed: u64, m: usize, p: usize, snr: f64, spread: f64) -> Self {
        let mut random = Pcg32::new(seed, 0xfac7);
        let gains = gains(&mut random, m, 0.5);
        let offsets = (0..m).map(|_| normal(&mut random)).collect();
        let mut deviations: Vec<f64> =
            (0..m).map(|i| spread.powf(i as f64 / (m - 1) as f64)).collect();
        let size = (deviations.iter().map(|d| d * d).sum::<f64>() / m as f64).sqrt();
        deviations.iter_mut().for_each(|d| *d *= 10_f64.powf(-snr / 20.0) / size);
        let signal = (0..p).map(|_| 0.5 + normal(&mut random)).collect();
        let mut scene = Self { gains, offsets, deviations, signal, frames: Vec::new() };
        for z in scene.signal.clone() {
            let frame = (0..m)
                .map(|i| {
                    scene.gains[i] * z
                        + scene.offsets[i]
                        + scene.deviations[i] * normal(&mut random)
                })
                .collect();
            scene.frames.push(frame);
        }
        scene
    }

    /// Turns the gains of some sensors round.
    pub(crate) fn flip(&mut self, sensors: &[usize]) {
        for i in sensors.iter().copied() {
            for (frame, z) in self.frames.iter_mut().zip(&self.signal) {
                frame[i] -= 2.0 * self.gains[i] * z;
            }
            self.gains[i] = -self.gains[i];
        }
    }
}
