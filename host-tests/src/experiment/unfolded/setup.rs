//! [`Setup`]: one dictionary, with training and test signals.

use super::row::{Recovery, Row};
use super::score::Score;
use crate::draws::Draws;
use crate::experiment::sensed::sensed;
use crate::matrix::DenseMatrix;
use crate::network::Numbers;
use crate::training::gradient::{Batch, Layer, Loss, Unrolled, Weights};
use crate::training::{Drawn, Network, Objective, Plan, Source, Standing, Training};
use anyhow::{Result, bail, ensure};
use solvekit::recovery::largest_eigenvalue;
use std::fmt;

/// M.
pub(super) const ROWS: usize = 64;
/// N.
pub(super) const COLUMNS: usize = 128;
/// T.
pub const LAYERS: usize = 10;
/// Signals in a batch of training.
pub(super) const BATCH: usize = 100;
/// The learning rate, in units of 1 / ‖A‖².
pub(super) const RATE: f64 = 0.02;
/// Parts of that rate in the stages after the last layer's.
const FINE: [f64; 3] = [1.0, 0.3, 0.1];

/// What is made small, and how a layer shrinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// ½‖y − A x‖² + 0.1 ‖x‖₁.
    Ista,
    /// ½‖y − A x‖² + 0.05 ‖x‖₀.
    Iht,
}

impl Problem {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ista, Self::Iht];

    /// λ.
    #[must_use]
    pub const fn lambda(self) -> f64 {
        match self {
            Self::Ista => 0.1,
            Self::Iht => 0.05,
        }
    }

    /// The objective as a loss.
    #[must_use]
    pub const fn objective(self) -> Loss {
        let lambda = self.lambda();
        match self {
            Self::Ista => Loss::Lasso { lambda },
            Self::Iht => Loss::Subset { lambda },
        }
    }

    fn layer(self, step: f64) -> Layer<f32> {
        let (step, lambda) = (step as f32, self.lambda() as f32);
        match self {
            Self::Ista => Layer::ista(step, lambda),
            Self::Iht => Layer::iht(step, lambda),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ista => "ista",
            Self::Iht => "iht",
        })
    }
}

/// Which signals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// In a word.
    pub name: &'static str,
    /// The chance of an entry not to be zero.
    pub density: f64,
    /// ‖A x‖² over the expected ‖noise‖², in decibels.
    pub snr_db: f64,
}

/// Where networks are tested; they are trained under the first.
pub const CONDITIONS: [Condition; 4] = [
    Condition { name: "as trained", density: 0.08, snr_db: 20.0 },
    Condition { name: "denser", density: 0.12, snr_db: 20.0 },
    Condition { name: "noisier", density: 0.08, snr_db: 10.0 },
    Condition { name: "sparser", density: 0.04, snr_db: 20.0 },
];

/// Signals, and what was measured of them.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) condition: Condition,
    pub(super) signals: Vec<Vec<f32>>,
    pub(super) measurements: Vec<Vec<f32>>,
}

/// A dictionary of entries N(0, 1/M), and test signals under every condition.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) seed: u64,
    pub(super) dictionary: DenseMatrix<f32>,
    /// ‖A‖².
    pub(super) curvature: f64,
    pub(super) tests: Vec<Test>,
    unrolled: Unrolled<f32>,
}

/// Streams of one seed.
const DICTIONARY: u64 = 1;
const TESTS: u64 = 100;

