//! Gains that walk at random, and what they measure frame after frame.

use crate::problem::{Problem, Shape, gains, measured, norm, normal};
use rand_pcg::Pcg32;
use solvekit::Buffer;
use solvekit::calibration::Order;
use solvekit::calibration::tracking::{
    Forgetting, Frame, FrameReport, FrameRoom, FrameRoomOf, GainTracker, Track,
};
use solvekit::direct::packed;
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

pub(super) type Matrix = DenseMatrix<f64>;
pub(super) type Room = FrameRoomOf<f64, Matrix, Vector<f64>, Vector<f64>>;

/// Shape, step s and noise of a walk, and where it is.
pub(super) struct Walk {
    shape: Shape,
    drift: f64,
    snr: f64,
    pub(super) gains: Vec<f64>,
    random: Pcg32,
}

impl Walk {
    pub(super) fn new(seed: u64, shape: Shape, drift: f64, snr: f64) -> Self {
        let mut random = Pcg32::new(seed, 0xd21f);
        let gains = gains(&mut random, shape.m, 0.5);
        Self { shape, drift, snr, gains, random }
    }

    /// Standard normal rows, x on the unit sphere; then the gains move on.
    pub(super) fn next(&mut self) -> Problem {
        let Shape { n, m, p } = self.shape;
        let random = &mut self.random;
        let entries = (0..n * m * p).map(|_| normal(random)).collect();
        let mut x: Vec<f64> = (0..n).map(|_| normal(random)).collect();
        let length = norm(&x);
        x.iter_mut().for_each(|x| *x /= length);
        let problem = measured(self.shape, entries, x, self.gains.clone(), self.snr, random);
        let moved: Vec<f64> =
            self.gains.iter().map(|gain| gain + self.drift * normal(random)).collect();
        self.gains = moved;
        self.normalise();
        problem
    }

    pub(super) fn normalise(&mut self) {
        let mean = self.gains.iter().sum::<f64>() / self.gains.len() as f64;
        self.gains.iter_mut().for_each(|gain| *gain /= mean);
    }
}

pub(super) fn zeros(count: usize) -> Vector<f64> {
    Vector::filled(count, 0.0)
}

pub(super) fn room(shape: Shape) -> Room {
    room_of(shape, zeros(shape.m))
}

pub(super) fn room_of<G: Buffer<f64>>(
    shape: Shape,
    gains: G,
) -> FrameRoomOf<f64, Matrix, G, Vector<f64>> {
    let rows = Matrix::from_columns(shape.n, vec![0.0; shape.n * shape.m * shape.p]).expect("rows");
    FrameRoom::new(&rows, gains, zeros(packed(shape.n))).expect("room")
}

pub(super) fn advance<G: Buffer<f64>, O: Buffer<f64>>(
    tracker: &GainTracker<f64>,
    track: &mut Track<f64, G, O>,
    problem: &Problem,
    room: &mut FrameRoomOf<f64, Matrix, G, Vector<f64>>,
) -> FrameReport<f64> {
    let m = problem.shape.m;
    let frame = Frame::new(&problem.rows, &problem.y, m, Order::BySnapshot).expect("a frame");
    tracker.advance(track, &frame, room).expect("a room of that size")
}

/// ‖γ̂ − γ‖ / √m.
pub(super) fn off(track: &Track<f64, Vector<f64>>, gains: &[f64]) -> f64 {
    let square: f64 = track.gains().iter().zip(gains).map(|(a, b)| (a - b).powi(2)).sum();
    (square / gains.len() as f64).sqrt()
}

/// What a run came to.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// Root mean square error of the gains after 50 frames.
    pub(super) error: f64,
    /// The largest.
    pub(super) worst: f64,
    pub(super) locks: u32,
    /// Sensors found suspicious.
    pub(super) suspicious: usize,
    /// Part of the true gains within 1.96 standard errors, after 50 frames.
    pub(super) covered: f64,
    pub(super) gain: f64,
}

pub(super) fn run(walk: &mut Walk, forgetting: Forgetting<f64>, frames: u32) -> Run {
    let tracker = GainTracker::new(forgetting).expect("valid");
    let mut track = tracker.start(zeros(walk.shape.m));
    let mut room = room(walk.shape);
    let (mut run, mut squares, mut inside, mut seen) = (Run::default(), 0.0, 0, 0);
    for t in 0..frames {
        let problem = walk.next();
        let report = advance(&tracker, &mut track, &problem, &mut room);
        run.suspicious += report.suspicious;
        if t >= 50 {
            let error = off(&track, &problem.gains);
            squares += error * error;
            run.worst = run.worst.max(error);
            for (i, gain) in problem.gains.iter().enumerate() {
                inside += usize::from((track.gains()[i] - gain).abs() < 1.96 * track.error(i));
                seen += 1;
            }
        }
        run.gain = report.gain;
    }
    run.error = (squares / f64::from(frames - 50)).sqrt();
    run.covered = inside as f64 / seen as f64;
    run.locks = track.locks();
    run
}

/// σ of the measurements of such a walk: rms of clean ones is about the rms gain.
pub(super) fn noise(walk: &Walk, snr: f64) -> f64 {
    let square: f64 = walk.gains.iter().map(|g| g * g).sum();
    let rms = (square / walk.gains.len() as f64).sqrt();
    // x on the unit sphere, rows standard normal.
    rms * 10_f64.powf(-snr / 20.0)
}
