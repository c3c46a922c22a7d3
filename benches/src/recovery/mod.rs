//! ISTA on many signals with one dictionary: a batch whose signals stay in the first cache through all
//! iterations.

pub mod report;

use crate::singles;
use anyhow::{Context, Result, ensure};
use solvekit::Stop;
use solvekit::penalty::L1;
use solvekit::recovery::StepSize;
use solvekit_host::batch::lanes::{OnLanes, Registers, Side, dispatch};
use solvekit_host::batch::{Backend, NetworkBatch, RecoveryBatch, RecoveryMethod, Runner, Weight};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Digest, Model, Numbers, Provenance, Splines};
use std::hint::black_box;
use std::num::NonZeroU32;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// What a line of the comparison says of a case.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// M.
    pub rows: usize,
    /// N.
    pub columns: usize,
    /// How many.
    pub signals: usize,
    /// Of each, the same for all.
    pub iterations: u32,
    /// α.
    pub step: f32,
    /// α λ.
    pub threshold: f32,
}

/// One case.
#[derive(Debug)]
pub struct Problem {
    shape: Shape,
    dictionary: DenseMatrix<f32>,
    measurements: Vec<f32>,
}

impl Problem {
    /// Reads a.f32, column by column, and y.f32, signal by signal.
    ///
    /// # Errors
    /// Files that are missing or of the wrong length.
    pub fn read(folder: &Path, shape: Shape) -> Result<Self> {
        let Shape { rows, columns, signals, .. } = shape;
        let values = singles::read(folder, "a", rows * columns)?;
        let dictionary = DenseMatrix::from_columns(rows, values)?;
        let measurements = singles::read(folder, "y", rows * signals)?;
        Ok(Self { shape, dictionary, measurements })
    }

    /// All signals, from measurements in memory to answers in memory, and how long it took.
    ///
    /// # Errors
    /// Numbers that make no batch.
    pub fn recover(&self, threads: usize) -> Result<(Vec<f32>, Duration)> {
        let Shape { iterations, step, threshold, .. } = self.shape;
        let start = Instant::now();
        let weight = Weight::Is(L1::new(threshold / step)?);
        let method = RecoveryMethod::Ista { weight, step: StepSize::Fixed(step) };
        // As the peers do it: so many iterations, and nobody looks how far they have come.
        let every = NonZeroU32::new(iterations).context("no iterations")?;
        let stop = Stop::relative(0.0)?.max_iterations(iterations).check_every(every);
        let batch = RecoveryBatch::new(&self.dictionary, &self.measurements, method, stop)?;
        let answers = Runner::new(Backend::Simd).threads(threads).run(&batch)?;
        let elapsed = start.elapsed();
        let counts = answers.outcomes.iter().flatten().flatten().map(|report| report.iterations);
        let all = counts.filter(|count| *count == iterations).count();
        ensure!(all == self.shape.signals, "{all} signals took {iterations} iterations");
        Ok((answers.numbers, elapsed))
    }

    /// The same as the layers of a network with tied steps: nobody looks at certificates at all.
    ///
    /// # Errors
    /// Numbers that make no batch.
    pub fn infer(&self, threads: usize) -> Result<(Vec<f32>, Duration)> {
        let Shape { rows, columns, iterations, step, threshold, .. } = self.shape;
        let layers = iterations as usize;
        let numbers = Numbers::UnfoldedIsta { lambda: threshold / step, steps: vec![step; layers] };
        let model = Model {
            numbers,
            rows,
            columns,
            layers,
            dictionary: Digest::of_matrix(rows, self.dictionary.values()),
            varying: None,
            splines: Splines::default(),
            provenance: Provenance::default(),
        };
        let start = Instant::now();
        let batch = NetworkBatch::new(&self.dictionary, &self.measurements, &model, None)?;
        let answers = Runner::new(Backend::Simd).threads(threads).run(&batch)?;
        let elapsed = start.elapsed();
        let all = answers.outcomes.iter().flatten().flatten().filter(|one| one.is_finite).count();
        ensure!(all == self.shape.signals, "{all} signals came through");
        Ok((answers.numbers, elapsed))
    }

    /// Writes x.f32 and layers.f32, and asserts that threads change nothing.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn write_answers(&self, folder: &Path) -> Result<()> {
        let (x, _) = self.recover(1)?;
        let (again, _) = self.recover(2)?;
        ensure!(x == again, "two threads find other signals than one");
        let (layers, _) = self.infer(1)?;
        let (again, _) = self.infer(2)?;
        ensure!(layers == again, "two threads find other signals than one");
        singles::write(folder, "x", &x)?;
        singles::write(folder, "layers", &layers)
    }

    /// How long as many fused multiply-adds take that wait for nothing but each other: the case's own
    /// number, on so many threads at the same time.
    #[must_use]
    pub fn peak(&self, threads: usize) -> Duration {
        let Shape { rows, columns, signals, iterations, .. } = self.shape;
        let products = 2 * rows * columns * signals * iterations as usize / threads.max(1);
        let job = Peak { products };
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|| dispatch::<f32, _>(Registers::Two, job));
            }
            dispatch::<f32, _>(Registers::Two, job);
        });
        start.elapsed()
    }
}

/// Multiplications that are fused with additions, in registers.
#[derive(Clone, Copy)]
struct Peak {
    products: usize,
}

/// Sums that do not wait for each other, of two registers each: an addition takes four cycles, of which
/// each begins two.
const SUMS: usize = 6;

impl OnLanes<f32> for Peak {
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = f32>>(self) {
        let (factor, mut sums) = (T::splat(black_box(0.999_999)), [T::ONE; SUMS]);
        let other = T::splat(black_box(1e-6));
        for _ in 0..self.products / (SUMS * T::LANES) {
            let mut s = 0;
            while s < SUMS {
                sums[s] = sums[s].plus_product(other, factor);
                s += 1;
            }
        }
        black_box(&sums);
    }
}
