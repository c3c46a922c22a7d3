//! [`Search`]: HyperLISTA's three numbers, without derivatives.

use super::gradient::{Batch, HyperNetwork, Packed};
use super::signals::Signals;
use super::{Source, TrainError};
use crate::matrix::DenseMatrix;
use crate::network::{Analytic, Digest, Model, Numbers, Provenance, Splines, analytic};
use serde::{Deserialize, Serialize};
use solvekit::LinearOperator;
use solvekit::network::HyperNumbers;

/// Signals of the coarse grid: the first ones of those that training has.
const COARSE: usize = 64;
/// How many of the grid's best points the fine search starts from.
const STARTS: usize = 4;

/// How the numbers are looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// T, after which the error counts.
    pub layers: usize,
    /// Signals of the training set, the same for every point.
    pub signals: usize,
    /// Signals on which the starts' ends are compared.
    pub validation: usize,
    /// Points of each fine search.
    pub points: usize,
    /// Of every random draw.
    pub seed: u64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The network.
    pub model: Model,
    /// Points that were tried.
    pub points: u64,
    /// Σ‖x − x*‖² for each signal of validation.
    pub loss: f64,
    /// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² on them.
    pub nmse_db: Option<f64>,
    /// The numbers are no better than x = 0.
    pub failed: bool,
}

impl Search {
    /// Over 1000 signals, with 400 points for each start.
    #[must_use]
    pub const fn new(layers: usize, seed: u64) -> Self {
        Self { layers, signals: 1000, validation: 1000, points: 400, seed }
    }

    /// A grid in powers of two on a few signals, then Nelder and Mead's simplex in the logarithms
    /// from the best points, on all of them. `tell` hears of each point's loss.
    ///
    /// # Errors
    /// [`TrainError`].
    pub fn run(
        &self,
        dictionary: &DenseMatrix<f32>,
        source: &Source,
        mut go_on: impl FnMut(u64, f64) -> bool,
    ) -> Result<Found, TrainError> {
        let shape = (dictionary.rows(), dictionary.columns());
        source.check(shape)?;
        for (what, count) in [
            ("layers", self.layers),
            ("validation", self.validation),
            ("batch", self.signals),
            ("steps", self.points),
        ] {
            if !(1..=1_000_000).contains(&count) {
                let cause = format!("{count} does not lie between 1 and 1000000");
                return Err(TrainError::Plan { what, cause });
            }
        }
        if dictionary.non_finite().is_some() {
            return Err(TrainError::Dictionary("an entry is not a finite number"));
        }
        let Analytic { weight, inverse_scales } = analytic(dictionary)?;
        let packed = Packed::new(weight.dense());
        let network = HyperNetwork::new(Packed::new(dictionary), packed, &inverse_scales)
            .ok_or(TrainError::Dictionary("its weights have another shape"))?;
        let kept = source.kept(self.validation);
        let signals = Signals {
            source,
            dictionary: network.dictionary(),
            shape,
            seed: self.seed,
            kept,
            varied: None,
        };
        if !signals.has_truths() {
            let cause = "without them there is nothing to compare with".to_owned();
            return Err(TrainError::Signals(cause));
        }
        let set = |count: usize| {
            let mut batch = Batch::zeros(shape, count, true);
            signals.fill(0, &mut batch);
            batch
        };
        let (few, all) = (set(self.signals.min(COARSE)), set(self.signals));
        let validation = signals.validation(self.validation);
        let (mut points, mut asked) = (0, false);
        let mut least: Option<(f64, Point)> = None;
        let mut loss = |at: Point, batch: &Batch<f32>| {
            if asked {
                return f64::INFINITY;
            }
            let (errors, squares) = network.errors(numbers(at), self.layers, batch);
            let loss = errors / squares;
            points += 1;
            asked = !go_on(points, loss);
            // No number is worse than any.
            let loss = if loss.is_finite() { loss } else { f64::INFINITY };
            if least.is_none_or(|(best, _)| loss < best) {
                least = Some((loss, at));
            }
            loss
        };
        let mut grid: Vec<(f64, Point)> = grid().map(|at| (loss(at, &few), at)).collect();
        grid.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut best: Option<(f64, Point)> = None;
        for (_, start) in grid.into_iter().take(STARTS) {
            let found = simplex(start, self.points, |at| loss(at, &all));
            let here = loss(found, &validation);
            if best.is_none_or(|(loss, _)| here < loss) {
                best = Some((here, found));
            }
        }
        // Ended early, it is the least of any signals.
        let at = if asked { least } else { best }.map_or([0.0; 3], |(_, at)| at);
        let (errors, squares) = network.errors(numbers(at), self.layers, &validation);
        let loss = errors / validation.count() as f64;
        let nmse_db = Some(10.0 * (errors / squares).log10()).filter(|db| db.is_finite());
        let model = Model {
            numbers: Numbers::HyperLista { numbers: numbers(at), weight, inverse_scales },
            rows: shape.0,
            columns: shape.1,
            layers: self.layers,
            dictionary: Digest::of_matrix(shape.0, dictionary.values()),
            varying: None,
            splines: Splines::default(),
            provenance: Provenance {
                loss: Some("search".to_owned()),
                seed: Some(self.seed),
                data: source.digest(),
                signals: Some(source.to_string()),
                steps: Some(points),
                validation_loss: Some(loss),
                nmse_db,
            },
        };
        model.check(dictionary)?;
        Ok(Found { model, points, loss, nmse_db, failed: !errors.is_finite() || errors >= squares })
    }
}