impl Setup {
    /// Of a seed, with so many test signals under each condition.
    ///
    /// # Panics
    /// None: the sizes are fixed and good.
    #[must_use]
    pub fn draw(seed: u64, count: usize) -> Self {
        let mut draws = Draws::new(seed, DICTIONARY);
        let scale = (ROWS as f64).sqrt().recip();
        let values = (0..ROWS * COLUMNS).map(|_| (scale * draws.normal()) as f32).collect();
        let dictionary = DenseMatrix::from_columns(ROWS, values).expect("whole columns");
        let wide = dictionary.values().iter().map(|value| f64::from(*value)).collect();
        let wide = DenseMatrix::from_columns(ROWS, wide).expect("whole columns");
        let curvature = largest_eigenvalue(&wide, 500);
        let tests = CONDITIONS.iter().zip(TESTS..).map(|(condition, stream)| {
            let mut draws = Draws::new(seed, stream);
            let drawn = (0..count).map(|_| condition.signal(&mut draws, &dictionary));
            let (signals, measurements) = drawn.unzip();
            Test { condition: *condition, signals, measurements }
        });
        let tests = tests.collect();
        let unrolled = Unrolled::new(&dictionary, Weights::Dictionary).expect("no weights to fit");
        Self { seed, dictionary, curvature, tests, unrolled }
    }

    /// x after so many layers, held against the truth under every condition.
    pub(super) fn test(&self, problem: Problem, recovery: Recovery, steps: &[f64]) -> Vec<Row> {
        let layers: Vec<_> = steps.iter().map(|step| problem.layer(*step)).collect();
        let tested = self.tests.iter().map(|test| {
            let mut batch = Batch::zeros((ROWS, COLUMNS), test.signals.len(), false);
            test.measurements.iter().enumerate().for_each(|(k, y)| batch.set(k, y, None));
            let found = self.unrolled.infer(&layers, &batch);
            self.row(problem, recovery, test, &found)
        });
        tested.collect()
    }

    /// Steps of all layers, learned as a stage a layer and finer ones at the end, `count` steps of the
    /// optimiser each, on signals of the first condition.
    ///
    /// # Errors
    /// None is known.
    pub(super) fn train(
        &self,
        problem: Problem,
        objective: Objective,
        count: usize,
    ) -> Result<Vec<f64>> {
        let plan = Plan {
            batch: BATCH,
            steps: count as u64,
            rate: RATE,
            fine: FINE.to_vec(),
            fine_steps: 5 * count as u64,
            ..Plan::new(LAYERS, self.seed)
        };
        let Condition { density, snr_db, .. } = CONDITIONS[0];
        let drawn = Drawn { sparsity: density, amplitude: 1.0, snr_db: Some(snr_db) };
        let source = Source::Drawn(drawn);
        let lambda = problem.lambda() as f32;
        let network = match problem {
            Problem::Ista => Network::UnfoldedIsta { lambda },
            Problem::Iht => Network::UnfoldedIht { lambda },
        };
        let mut training = Training::new(plan, network, objective, &self.dictionary, &source)?;
        let standing = training.advance(u64::MAX);
        ensure!(standing == Standing::Done, "{problem} with seed {}: {standing:?}", self.seed);
        match training.model()?.numbers {
            Numbers::UnfoldedIsta { steps, .. } | Numbers::UnfoldedIht { steps, .. } => {
                Ok(steps.into_iter().map(f64::from).collect())
            }
            other => bail!("another network was trained: {other:?}"),
        }
    }

    pub(super) fn row(
        &self,
        problem: Problem,
        recovery: Recovery,
        test: &Test,
        found: &[Vec<f32>],
    ) -> Row {
        let score = Score::new(problem, &self.dictionary, test, found);
        Row { problem, recovery, condition: test.condition, seed: self.seed, score }
    }
}

impl Condition {
    /// One signal, and its noisy measurements.
    fn signal(self, draws: &mut Draws, dictionary: &DenseMatrix<f32>) -> (Vec<f32>, Vec<f32>) {
        let entry = |draws: &mut Draws| {
            // Both are drawn, so that a signal of another density begins the same.
            let (chance, size) = (draws.uniform(), draws.normal());
            if chance < self.density { size as f32 } else { 0.0 }
        };
        let x: Vec<f32> = (0..COLUMNS).map(|_| entry(draws)).collect();
        let y = sensed(dictionary, &x, Some(self.snr_db), draws);
        (x, y)
    }
}
