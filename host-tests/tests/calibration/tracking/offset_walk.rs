//! Gains and offsets that walk at random, and two ways to follow them.

use super::walk::{advance, off, room, zeros};
use crate::problem::{Problem, Shape, gains, measured, norm, normal};
use nalgebra::{DMatrix, DVector};
use rand_pcg::Pcg32;
use solvekit::calibration::tracking::{Forgetting, GainTracker, Track};
use solvekit_host::vector::Vector;

pub(super) type Offsets = Track<f64, Vector<f64>, Vector<f64>>;

/// A walk of gains and offsets, seen through rows of some mean and variance 1.
#[derive(Clone)]
pub(super) struct OffsetWalk {
    pub(super) shape: Shape,
    /// Of gains and of offsets, from frame to frame.
    pub(super) drift: [f64; 2],
    pub(super) snr: f64,
    /// Of the entries.
    pub(super) mean: f64,
    pub(super) gains: Vec<f64>,
    pub(super) offsets: Vec<f64>,
    pub(super) random: Pcg32,
}

impl OffsetWalk {
    /// Offsets are as large as what is seen.
    pub(super) fn new(seed: u64, shape: Shape, drift: [f64; 2], snr: f64) -> Self {
        let mut random = Pcg32::new(seed, 0xd21f);
        let gains = gains(&mut random, shape.m, 0.5);
        let offsets = (0..shape.m).map(|_| 0.5 * normal(&mut random)).collect();
        Self { shape, drift, snr, mean: 0.0, gains, offsets, random }
    }

    pub(super) fn next(&mut self) -> Problem {
        let Shape { n, m, p } = self.shape;
        let random = &mut self.random;
        let entries = (0..n * m * p).map(|_| self.mean + normal(random)).collect();
        let mut x: Vec<f64> = (0..n).map(|_| normal(random)).collect();
        let length = norm(&x);
        x.iter_mut().for_each(|x| *x /= length);
        let mut problem = measured(self.shape, entries, x, self.gains.clone(), self.snr, random);
        for (k, y) in problem.y.iter_mut().enumerate() {
            *y += self.offsets[k % m];
        }
        let moved = |v: &mut Vec<f64>, drift: f64, random: &mut Pcg32| {
            v.iter_mut().for_each(|v| *v += drift * normal(random));
        };
        moved(&mut self.gains, self.drift[0], &mut self.random);
        moved(&mut self.offsets, self.drift[1], &mut self.random);
        let mean = self.gains.iter().sum::<f64>() / m as f64;
        self.gains.iter_mut().for_each(|gain| *gain /= mean);
        problem
    }

    /// σ of the noise.
    pub(super) fn noise(&self) -> f64 {
        let square: f64 = self.gains.iter().map(|g| g * g).sum();
        let length = self.mean.hypot(1.0);
        (square / self.gains.len() as f64).sqrt() * length * 10_f64.powf(-self.snr / 20.0)
    }
}

pub(super) fn rms(v: &[f64], w: &[f64]) -> f64 {
    let square: f64 = v.iter().zip(w).map(|(v, w)| (v - w).powi(2)).sum();
    (square / v.len() as f64).sqrt()
}

/// What a run came to, after 50 frames.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Followed {
    /// Root mean square errors of gains and offsets.
    pub(super) errors: [f64; 2],
    pub(super) worst: f64,
    /// Parts of the true ones within 1.96 standard errors.
    pub(super) covered: [f64; 2],
    /// K at the end.
    pub(super) keep: [f64; 2],
    pub(super) locks: u32,
    pub(super) suspicious: usize,
    pub(super) innovation: f64,
}

