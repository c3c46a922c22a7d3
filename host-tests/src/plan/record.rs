//! What was measured in emulation.

use super::Target;
use crate::network::Kind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
pub(super) struct Record {
    cores: BTreeMap<String, Core>,
}

#[derive(Deserialize)]
struct Core {
    kinds: BTreeMap<String, Kinds>,
}

/// One kind of layers on one core.
#[derive(Deserialize)]
pub(super) struct Kinds {
    /// Of a network of 24 × 48, its self-test included.
    pub(super) code_bytes: u64,
    counted: Vec<Region>,
}

#[derive(Deserialize)]
struct Region {
    region: String,
    instructions: u64,
    stack_bytes: u64,
}

/// A part of the work at one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Is it a layer, the mean of sixteen? Else the check of the measurements.
    pub is_layer: bool,
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

pub(super) fn of(kind: Kind, target: Target) -> Option<&'static Kinds> {
    let core = RECORD.as_ref()?.cores.get(&target.to_string())?;
    core.kinds.get(recorded(kind))
}

/// What was counted of a kind on a core, at all sizes.
#[must_use]
pub fn counted(kind: Kind, target: Target) -> Vec<Counted> {
    of(kind, target).map_or_else(Vec::new, |kinds| kinds.counted.iter().filter_map(read).collect())
}

/// `ALISTA layer, 16 x 32`
fn read(region: &Region) -> Option<Counted> {
    let (name, size) = region.region.rsplit_once(", ")?;
    let (rows, columns) = size.split_once(" x ")?;
    Some(Counted {
        is_layer: name.ends_with("layer"),
        rows: rows.parse().ok()?,
        columns: columns.parse().ok()?,
        instructions: region.instructions,
        stack_bytes: region.stack_bytes,
    })
}
