//! A training step of an unrolled network: its gradient on one batch, and Adam's update.

pub mod report;

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::training::Adam;
use solvekit_host::training::gradient::{
    Batch, Evaluation, Goal, Layer, Loss, Packed, Shrink, Space, Unrolled, Weights,
};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How far Adam moves a number, the same for all contenders.
const RATE: f64 = 1e-4;

/// Which network learns what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Steps.
    Ista,
    /// Steps.
    Iht,
    /// Steps and thresholds.
    Alista,
    /// Steps, thresholds and the weights of each layer.
    ListaCp,
}

/// What a line of the comparison says of a case.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// `unfolded-ista`, `unfolded-iht`, `alista` or `lista-cp`.
    pub kind: &'a str,
    /// `supervised` or `unsupervised`.
    pub loss: &'a str,
    /// M.
    pub rows: usize,
    /// N.
    pub columns: usize,
    /// T.
    pub layers: usize,
    /// Signals.
    pub batch: usize,
    /// λ of the unfolded networks and of the loss without signals.
    pub lambda: f64,
}

/// One case: a network, a batch, and the numbers that each step starts from.
pub struct Problem {
    kind: Kind,
    lambda: f32,
    columns: usize,
    steps: Vec<f32>,
    thresholds: Vec<f32>,
    /// As [`Packed::numbers`] has them.
    weights: Vec<Vec<f32>>,
    unrolled: Unrolled<f32>,
    batch: Batch<f32>,
    goal: Goal,
    space: Space<f32>,
    weight_slopes: Vec<Vec<f32>>,
}

impl Problem {
    /// Reads dictionary.f32, x.f32, y.f32 and the numbers of a network.
    ///
    /// # Errors
    /// Files that are missing or of the wrong length; a kind or a loss that nobody knows.
    pub fn read(folder: &Path, shape: &Shape<'_>) -> Result<Self> {
        let Shape { rows, columns, layers, batch: count, lambda, .. } = *shape;
        ensure!(rows > 0 && columns > 0 && count > 0, "an empty case");
        let kind = match shape.kind {
            "unfolded-ista" => Kind::Ista,
            "unfolded-iht" => Kind::Iht,
            "alista" => Kind::Alista,
            "lista-cp" => Kind::ListaCp,
            other => bail!("no network is called {other}"),
        };
        let loss = match shape.loss {
            "supervised" => Loss::Supervised,
            "unsupervised" => Loss::Lasso { lambda },
            other => bail!("no loss is called {other}"),
        };
        let numbers = |name: &str, len: usize| numbers(folder, name, len);
        let matrix = |values: Vec<f32>| DenseMatrix::from_columns(rows, values);
        let dictionary = matrix(numbers("dictionary", rows * columns)?)?;
        let weights = match kind {
            Kind::Ista | Kind::Iht => Weights::Dictionary,
            Kind::Alista => {
                Weights::Shared(Packed::new(&matrix(numbers("weight", rows * columns)?)?))
            }
            Kind::ListaCp => {
                let all = numbers("weights", layers * rows * columns)?;
                let each = all.chunks_exact(rows * columns);
                let packed = each.map(|one| Ok(Packed::new(&matrix(one.to_vec())?)));
                Weights::Each(packed.collect::<Result<_>>()?)
            }
        };
        let mut unrolled =
            Unrolled::new(&dictionary, weights).context("weights of another shape")?;
        let thresholds = match kind {
            Kind::Ista | Kind::Iht => Vec::new(),
            Kind::Alista | Kind::ListaCp => numbers("thresholds", layers)?,
        };
        let (x, y) = (numbers("x", columns * count)?, numbers("y", rows * count)?);
        let mut batch = Batch::zeros((rows, columns), count, true);
        for (s, (x, y)) in x.chunks_exact(columns).zip(y.chunks_exact(rows)).enumerate() {
            batch.set(s, y, Some(x));
        }
        let weights: Vec<_> =
            unrolled.weights_mut().iter().map(|one| one.numbers().to_vec()).collect();
        Ok(Self {
            kind,
            lambda: lambda as f32,
            columns,
            steps: numbers("steps", layers)?,
            thresholds,
            weight_slopes: vec![Vec::new(); weights.len()],
            weights,
            unrolled,
            batch,
            goal: Goal::last(loss, layers),
            space: Space::new(),
        })
    }

