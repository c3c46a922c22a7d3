//! [`choose_lambda`]: the λ whose lasso comes closest to known signals.

use super::gradient::Batch;
use super::signals::Signals;
use super::{Source, TrainError};
use crate::matrix::DenseMatrix;
use crate::training::gradient::Packed;
use crate::vector::Vector;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use solvekit::penalty::{L1, Penalty};
use solvekit::recovery::{Fista, Sensing, StepSize};
use solvekit::{LinearOperator, Stop, solve};

/// What a step may promise of the slope's decrease (Armijo).
const PROMISE: f64 = 0.1;
/// How much less accurate solutions may be after a success.
const LOOSER: f64 = 2.0;
/// How much more accurate after a failure.
const TIGHTER: f64 = 0.25;
/// The most accurate that f64 is asked for, relative to ‖Aᵀy‖_∞.
const FLOOR: f64 = 1e-9;
/// Steps of one solution; one that does not get there has the larger error that it has.
const MOST_STEPS: u32 = 20_000;

/// A λ and how it was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// λ.
    pub lambda: f64,
    /// Σ‖x(λ) − x*‖² / Σ‖x*‖² there.
    pub nmse: f64,
    /// Values of λ that were tried.
    pub tried: u32,
    /// Steps of the lower problems in all.
    pub steps: u64,
    /// Was a λ found where the slope is zero, as far as the solutions' accuracy tells?
    pub converged: bool,
}

/// One signal's lasso, as far as it is solved.
#[derive(Clone, Debug)]
struct Solved {
    x: Vector<f64>,
    /// ‖x − x*‖.
    off: f64,
    /// A bound of ‖x − x(λ)‖.
    error: f64,
    /// ∂‖x − x*‖²/∂ln λ.
    slope: f64,
    /// A bound of that slope's error.
    slope_error: f64,
    steps: u32,
}

/// λ by gradient steps in ln λ on the mean of ‖x(λ) − x*‖², x(λ) being the lasso's solution.
///
/// The lower problems are solved to a tolerance only. On the support S with signs s, x(λ) moves with
/// −λ (A_SᵀA_S)⁻¹ s, and a proximal residual G bounds the distance to the solution by 2 ‖G‖ / μ, μ
/// being the least eigenvalue of A_SᵀA_S. A step is taken where even the worst of these bounds leaves
/// the decrease that the slope promises; else it is halved, and where that does not help the tolerance
/// is tightened. After a success it is loosened again. So no accuracy is paid for that no decision
/// needs, and where it begins does not matter.
///
/// Source: Salehi, Mukherjee, Roberts and Ehrhardt 2023 (MAID, arXiv 2308.10098), for one number.
///
/// # Errors
/// [`TrainError`]: a dictionary or signals that make no problem.
pub fn choose_lambda(
    dictionary: &DenseMatrix<f32>,
    source: &Source,
    seed: u64,
    signals: usize,
) -> Result<Chosen, TrainError> {
    let shape = (dictionary.rows(), dictionary.columns());
    source.check(shape)?;
    let bad = || TrainError::Dictionary("it is zero, has no rows, or its squares are beyond f64");
    let values = dictionary.values().iter().map(|value| f64::from(*value)).collect();
    let wide = DenseMatrix::from_columns(shape.0, values).map_err(|_| bad())?;
    let step = StepSize::automatic(&wide).map_err(|_| bad())?;
    let packed = Packed::new(dictionary);
    let kept = match source {
        Source::Drawn(_) => 0,
        // Each once.
        Source::Stored(stored) => stored.count().min(signals.max(1)),
    };
    let drawn = Signals { source, dictionary: &packed, shape, seed, kept, varied: None };
    if !drawn.has_truths() {
        return Err(TrainError::Signals("λ is chosen by signals that are known".to_owned()));
    }
    let batch = drawn.validation(signals.max(1));
    let pairs: Vec<Pair> = (0..batch.count()).map(|k| Pair::new(&batch, k)).collect();
    let problem = Problem { wide, step, pairs };
    problem.choose().ok_or_else(bad)
}

