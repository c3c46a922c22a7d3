//! [`Crossovers`]: which way of solving a batch is the fastest, measured on the machine at hand.

mod curve;
mod file;
mod first;

pub use curve::{Curve, Way};
pub(super) use first::First;

use super::{Batch, Shape};
use etcetera::{BaseStrategy, choose_base_strategy};
use file::Stored;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Seconds of one measurement, from which on times grow with the number of problems.
const LONG: f64 = 0.02;
/// Measurements of every way, one way after the other, of which the least counts; the first one finds
/// everything cold.
const ROUNDS: usize = 4;

/// Times of the ways to solve batches, by shape and by number of problems.
///
/// What is not known is measured when it is asked for, with the first problems of the batch in question: at
/// 1, 2, 4 … of them, a quarter of the batch at most and until it takes a fiftieth of a second. Ways that
/// cannot win any more are left out on the way. What was measured is kept in the
/// user's cache folder, and forgotten on another processor or by another version; where there is no such
/// folder it is kept for the run of the program.
#[derive(Debug)]
pub struct Crossovers {
    file: Option<PathBuf>,
    known: Mutex<Vec<Crossover>>,
}

/// What is known about batches of one shape.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Crossover {
    /// The kind of problem.
    pub family: String,
    /// Bits of a number.
    pub bits: u32,
    /// Its sizes; 1 where there are fewer than three.
    pub sizes: [usize; 3],
    /// Threads that there were.
    pub threads: usize,
    /// The largest number of problems at which times were measured.
    pub measured: usize,
    /// Times of each way.
    pub curves: Vec<Curve>,
}

impl Crossovers {
    /// Those of this machine, for all who ask.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Crossovers> = OnceLock::new();
        SHARED.get_or_init(|| {
            let folders = choose_base_strategy().ok();
            let place = |folders: &dyn BaseStrategy| folders.cache_dir().join("solvekit");
            let folder = folders.as_ref().map(|folders| place(folders));
            Self::kept_in(folder.map(|folder| folder.join("crossovers.json")))
        })
    }

    /// Nothing is known, and nothing kept.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { file: None, known: Mutex::new(Vec::new()) }
    }

    /// Those in a file, if they are this machine's.
    #[must_use]
    pub fn kept_in(file: Option<PathBuf>) -> Self {
        let known = file.as_ref().and_then(|file| Stored::read(file)).unwrap_or_default();
        Self { file, known: Mutex::new(known) }
    }

    /// Where they are kept.
    #[must_use]
    pub const fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// All that is known.
    #[must_use]
    pub fn known(&self) -> Vec<Crossover> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The fastest of `ways` for so many problems, where no more is to be measured for them.
    pub(super) fn settled(
        &self,
        shape: Shape,
        threads: usize,
        ways: &[Way],
        count: usize,
    ) -> Option<Way> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let one = known.iter().find(|one| one.is_of(shape, threads) && one.is_about(ways))?;
        if one.next().is_some_and(|next| next <= count / 4) { None } else { one.fastest(count) }
    }

    /// The fastest of `ways` for a batch. `time(way, count)` solves that many of its problems once; `None`
    /// where that cannot be done.
    pub(super) fn choose<B: Batch>(
        &self,
        batch: &B,
        threads: usize,
        ways: &[Way],
        time: impl FnMut(Way, usize) -> Option<f64>,
    ) -> Option<Way> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let shape = batch.shape();
        let place = known.iter().position(|one| one.is_of(shape, threads));
        let place = place.unwrap_or_else(|| {
            known.push(Crossover::new(shape, threads));
            known.len() - 1
        });
        if known[place].extend(batch.len() / 4, ways, time)
            && let Some(file) = &self.file
        {
            Stored::write(file, &known);
        }
        known[place].fastest(batch.len())
    }
}

impl Crossover {
    fn new(shape: Shape, threads: usize) -> Self {
        let Shape { family, bits, sizes } = shape;
        Self { family: family.to_owned(), bits, sizes, threads, measured: 0, curves: Vec::new() }
    }

    fn is_of(&self, shape: Shape, threads: usize) -> bool {
        (self.family.as_str(), self.bits, self.sizes, self.threads)
            == (shape.family, shape.bits, shape.sizes, threads)
    }

    /// The way with the least time for so many problems, and before anything is known none.
    #[must_use]
    pub fn fastest(&self, count: usize) -> Option<Way> {
        let times = self.curves.iter().map(|curve| (curve.way, curve.at(count)));
        let least = times.min_by(|a, b| a.1.total_cmp(&b.1))?;
        least.1.is_finite().then_some(least.0)
    }

    /// Measures up to so many problems, where that is not done yet. Was anything new?
    fn extend(
        &mut self,
        count: usize,
        ways: &[Way],
        mut time: impl FnMut(Way, usize) -> Option<f64>,
    ) -> bool {
        if !self.is_about(ways) {
            // Nothing is known, or it is about other devices than there are now.
            self.curves = ways.iter().map(|way| Curve::new(*way)).collect();
            self.measured = 0;
        }
        let before = self.measured;
        while let Some(next) = self.next().filter(|next| *next <= count) {
            let mut least = vec![f64::INFINITY; self.curves.len()];
            for round in 0..ROUNDS {
                let mut is_long = false;
                for (curve, least) in self.curves.iter_mut().zip(&mut least) {
                    if curve.is_out {
                        continue;
                    }
                    let Some(seconds) = time(curve.way, next) else {
                        curve.is_out = true;
                        continue;
                    };
                    is_long |= seconds > LONG;
                    if round > 0 || seconds > LONG {
                        *least = least.min(seconds);
                    }
                }
                let is_known = |(curve, least): (&Curve, &f64)| curve.is_out || least.is_finite();
                if is_long && self.curves.iter().zip(&least).all(is_known) {
                    break;
                }
            }
            for (curve, seconds) in self.curves.iter_mut().zip(least) {
                if seconds.is_finite() {
                    curve.points.push((next, seconds));
                }
            }
            self.measured = next;
            let best = self.best(next) / next as f64;
            for curve in &mut self.curves {
                curve.is_out |= curve.growth() > 2.0 * best && curve.points.len() > 2;
            }
        }
        self.measured > before
    }

    fn is_about(&self, ways: &[Way]) -> bool {
        self.curves.iter().map(|curve| &curve.way).eq(ways)
    }

    /// The number of problems to measure next; none where it takes long already.
    fn next(&self) -> Option<usize> {
        (self.best(self.measured) < LONG).then_some((2 * self.measured).max(1))
    }

    /// The least time of so many problems; zero before anything is known.
    fn best(&self, count: usize) -> f64 {
        let least = self.curves.iter().map(|curve| curve.at(count)).fold(f64::INFINITY, f64::min);
        if least.is_finite() { least } else { 0.0 }
    }
}

#[cfg(test)]
mod tests;
