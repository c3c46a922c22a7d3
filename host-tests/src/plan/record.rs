//! What was measured in emulation.

use super::Target;
use crate::export::Weights;
use crate::network::Kind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Record {
    cores: BTreeMap<String, Core>,
}

#[derive(Deserialize)]
struct Core {
    /// By kind, and by how matrices are stored.
    kinds: BTreeMap<String, BTreeMap<String, Measured>>,
}

/// One kind of layers on one core.
#[derive(Deserialize)]
struct Measured {
    code: Vec<Code>,
    counted: Vec<Region>,
}

/// Bytes of code of a module with its self-test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Code {
    /// M.
    pub rows: u64,
    /// N.
    pub columns: u64,
    /// Without tables, and without what all that compute share of the run-time library.
    pub bytes: u64,
}

#[derive(Deserialize)]
struct Region {
    region: String,
    instructions: u64,
    stack_bytes: u64,
}

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The check of the measurements.
    Check,
    /// A layer, the mean of sixteen.
    Layer,
    /// The module's `recover`: a check and sixteen layers.
    Recover,
    /// The module's `self_test`.
    SelfTest,
}

/// A part of the work at one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Which.
    pub part: Part,
    /// M.
    pub rows: u64,
    /// N.
    pub columns: u64,
    /// Executed.
    pub instructions: u64,
    /// Bytes of stack.
    pub stack_bytes: u64,
}

static RECORD: LazyLock<Option<Record>> =
    LazyLock::new(|| serde_json::from_str(include_str!("record.json")).ok());

/// The record's name of a kind: layers that are the same code are measured once.
const fn recorded(kind: Kind) -> &'static str {
    match kind {
        Kind::UnfoldedIsta => "ista",
        Kind::UnfoldedIht => "iht",
        Kind::ListaCp | Kind::Alista => "coupled",
        Kind::HyperLista => "hyper",
        Kind::Lista => "lista",
        Kind::AdaLista => "ada-lista",
        Kind::Tista => "tista",
    }
}

fn of(kind: Kind, weights: Weights, target: Target) -> Option<&'static Measured> {
    let core = RECORD.as_ref()?.cores.get(&target.to_string())?;
    core.kinds.get(recorded(kind))?.get(&weights.to_string())
}

/// Code of a kind on a core, at all sizes.
#[must_use]
pub fn code(kind: Kind, weights: Weights, target: Target) -> &'static [Code] {
    of(kind, weights, target).map_or(&[], |measured| &measured.code)
}

/// What was counted of a kind on a core, at all sizes.
#[must_use]
pub fn counted(kind: Kind, weights: Weights, target: Target) -> Vec<Counted> {
    let measured = of(kind, weights, target);
    measured.map_or_else(Vec::new, |one| one.counted.iter().filter_map(read).collect())
}

/// `ALISTA layer, 16 x 32`
fn read(region: &Region) -> Option<Counted> {
    let (name, size) = region.region.rsplit_once(", ")?;
    let (_, part) = name.rsplit_once(' ')?;
    let (rows, columns) = size.split_once(" x ")?;
    Some(Counted {
        part: match part {
            "check" => Part::Check,
            "layer" => Part::Layer,
            "recover" => Part::Recover,
            "self-test" => Part::SelfTest,
            _ => return None,
        },
        rows: rows.parse().ok()?,
        columns: columns.parse().ok()?,
        instructions: region.instructions,
        stack_bytes: region.stack_bytes,
    })
}