    /// How long one step takes, from numbers in memory to those that the next step would start from.
    /// The numbers are as before afterwards: every step does the same work.
    pub fn step(&mut self) -> Duration {
        let mut numbers = self.steps.clone();
        let mut thresholds = self.thresholds.clone();
        let mut adam = [numbers.len(), thresholds.len()].map(Adam::new);
        // A copy is memory that is there already; fresh zeros would be fetched within the time.
        let fresh: Vec<_> = self.weights.iter().map(|one| Adam::<f32>::new(one.len())).collect();
        let mut weight_adam = fresh.clone();
        drop(fresh);

        let start = Instant::now();
        let layers = self.layers();
        let Self { unrolled, space, weight_slopes, .. } = self;
        let found = unrolled.gradient(&layers, &self.goal, &self.batch, space);
        if !weight_slopes.is_empty() {
            unrolled.weight_gradients(layers.len(), space, weight_slopes);
            let all = unrolled.weights_mut().par_iter_mut().zip(&mut weight_adam);
            all.zip(&*weight_slopes).for_each(|((packed, adam), slopes)| {
                packed.change(|own| adam.step(own, slopes, RATE));
            });
        }
        let [by_step, by_threshold] = self.slopes(&found);
        adam[0].step(&mut numbers, &by_step, RATE);
        adam[1].step(&mut thresholds, &by_threshold, RATE);
        let elapsed = start.elapsed();

        std::hint::black_box((numbers, thresholds));
        for (packed, first) in self.unrolled.weights_mut().iter_mut().zip(&self.weights) {
            packed.change(|own| own.copy_from_slice(first));
        }
        elapsed
    }

    /// The loss of the batch.
    pub fn loss(&mut self) -> f64 {
        let layers = self.layers();
        self.unrolled.loss(&layers, &self.goal, &self.batch, &mut self.space).loss
    }

    /// Writes gradient-NAME.f32 of everything that is learned; weights layer by layer, each column by
    /// column.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn write_gradient(&mut self, folder: &Path) -> Result<()> {
        let layers = self.layers();
        let found = self.unrolled.gradient(&layers, &self.goal, &self.batch, &mut self.space);
        let [by_step, by_threshold] = self.slopes(&found);
        write(folder, "steps", &by_step)?;
        if !self.thresholds.is_empty() {
            write(folder, "thresholds", &by_threshold)?;
        }
        if self.kind == Kind::ListaCp {
            let all = self.unrolled.weight_derivatives(layers.len(), &self.space);
            write(folder, "weights", &all.concat())?;
        }
        Ok(())
    }

    fn layers(&self) -> Vec<Layer<f32>> {
        let thresholds = self.thresholds.iter().map(Some).chain(std::iter::repeat(None));
        let layer = |(k, (step, threshold)): (usize, (&f32, Option<&f32>))| match self.kind {
            Kind::Ista => Layer::ista(*step, self.lambda),
            Kind::Iht => Layer::iht(*step, self.lambda),
            Kind::Alista | Kind::ListaCp => {
                // The published schedule, in the precision that Python has.
                let passing = ((0.012 * (k + 1) as f64).min(0.13) * self.columns as f64) as usize;
                let threshold = threshold.copied().unwrap_or(0.0);
                Layer { step: *step, shrink: Shrink::Soft { threshold, passing } }
            }
        };
        self.steps.iter().zip(thresholds).enumerate().map(layer).collect()
    }

    /// Derivatives by what is learned: θ of unfolded ISTA is λ times its step.
    fn slopes(&self, found: &Evaluation) -> [Vec<f32>; 2] {
        let chain = if self.kind == Kind::Ista { f64::from(self.lambda) } else { 0.0 };
        let both = found.by_step.iter().zip(&found.by_threshold);
        let steps = both.map(|(step, threshold)| (step + chain * threshold) as f32);
        [steps.collect(), found.by_threshold.iter().map(|slope| *slope as f32).collect()]
    }
}

fn numbers(folder: &Path, name: &str, len: usize) -> Result<Vec<f32>> {
    let path = folder.join(format!("{name}.f32"));
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    ensure!(
        rest.is_empty() && numbers.len() == len,
        "{}: {} bytes, not {len} numbers",
        path.display(),
        bytes.len()
    );
    Ok(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

fn write(folder: &Path, name: &str, numbers: &[f32]) -> Result<()> {
    let path = folder.join(format!("gradient-{name}.f32"));
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