pub(super) fn followed(walk: &OffsetWalk, tracker: GainTracker<f64>, frames: u32) -> Followed {
    let mut walk = walk.clone();
    let m = walk.shape.m;
    let mut track: Offsets = tracker.start(zeros(m)).with_offsets(zeros(m)).expect("m numbers");
    let mut room = room(walk.shape);
    let (mut run, mut squares) = (Followed::default(), [0.0; 2]);
    let (mut inside, mut seen) = ([0.0; 2], 0.0);
    for t in 0..frames {
        let offsets = walk.offsets.clone();
        let problem = walk.next();
        let report = advance(&tracker, &mut track, &problem, &mut room);
        run.suspicious += report.suspicious;
        if t < 50 {
            continue;
        }
        let error = rms(track.gains(), &problem.gains);
        squares[0] += error.powi(2);
        squares[1] += rms(track.offsets(), &offsets).powi(2);
        run.worst = run.worst.max(error);
        run.innovation += report.innovation / f64::from(frames - 50);
        for (i, offset) in offsets.iter().enumerate() {
            let within = [
                (track.gains()[i] - problem.gains[i]).abs() < 1.96 * track.error(i),
                (track.offsets()[i] - offset).abs() < 1.96 * track.offset_error(i),
            ];
            (0..2).for_each(|k| inside[k] += f64::from(u8::from(within[k])));
            seen += 1.0;
        }
        run.keep = [report.gain, report.offset_gain];
    }
    run.errors = squares.map(|square| (square / f64::from(frames - 50)).sqrt());
    run.covered = inside.map(|inside| inside / seen);
    run.locks = track.locks();
    run
}

/// The gains' error where offsets are not known of.
pub(super) fn ignored(walk: &OffsetWalk, forgetting: Forgetting<f64>, frames: u32) -> f64 {
    let mut walk = walk.clone();
    let tracker = GainTracker::new(forgetting).expect("valid");
    let (mut track, mut room) = (tracker.start(zeros(walk.shape.m)), room(walk.shape));
    let mut square = 0.0;
    for t in 0..frames {
        let problem = walk.next();
        let _ = advance(&tracker, &mut track, &problem, &mut room);
        square += if t >= 50 { off(&track, &problem.gains).powi(2) } else { 0.0 };
    }
    (square / f64::from(frames - 50)).sqrt()
}

/// The gains' error of the other way: of each frame, the mean of every sensor is taken from its rows and
/// measurements, which frees them of its offset; then one alternating step with forgetting, in plain
/// algebra, from the true gains.
pub(super) fn centred(walk: &OffsetWalk, keep: f64, frames: u32) -> f64 {
    let mut walk = walk.clone();
    let Shape { n, m, p } = walk.shape;
    let mut gains = walk.gains.clone();
    let (mut known, mut square) = (vec![0.0; m], 0.0);
    for t in 0..frames {
        let problem = walk.next();
        let mut a = DMatrix::from_fn(m * p, n, |k, j| problem.rows.column(k)[j]);
        let mut y = DVector::from_fn(m * p, |k, _| problem.y[k]);
        for i in 0..m {
            let places: Vec<usize> = (0..p).map(|l| l * m + i).collect();
            let mean = places.iter().map(|k| y[*k]).sum::<f64>() / p as f64;
            places.iter().for_each(|k| y[*k] -= mean);
            for j in 0..n {
                let mean = places.iter().map(|k| a[(*k, j)]).sum::<f64>() / p as f64;
                places.iter().for_each(|k| a[(*k, j)] -= mean);
            }
        }
        let weighted = DMatrix::from_fn(m * p, n, |k, j| gains[k % m] * a[(k, j)]);
        let x = (weighted.transpose() * &weighted)
            .cholesky()
            .expect("regular")
            .solve(&(weighted.transpose() * &y));
        let u = a * x;
        let leverage = 1.0 - n as f64 / (m * (p - 1)) as f64;
        for i in 0..m {
            let (mut own, mut cross) = (0.0, 0.0);
            for k in (0..p).map(|l| l * m + i) {
                own += u[k] * u[k];
                cross += u[k] * y[k];
            }
            known[i] = (1.0 - keep) * known[i] + leverage * own;
            gains[i] += (cross / own - gains[i]) * leverage * own / known[i];
        }
        let mean = gains.iter().sum::<f64>() / m as f64;
        gains.iter_mut().for_each(|gain| *gain /= mean);
        known.iter_mut().for_each(|known| *known *= mean * mean);
        square += if t >= 50 { rms(&gains, &problem.gains).powi(2) } else { 0.0 };
    }
    (square / f64::from(frames - 50)).sqrt()
}
