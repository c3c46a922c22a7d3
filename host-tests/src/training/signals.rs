//! [`Signals`]: what networks are trained on, drawn or stored.

use super::TrainError;
use super::gradient::{Batch, Packed};
use super::varied::Varied;
use crate::draws::Draws;
use crate::matrix::DenseMatrix;
use crate::network::Digest;
use serde::Serialize;
use solvekit::LinearOperator;
use std::fmt;

/// Bernoulli–Gaussian signals with noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Drawn {
    /// The chance of an entry not to be zero, in (0, 1].
    pub sparsity: f64,
    /// The standard deviation of those that are not.
    pub amplitude: f64,
    /// ‖A x‖² / E‖noise‖² of each signal, in decibels; none without noise.
    pub snr_db: Option<f64>,
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "entries normal with deviation {} at a chance of {}",
            self.amplitude, self.sparsity
        )?;
        match self.snr_db {
            Some(db) => write!(f, ", noise at {db} dB"),
            None => f.write_str(", no noise"),
        }
    }
}

/// Signals and measurements from files, column by column.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// X*, where it is known.
    pub signals: Option<Vec<Vec<f32>>>,
    /// Y; where there is none it is A X* with noise.
    pub measurements: Option<Vec<Vec<f32>>>,
    /// Of A X*, where there is no Y.
    pub snr_db: Option<f64>,
}

impl Stored {
    /// Columns.
    #[must_use]
    pub fn count(&self) -> usize {
        let known = self.measurements.as_ref().or(self.signals.as_ref());
        known.map_or(0, Vec::len)
    }
}

/// Where signals come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Each is new.
    Drawn(Drawn),
    /// They are taken from a table, again and again.
    Stored(Stored),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drawn(drawn) => drawn.fmt(f),
            Self::Stored(stored) => stored.fmt(f),
        }
    }
}

impl Source {
    /// Columns of a table that training does not see: a fifth, and no more than asked.
    pub(super) fn kept(&self, validation: usize) -> usize {
        match self {
            Self::Drawn(_) => 0,
            Self::Stored(stored) => (stored.count() / 5).min(validation).max(1),
        }
    }

    /// # Errors
    /// [`TrainError::Signals`] for signals that are none, or of another dictionary.
    pub(super) fn check(&self, (rows, columns): (usize, usize)) -> Result<(), TrainError> {
        let refused = |cause: String| Err(TrainError::Signals(cause));
        match self {
            Self::Drawn(Drawn { sparsity, amplitude, snr_db }) => {
                if !(*sparsity > 0.0 && *sparsity <= 1.0) {
                    return refused(format!("a sparsity of {sparsity} does not lie in (0, 1]"));
                }
                if !(*amplitude > 0.0 && amplitude.is_finite()) {
                    return refused(format!("an amplitude of {amplitude} is not above 0"));
                }
                check_ratio(*snr_db)
            }
            Self::Stored(stored) => {
                check_ratio(stored.snr_db)?;
                check_table(stored.signals.as_deref(), columns, "columns")?;
                check_table(stored.measurements.as_deref(), rows, "rows")?;
                let of = |table: &Option<Vec<Vec<f32>>>| table.as_ref().map(Vec::len);
                match (of(&stored.signals), of(&stored.measurements)) {
                    (Some(x), Some(y)) if x != y => {
                        refused(format!("{x} signals for {y} columns of measurements"))
                    }
                    _ if stored.count() == 0 => refused("there are none".to_owned()),
                    _ => Ok(()),
                }
            }
        }
    }

    /// Of the numbers that came from files.
    pub(super) fn digest(&self) -> Option<Digest> {
        let Self::Stored(stored) = self else { return None };
        let tables = [&stored.signals, &stored.measurements];
        let of = |table: &&Option<Vec<Vec<f32>>>| {
            let rows = table.as_ref().and_then(|all| all.first()).map_or(0, Vec::len);
            let values: Vec<f32> = table.iter().flatten().flatten().copied().collect();
            Digest::of_matrix(rows, &values).as_str().to_owned()
        };
        let words: Vec<String> =
            tables.iter().map(of).chain(stored.snr_db.map(|db| db.to_string())).collect();
        Some(Digest::of_bytes(words.join(" ").as_bytes()))
    }
}

fn check_ratio(snr_db: Option<f64>) -> Result<(), TrainError> {
    match snr_db {
        // From there on it is lost in the rounding of f32, or the signal is.
        Some(db) if db.is_nan() || db.abs() > 200.0 => {
            Err(TrainError::Signals(format!("noise at {db} dB is not between -200 and 200 dB")))
        }
        _ => Ok(()),
    }
}

fn check_table(
    table: Option<&[Vec<f32>]>,
    length: usize,
    of: &'static str,
) -> Result<(), TrainError> {
    for (k, column) in table.unwrap_or_default().iter().enumerate() {
        let found = column.len();
        if found != length {
            let cause = format!("column {} has {found} numbers for {length} {of}", k + 1);
            return Err(TrainError::Signals(cause));
        }
        if let Some(place) = column.iter().position(|value| !value.is_finite()) {
            let cause = format!("column {}, number {}: not finite as f32", k + 1, place + 1);
            return Err(TrainError::Signals(cause));
        }
    }
    Ok(())
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (&self.signals, &self.measurements) {
            (Some(_), Some(_)) => "signals with measurements",
            (Some(_), None) => "signals",
            _ => "measurements",
        };
        write!(f, "{} stored {what}", self.count())?;
        self.snr_db.map_or(Ok(()), |db| write!(f, ", noise at {db} dB"))
    }
}