/// Logarithms of c_θ, c_β and c_p.
type Point = [f64; 3];

fn numbers(at: Point) -> HyperNumbers<f32> {
    let [threshold, momentum, passing] = at.map(|log| log.exp() as f32);
    HyperNumbers { threshold, momentum, passing }
}

/// Each number in powers of two around what its authors searched.
fn grid() -> impl Iterator<Item = Point> {
    let powers = |first: f64, count: i32| (0..count).map(move |k| (first * 2.0_f64.powi(k)).ln());
    powers(1e-4, 9).flat_map(move |threshold| {
        powers(5e-4, 7).flat_map(move |momentum| {
            powers(1e-2, 7).map(move |passing| [threshold, momentum, passing])
        })
    })
}

/// The lowest of so many points.
///
/// Source: Nelder and Mead 1965, with the usual 1, 2, ½ and ½.
fn simplex(start: Point, points: usize, mut loss: impl FnMut(Point) -> f64) -> Point {
    let mut corners = vec![(loss(start), start)];
    for axis in 0..3 {
        let mut corner = start;
        corner[axis] += 0.3;
        corners.push((loss(corner), corner));
    }
    let mut tried = 4;
    while tried < points {
        corners.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (worst, middle) = (corners[3], mean(&corners[..3]));
        let along = |by: f64| -> Point {
            std::array::from_fn(|axis| middle[axis] + by * (worst.1[axis] - middle[axis]))
        };
        let mut at = |by: f64| {
            tried += 1;
            (loss(along(by)), along(by))
        };
        let mirrored = at(-1.0);
        let next = if mirrored.0 < corners[0].0 {
            let further = at(-2.0);
            if further.0 < mirrored.0 { further } else { mirrored }
        } else if mirrored.0 < corners[2].0 {
            mirrored
        } else {
            let nearer = if mirrored.0 < worst.0 { at(-0.5) } else { at(0.5) };
            if nearer.0 < mirrored.0.min(worst.0) {
                nearer
            } else {
                let best = corners[0].1;
                for corner in &mut corners[1..] {
                    let half = std::array::from_fn(|a| 0.5 * (best[a] + corner.1[a]));
                    *corner = (loss(half), half);
                    tried += 1;
                }
                continue;
            }
        };
        corners[3] = next;
        let spread = (0..3).map(|axis| (corners[3].1[axis] - corners[0].1[axis]).abs());
        // Numbers of f32 tell no more apart.
        if spread.fold(0.0, f64::max) < 1e-6 {
            break;
        }
    }
    corners.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).map_or(start, |(_, at)| at)
}

fn mean(corners: &[(f64, Point)]) -> Point {
    let count = corners.len() as f64;
    std::array::from_fn(|axis| corners.iter().map(|(_, at)| at[axis]).sum::<f64>() / count)
}
