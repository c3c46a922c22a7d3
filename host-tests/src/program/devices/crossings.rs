//! [`Crossing`]: from which number of problems on which backend is the fastest.

use crate::batch::{
    Backend, Batch, BatchError, CholeskyBatch, Crossover, Crossovers, Matrices, Runner, SorBatch,
    Systems,
};
use serde::Serialize;
use solvekit::Stop;
use std::fmt;

/// What is known about batches of one shape.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crossing {
    /// The kind of problem.
    pub family: String,
    /// Bits of a number.
    pub bits: u32,
    /// Its sizes; 1 where there are fewer than three.
    pub sizes: [usize; 3],
    /// The fastest ways, each from a number of problems on.
    pub from: Vec<From>,
}

/// From here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct From {
    /// So many problems.
    pub problems: usize,
    /// By what.
    pub backend: Backend,
    /// On how many threads.
    pub threads: usize,
}

impl Crossing {
    /// All that was measured on this machine.
    #[must_use]
    pub fn known() -> Vec<Self> {
        Crossovers::shared().known().iter().map(Self::new).collect()
    }

    fn new(known: &Crossover) -> Self {
        let mut from: Vec<From> = Vec::new();
        for problems in (0..17).map(|power| 1 << power) {
            let Some(way) = known.fastest(problems) else { continue };
            let next = From { problems, backend: way.backend, threads: way.threads };
            let is_new = |last: &From| (last.backend, last.threads) != (next.backend, next.threads);
            if from.last().is_none_or(is_new) {
                from.push(next);
            }
        }
        let Crossover { family, bits, sizes, .. } = known.clone();
        Self { family, bits, sizes, from }
    }
}

impl fmt::Display for Crossing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> =
            self.sizes.iter().filter(|size| **size > 1).map(ToString::to_string).collect();
        write!(f, "{} {}, f{}:", self.family, sizes.join(" x "), self.bits)?;
        for (k, From { problems, backend, threads }) in self.from.iter().enumerate() {
            let comma = if k == 0 { "" } else { "," };
            let plural = if *threads == 1 { "thread" } else { "threads" };
            write!(f, "{comma} from {problems} {backend} on {threads} {plural}")?;
        }
        Ok(())
    }
}

/// Unknowns of the systems that are measured.
const ORDERS: [usize; 3] = [8, 16, 32];
/// Systems, of which up to a quarter are measured.
const COUNT: usize = 8_192;

/// Measures what [`Runner::auto`] asks for, where it is not known yet.
pub(super) fn measure() -> Result<(), BatchError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let runner = Runner::auto().threads(threads);
    // A tolerance that both methods meet; it is valid.
    let Ok(stop) = Stop::relative(1e-4_f32) else { return Ok(()) };
    for order in ORDERS {
        let entry = |k: usize| {
            let (row, column) = (k / order % order, k % order);
            let distance = row.abs_diff(column) as f32;
            let shift = if row == column { 1.0 + (k / (order * order) % 8) as f32 } else { 0.0 };
            1.0 / (1.0 + distance * distance) + shift
        };
        let matrices: Vec<f32> = (0..COUNT * order * order).map(entry).collect();
        let right_hand_sides: Vec<f32> = (0..COUNT * order).map(|k| (k as f32).sin()).collect();
        let systems = Systems::new(order, Matrices::Own(&matrices), &right_hand_sides)?;
        look(&runner, &SorBatch::new(systems, 1.2, stop))?;
        look(&runner, &CholeskyBatch::new(systems, stop))?;
    }
    Ok(())
}

fn look(runner: &Runner<'_>, batch: &impl Batch) -> Result<(), BatchError> {
    runner.run(batch).map(|_| ())
}