/// Measurements and the signal they are of.
struct Pair {
    y: Vector<f64>,
    x: Vec<f64>,
}

impl Pair {
    fn new(batch: &Batch<f32>, k: usize) -> Self {
        let (y, x) = batch.get(k);
        let wide = |v: Vec<f32>| v.into_iter().map(f64::from);
        Self { y: wide(y).collect(), x: wide(x.unwrap_or_default()).collect() }
    }
}

struct Problem {
    wide: DenseMatrix<f64>,
    step: StepSize<f64>,
    pairs: Vec<Pair>,
}

/// All signals at one λ.
struct Look {
    solved: Vec<Solved>,
    /// The mean of ‖x − x*‖², by what all ‖x*‖² are, with the bounds that errors leave.
    value: f64,
    least: f64,
    most: f64,
    slope: f64,
    slope_error: f64,
}

impl Problem {
    fn choose(&self) -> Option<Chosen> {
        let squares: f64 = self.pairs.iter().flat_map(|pair| &pair.x).map(|x| x * x).sum();
        let sizes = self.pairs.iter().map(|pair| Sensing::new(&self.wide, &pair.y).ok());
        let sizes: Option<Vec<f64>> =
            sizes.map(|one| one.map(|sensing| sensing.largest_correlation())).collect();
        let sizes = sizes?;
        let mean = sizes.iter().sum::<f64>() / sizes.len() as f64;
        if !(mean > 0.0 && squares > 0.0) {
            return None;
        }
        let (mut log, mut tolerance, mut length) = ((0.1 * mean).ln(), 1e-2, 1.0);
        let mut chosen = Chosen { lambda: 0.0, nmse: 0.0, tried: 0, steps: 0, converged: false };
        let look = |log: f64, tolerance: f64, warm: Option<&[Solved]>, chosen: &mut Chosen| {
            let look = self.look(f64::exp(log), tolerance, warm, squares)?;
            chosen.tried += 1;
            chosen.steps += look.solved.iter().map(|one| u64::from(one.steps)).sum::<u64>();
            Some(look)
        };
        let mut here = look(log, tolerance, None, &mut chosen)?;
        'search: for _ in 0..200 {
            // Flat: a change of λ by its own size would change the error by no hundredth of it.
            let flat = 1e-2 * here.value;
            if here.slope.abs() + here.slope_error <= flat || here.value == 0.0 {
                chosen.converged = true;
                break;
            }
            let mut taken = None;
            if here.slope_error < 0.5 * here.slope.abs() {
                for _ in 0..10 {
                    let move_by = (length * here.slope / here.value).clamp(-1.0, 1.0);
                    let next = look(log - move_by, tolerance, Some(&here.solved), &mut chosen)?;
                    if next.most <= here.least - PROMISE * (move_by * here.slope).abs() {
                        taken = Some((log - move_by, next));
                        break;
                    }
                    length *= 0.5;
                    // A kink, where both sides rise: known as well as the values are.
                    let known = next.most - next.least + here.most - here.least;
                    if move_by.abs() < 1e-3 && known < 1e-4 * here.value {
                        chosen.converged = true;
                        break 'search;
                    }
                }
            }
            if let Some((moved, next)) = taken {
                (log, here) = (moved, next);
                length *= 2.0;
                tolerance = (tolerance * LOOSER).min(1e-1);
            } else {
                if tolerance <= FLOOR {
                    break;
                }
                tolerance = (tolerance * TIGHTER).max(FLOOR);
                length = length.max(1e-3) * 4.0;
                here = look(log, tolerance, Some(&here.solved), &mut chosen)?;
            }
        }
        (chosen.lambda, chosen.nmse) = (log.exp(), here.value);
        Some(chosen)
    }

    fn look(
        &self,
        lambda: f64,
        tolerance: f64,
        warm: Option<&[Solved]>,
        squares: f64,
    ) -> Option<Look> {
        let solved: Option<Vec<Solved>> = self
            .pairs
            .par_iter()
            .enumerate()
            .map(|(k, pair)| {
                let warm = warm.and_then(|all| all.get(k)).map(|one| &one.x);
                self.one(lambda, tolerance, pair, warm)
            })
            .collect();
        let solved = solved?;
        let sum = |of: &dyn Fn(&Solved) -> f64| solved.iter().map(of).sum::<f64>() / squares;
        let square = |v: f64| v * v;
        Some(Look {
            value: sum(&|one| square(one.off)),
            least: sum(&|one| square((one.off - one.error).max(0.0))),
            most: sum(&|one| square(one.off + one.error)),
            slope: sum(&|one| one.slope),
            slope_error: sum(&|one| one.slope_error),
            solved,
        })
    }

    /// The lasso of one signal, to a tolerance, and what is known of its error.
    fn one(
        &self,
        lambda: f64,
        tolerance: f64,
        pair: &Pair,
        warm: Option<&Vector<f64>>,
    ) -> Option<Solved> {
        let sensing = Sensing::new(&self.wide, &pair.y).ok()?;
        let penalty = L1::new(lambda).ok()?;
        let fista = Fista::new(sensing, penalty, self.step).ok()?;
        let mut state = match warm {
            Some(x) => fista.start_at(x.clone()).ok()?,
            None => fista.start(),
        };
        let stop = Stop::relative(tolerance.min(0.5)).ok()?.max_iterations(MOST_STEPS);
        let report = solve(&fista, &mut state, stop);
        let x = state.x.clone();
        // G = (x − prox(x + α Aᵀr)) / α, in the norm that the bound is in.
        let step = self.step.initial();
        let (mut r, mut z) = (self.wide.zero_range(), self.wide.zero_domain());
        sensing.residual(&x, &mut r);
        self.wide.apply_adjoint(&r, &mut z);
        z.iter_mut().zip(x.iter()).for_each(|(z, x)| *z = x + step * *z);
        penalty.prox_all(step, &mut z);
        let apart = x.iter().zip(z.iter()).map(|(x, z)| (x - z) * (x - z)).sum::<f64>();
        let residual = apart.sqrt() / step;
        let off: Vec<f64> = x.iter().zip(&pair.x).map(|(x, truth)| x - truth).collect();
        let places: Vec<usize> = (0..x.len()).filter(|j| x[*j] != 0.0).collect();
        let size = off.iter().map(|off| off * off).sum::<f64>().sqrt();
        let steps = report.iterations;
        if places.is_empty() {
            // x = 0 moves with no λ, and is the solution or the residual says how far it is.
            let error = 2.0 * residual * step;
            return Some(Solved { x, off: size, error, slope: 0.0, slope_error: 0.0, steps });
        }
        let columns: Vec<DVector<f64>> =
            places.iter().map(|j| DVector::from_column_slice(self.wide.column(*j))).collect();
        let support = DMatrix::from_columns(&columns);
        let eigen = (support.transpose() * &support).symmetric_eigen();
        let least = eigen.eigenvalues.min();
        let signs = DVector::from_iterator(places.len(), places.iter().map(|j| x[*j].signum()));
        // Columns that depend on each other leave the solution open: nothing is certain there.
        if least <= 1e-10 * eigen.eigenvalues.max() {
            let error = size;
            let slope_error = f64::MAX.sqrt();
            return Some(Solved { x, off: size, error, slope: 0.0, slope_error, steps });
        }
        let turned = eigen.eigenvectors.transpose() * signs;
        let moved = &eigen.eigenvectors * turned.component_div(&eigen.eigenvalues);
        let along = moved.iter().zip(&places).map(|(moved, j)| moved * off[*j]).sum::<f64>();
        let error = 2.0 * residual / least;
        let slope_error = 2.0 * lambda * error * moved.norm();
        Some(Solved { x, off: size, error, slope: -2.0 * lambda * along, slope_error, steps })
    }
}
