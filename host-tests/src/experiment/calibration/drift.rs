//! Gains that walk at random, followed frame by frame.

use super::problem::Shape;
use super::row::{Part, Row, median};
use super::success::trials;
use crate::draws::Draws;
use crate::experiment::Options;
use crate::figure::{BLUE, Figure, GREEN, GREY, Legend, ORANGE};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use anyhow::Result;
use rayon::prelude::*;
use solvekit::calibration::Order;
use solvekit::calibration::tracking::{Forgetting, Frame, FrameRoom, GainTracker};
use solvekit::direct::packed;

const SHAPE: Shape = Shape { n: 16, m: 16, p: 4 };
/// In dB.
const SNR: f64 = 30.0;
/// Standard deviations of a gain's step between two frames.
const STEPS: [f64; 4] = [0.001, 0.003, 0.01, 0.03];
/// Frames; the first quarter does not count.
const FRAMES: usize = 400;
/// Runs of each.
const RUNS: u32 = 8;

/// How old frames are forgotten.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// By the rule, from drift and noise.
    Rule,
    /// By the innovations.
    Steered,
    /// Not at all: every frame alone.
    Alone,
}

impl Way {
    const ALL: [Self; 3] = [Self::Rule, Self::Steered, Self::Alone];

    const fn name(self) -> &'static str {
        match self {
            Self::Rule => "tracked, drift known",
            Self::Steered => "tracked, steered",
            Self::Alone => "each frame alone",
        }
    }
}

/// The error of all gains over time (root mean square), `drift.svg`.
pub(super) fn rows(options: &Options) -> Result<Vec<Row>> {
    let shape = SHAPE.scaled(options);
    let runs = trials(RUNS, options);
    let mut rows = Vec::new();
    for step in STEPS {
        for way in Way::ALL {
            let seed = |run: u32| options.seed.wrapping_add(u64::from(run) << 16);
            let errors: Option<Vec<f64>> =
                (0..runs).into_par_iter().map(|run| follow(shape, step, way, seed(run))).collect();
            let Some(errors) = errors else { continue };
            rows.push(Row {
                part: Part::Drift,
                method: way.name().to_owned(),
                shape,
                nonzeros: shape.n,
                rho: step,
                snr: SNR,
                trials: runs,
                measured: median(errors),
                iterations: None,
                reference: None,
                agrees: None,
            });
        }
    }
    let mut figure = Figure::new("step of a gain between frames, log10", "error of the gains")
        .logarithmic()
        .legend(Legend::BottomRight);
    for (way, color) in Way::ALL.into_iter().zip([GREEN, BLUE, ORANGE]) {
        let own = rows.iter().filter(|row| row.method == way.name());
        let points: Vec<_> = own.map(|row| (row.rho.log10(), row.measured)).collect();
        figure.line(way.name(), &points, color);
        figure.points("", &points, color);
    }
    let same: Vec<_> = STEPS.map(|step| (step.log10(), step)).to_vec();
    figure.line("the step itself", &same, GREY);
    figure.write(&options.output.join("drift.svg"))?;
    Ok(rows)
}

/// One run: the root mean square of the errors of all gains in the frames that count.
fn follow(shape: Shape, step: f64, way: Way, seed: u64) -> Option<f64> {
    let Shape { n, m, p } = shape;
    let mut draws = Draws::new(seed, 0xd71f);
    let mut gains: Vec<f64> = (0..m).map(|_| 1.0 + 0.4 * (draws.uniform() - 0.5)).collect();
    // Rows of variance 1 and signals of length 1.
    let noise = 10_f64.powf(-SNR / 20.0);
    let zeros = |length| Vector::filled(length, 0.0);
    let forgetting = match way {
        Way::Rule => Forgetting::Known { drift: step, noise },
        _ => Forgetting::Steered { rate: 0.2 },
    };
    let tracker = GainTracker::new(forgetting).ok()?;
    let mut track = tracker.start(zeros(m));
    let mut room = None;
    let (mut squares, mut count) = (0.0, 0.0);
    for t in 0..FRAMES {
        for gain in &mut gains {
            *gain += step * draws.normal();
        }
        let mean = gains.iter().sum::<f64>() / m as f64;
        gains.iter_mut().for_each(|gain| *gain /= mean);
        let entries: Vec<f64> = (0..n * m * p).map(|_| draws.normal()).collect();
        let mut x: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.iter_mut().for_each(|x| *x /= length);
        let y: Vec<f64> = entries
            .chunks_exact(n)
            .enumerate()
            .map(|(k, row)| {
                let u: f64 = row.iter().zip(&x).map(|(a, x)| a * x).sum();
                gains[k % m] * u + noise * draws.normal()
            })
            .collect();
        let rows = DenseMatrix::from_columns(n, entries).ok()?;
        let y = Vector::from(y);
        let frame = Frame::new(&rows, &y, m, Order::BySnapshot).ok()?;
        if room.is_none() {
            room = Some(FrameRoom::new(&rows, zeros(m), zeros(packed(n))).ok()?);
        }
        if way == Way::Alone {
            track = tracker.start(zeros(m));
        }
        // A skipped frame leaves the gains as they were, which is counted like any other.
        let _ = tracker.advance(&mut track, &frame, room.as_mut()?).ok()?;
        if t >= FRAMES / 4 {
            let apart = track.gains().iter().zip(&gains).map(|(a, b)| (a - b).powi(2));
            squares += apart.sum::<f64>();
            count += m as f64;
        }
    }
    Some((squares / count).sqrt())
}
