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
    /// Knots of each layer's spline, 0 of layers without one.
    pub knots: u64,
    /// Executed.
    pub instructions: u64,
    /// Bytes of stack.
    pub stack_bytes: u64,
}

static RECORD: LazyLock<Option<Record>> =
    LazyLock::new(|| serde_json::from_str(include_str!("record.json")).ok());

/// Networks whose layers are the same code, but for their sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Which network.
    pub kind: Kind,
    /// Is there a spline for each layer?
    pub splines: bool,
    /// How matrices are stored.
    pub weights: Weights,
}

impl Class {
    /// The record's name of the kind: layers that are the same code are measured once.
    const fn recorded(self) -> Option<&'static str> {
        Some(match (self.kind, self.splines) {
            (Kind::UnfoldedIsta, false) => "ista",
            (Kind::UnfoldedIht, false) => "iht",
            (Kind::ListaCp | Kind::Alista, false) => "coupled",
            (Kind::ListaCp | Kind::Alista, true) => "coupled-spline",
            (Kind::HyperLista, false) => "hyper",
            (Kind::Lista, false) => "lista",
            (Kind::Lista, true) => "lista-spline",
            (Kind::AdaLista, false) => "ada-lista",
            (Kind::AdaLista, true) => "ada-lista-spline",
            (Kind::Tista, false) => "tista",
            _ => return None,
        })
    }

    fn measured(self, target: Target) -> Option<&'static Measured> {
        let core = RECORD.as_ref()?.cores.get(&target.to_string())?;
        core.kinds.get(self.recorded()?)?.get(&self.weights.to_string())
    }
}

/// Code of a class on a core, at all sizes; that of splines does not depend on their knots.
#[must_use]
pub fn code(class: Class, target: Target) -> &'static [Code] {
    class.measured(target).map_or(&[], |measured| &measured.code)
}

/// What was counted of a class on a core, at all sizes.
#[must_use]
pub fn counted(class: Class, target: Target) -> Vec<Counted> {
    let measured = class.measured(target);
    measured.map_or_else(Vec::new, |one| one.counted.iter().filter_map(read).collect())
}

/// `ALISTA layer, 16 x 32` or `ALISTA layer, 16 x 32, 8 knots`
fn read(region: &Region) -> Option<Counted> {
    let mut words = region.region.split(", ");
    let (_, part) = words.next()?.rsplit_once(' ')?;
    let (rows, columns) = words.next()?.split_once(" x ")?;
    let knots = match words.next() {
        Some(words) => words.strip_suffix(" knots")?.parse().ok()?,
        None => 0,
    };
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
        knots,
        instructions: region.instructions,
        stack_bytes: region.stack_bytes,
    })
}
