//! What was measured in emulation, at several sizes.

use super::{Shape, Size};
use crate::plan::Target;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Record {
    solvers: Vec<Measured>,
}

/// How an image was optimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub enum Optimisation {
    /// For speed
    #[value(name = "3")]
    #[serde(rename = "3")]
    Speed,
    /// For size
    #[value(name = "s")]
    #[serde(rename = "s")]
    Size,
}

/// As it is typed.
impl fmt::Display for Optimisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

/// A solver of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solver {
    /// As it is typed.
    pub name: &'static str,
    /// What its size is made of.
    pub shape: Shape,
}

/// A solver on a core with an optimisation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Measured {
    /// As it is typed.
    pub solver: String,
    /// What its size is made of.
    pub shape: Shape,
    /// What the counted run is.
    pub run: String,
    /// The core.
    pub core: String,
    /// The optimisation.
    pub opt: Optimisation,
    /// Every size that the board had memory for.
    pub sizes: Vec<AtSize>,
}

/// A solver at one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Numbers")]
pub struct AtSize {
    /// The size.
    pub size: Size,
    /// Bytes of code beyond an image without a solver.
    pub flash_bytes: u64,
    /// Bytes of what the caller keeps.
    pub state_bytes: u64,
    /// Bytes of stack beyond that.
    pub stack_bytes: u64,
    /// Of the first step, with the look before it and the look after it; `None` of a whole call.
    pub first: Option<u64>,
    /// Of another step with its look.
    pub step: Option<u64>,
    /// Of the counted run.
    pub run: u64,
    /// Steps of it; 0 of a whole call.
    pub steps: u64,
}

/// In the order of the record's `numbers`.
type Numbers =
    (Option<u64>, Option<u64>, Option<u64>, u64, u64, u64, Option<u64>, Option<u64>, u64, u64);

impl From<Numbers> for AtSize {
    fn from(numbers: Numbers) -> Self {
        let (rows, columns, snapshots, flash_bytes, state_bytes, stack_bytes, ..) = numbers;
        let (.., first, step, run, steps) = numbers;
        let size = Size { rows, columns, snapshots };
        Self { size, flash_bytes, state_bytes, stack_bytes, first, step, run, steps }
    }
}

static RECORD: LazyLock<Option<Record>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../solvers.json")).ok());

fn all() -> &'static [Measured] {
    RECORD.as_ref().map_or(&[], |record| &record.solvers)
}

/// Every solver that was measured, in the order of names.
#[must_use]
pub fn names() -> Vec<Solver> {
    let mut names: Vec<_> =
        all().iter().map(|one| Solver { name: &one.solver, shape: one.shape }).collect();
    names.sort_by_key(|solver| solver.name);
    names.dedup();
    names
}

/// The cores that a solver was measured on, and how it was optimised there: `M4F at 3`.
#[must_use]
pub fn cores(solver: &str) -> Vec<String> {
    let of_it = all().iter().filter(|one| one.solver == solver);
    of_it.map(|one| format!("{} at {}", one.core, one.opt)).collect()
}

/// What was measured of a solver. The M7F runs the M4F's image, and executes what that does.
#[must_use]
pub fn of(solver: &str, target: Target, optimisation: Optimisation) -> Option<&'static Measured> {
    let core = match target {
        Target::M7F => Target::M4F,
        other => other,
    };
    let core = core.to_string();
    all().iter().find(|one| (&*one.solver, &one.core, one.opt) == (solver, &core, optimisation))
}