/// Signals by number: the n-th of a seed is always the same, whoever asks for it.
#[derive(Clone, Debug)]
pub(super) struct Signals<'a> {
    pub(super) source: &'a Source,
    pub(super) dictionary: &'a Packed<f32>,
    pub(super) shape: (usize, usize),
    pub(super) seed: u64,
    /// Of a table, the columns that are kept for validation, the last ones.
    pub(super) kept: usize,
    /// The dictionaries that signals are measured by, where each has its own.
    pub(super) varied: Option<Varied<'a>>,
}

impl Signals<'_> {
    /// Are signals known, beside measurements?
    pub(super) fn has_truths(&self) -> bool {
        match self.source {
            Source::Drawn(_) => true,
            Source::Stored(stored) => stored.signals.is_some(),
        }
    }

    /// The signals from number `first` on.
    pub(super) fn fill(&self, first: u64, batch: &mut Batch<f32>) {
        batch.fill(|signal, y, x| {
            self.one(Which::Trained(first + signal as u64), y, x);
        });
    }

    /// Signals that training does not see.
    pub(super) fn validation(&self, count: usize) -> Batch<f32> {
        let count = match self.source {
            Source::Drawn(_) => count,
            Source::Stored(_) => self.kept,
        };
        let mut batch = Batch::zeros(self.shape, count, self.has_truths());
        batch.fill(|signal, y, x| {
            self.one(Which::Kept(signal as u64), y, x);
        });
        batch
    }

    /// One signal, in the order of [`Packed`].
    fn one(&self, which: Which, y: &mut [f32], x: Option<&mut [f32]>) {
        let draws = &mut numbered(self.seed, which);
        let mut own = Vec::new();
        let x = x.unwrap_or_else(|| {
            own.resize(self.dictionary.padded_columns(), 0.0);
            &mut own
        });
        x.fill(0.0);
        let (column, snr_db) = match self.source {
            Source::Drawn(drawn) => {
                drawn.signal(draws, x, self.dictionary);
                (None, drawn.snr_db)
            }
            Source::Stored(stored) => {
                let count = stored.count();
                let trained = if count > self.kept { count - self.kept } else { count };
                let column = match which {
                    Which::Kept(signal) => count - self.kept + signal as usize,
                    Which::Trained(_) => (draws.uniform() * trained as f64) as usize,
                };
                if let Some(signal) = stored.signals.as_ref().and_then(|all| all.get(column)) {
                    self.dictionary.place_columns(signal, x);
                }
                (stored.measurements.as_ref().and_then(|all| all.get(column)), stored.snr_db)
            }
        };
        match column {
            Some(measured) => self.dictionary.place_rows(measured, y),
            None => {
                match self.varied {
                    None => self.dictionary.apply(x, y),
                    Some(varied) => measure(&varied.of(which), self.dictionary, x, y),
                }
                add_noise(draws, snr_db, y, self.dictionary);
            }
        }
    }
}

impl Drawn {
    /// Entries by the gaps between them, so that zeros cost nothing.
    fn signal(&self, draws: &mut Draws, x: &mut [f32], dictionary: &Packed<f32>) {
        let n = dictionary.columns();
        let all = (1.0 - self.sparsity).ln();
        let mut j = 0;
        while j < n {
            if self.sparsity < 1.0 {
                // A gap of g has the chance (1 − p)^g p; beyond n it does not matter how far.
                let gap = ((1.0 - draws.uniform()).ln() / all).min(n as f64) as usize;
                j += gap;
            }
            if j < n {
                x[dictionary.column_place(j)] = (self.amplitude * draws.normal()) as f32;
            }
            j += 1;
        }
    }
}

/// Normal noise, of the size that the signal-to-noise ratio leaves to it.
fn add_noise(draws: &mut Draws, snr_db: Option<f64>, y: &mut [f32], dictionary: &Packed<f32>) {
    let Some(db) = snr_db else { return };
    let rows = dictionary.rows();
    let squares: f64 = y.iter().map(|y| f64::from(*y) * f64::from(*y)).sum();
    let deviation = (squares / rows as f64).sqrt() * 10.0_f64.powf(-db / 20.0);
    for y in &mut y[..rows] {
        *y += (deviation * draws.normal()) as f32;
    }
}

/// y ← D x, both in the order of a matrix of the same shape.
fn measure(d: &DenseMatrix<f32>, order: &Packed<f32>, x: &[f32], y: &mut [f32]) {
    let natural: Vec<f32> = (0..d.columns()).map(|j| x[order.column_place(j)]).collect();
    let mut image = d.zero_range();
    d.apply(&natural.into(), &mut image);
    order.place_rows(&image, y);
}

/// Which signal: one to train on, or one that training does not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Trained(u64),
    Kept(u64),
}

/// The random numbers of a signal. Neighbouring numbers are far apart in both, the state and the
/// stream.
pub(super) fn numbered(seed: u64, which: Which) -> Draws {
    let (seed, signal) = match which {
        Which::Trained(signal) => (seed, signal),
        // Another seed than that of training.
        Which::Kept(signal) => (!seed, signal),
    };
    let mixed = mix(seed ^ mix(signal));
    Draws::new(mixed, mix(mixed ^ signal))
}

/// Source: Steele, Lea and Flood 2014 (the finaliser of SplitMix).
const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
