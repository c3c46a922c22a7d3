//! Exported networks on every board: the record from which `solvekit plan` foretells others.

use super::{
    Choice,
    board::{BOARDS, Board},
    counts, footprint,
    image::Kind,
    sweep::Cell,
};
use crate::shell;
use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, fs};

/// The kinds of layers that are code of their own.
const KINDS: &[&str] = &[
    "ista",
    "iht",
    "coupled",
    "coupled-spline",
    "hyper",
    "lista",
    "lista-spline",
    "ada-lista",
    "ada-lista-spline",
    "tista",
];

/// How matrices are stored, and the ending of a program's name.
const WEIGHTS: &[(&str, &str)] = &[("f32", ""), ("q8", "_q8")];

/// Programs that count the sizes for which another has no room.
const MORE: &[(&str, &str)] = &[
    ("plan_hyper_q8", "plan_hyper_q8_wide"),
    ("plan_lista", "plan_lista_wide"),
    ("plan_lista_q8", "plan_lista_q8_wide"),
    ("plan_ada_lista_spline", "plan_ada_lista_spline_wide"),
    ("plan_lista_spline", "plan_lista_spline_wide"),
    ("plan_lista_spline_q8", "plan_lista_spline_q8_wide"),
];

/// Sizes at which code is measured.
const SIZES: &[(u64, u64)] = &[(16, 32), (27, 83), (64, 128)];

/// Where the program looks for it.
const RECORD: &str = "host-tests/src/plan/record.json";

/// By target and module.
type Codes = HashMap<(&'static str, String), Vec<Value>>;

/// One kind of layers with one way of storing matrices.
struct Entry {
    kind: &'static str,
    weights: &'static str,
    /// As programs and modules are called.
    name: String,
}

impl Entry {
    /// All there are.
    fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().flat_map(|kind| {
            WEIGHTS.iter().map(move |(weights, ending)| {
                let name = format!("{}{ending}", kind.replace('-', "_"));
                Self { kind, weights, name }
            })
        })
    }

    /// The programs that count it.
    fn programs(&self) -> Vec<String> {
        let own = format!("plan_{}", self.name);
        let more = MORE.iter().filter(|(of, _)| *of == own).map(|(_, more)| (*more).to_owned());
        [own.clone()].into_iter().chain(more).collect()
    }
}

/// Measures and writes the record: all of it, or anew what the chosen programs count.
pub(super) fn run(choice: &Choice) -> Result<()> {
    let is_chosen = |entry: &Entry| {
        let asked = |program| choice.stories.contains(program);
        choice.stories.is_empty() || entry.programs().iter().any(asked)
    };
    let entries: Vec<Entry> = Entry::all().filter(is_chosen).collect();
    let rustc = shell::read(std::process::Command::new("rustc").arg("--version"))?;
    let path = shell::root().join(RECORD);
    let mut cores = Map::new();
    let mut stories = choice.stories.clone();
    if !stories.is_empty() {
        // The other programs of the same entries too; names of none are refused when they are run.
        stories.extend(entries.iter().flat_map(Entry::programs));
        let kept =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut kept: Value = serde_json::from_str(&kept)?;
        ensure!(kept["rustc"] == rustc.trim(), "the record is of another compiler: measure it all");
        if let Value::Object(kept) = kept["cores"].take() {
            cores = kept;
        }
    }
    let choice = Choice { limit: choice.limit.max(120), stories, ..Choice::everything() };
    let (cells, failures) = counts::measure(&choice, &[Kind::Plan])?;
    // A record with holes would foretell nonsense.
    failures.finish()?;
    let mut codes = Codes::new();
    for board in BOARDS {
        let empty = footprint::size(board, None)?;
        let core = cores.entry(board.core).or_insert_with(|| json!({ "kinds": {} }));
        core["target"] = json!(board.target);
        for entry in &entries {
            // Once for boards that run the same image.
            let key = (board.target, entry.name.clone());
            let code = match codes.get(&key) {
                Some(code) => code.clone(),
                None => code(board, entry, empty)?,
            };
            codes.insert(key, code.clone());
            let counted = counted(board, &cells, entry)?;
            core["kinds"][entry.kind][entry.weights] = json!({ "code": code, "counted": counted });
        }
    }
    let record = json!({
        "note": "written by `cargo xtask emulate plan`; executed instructions, not cycles",
        "rustc": rustc.trim(),
        "cores": cores,
    });
    fs::write(&path, serde_json::to_string_pretty(&record)? + "\n")
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {RECORD}");
    Ok(())
}

/// The regions of an entry's programs on a board.
fn counted(board: &Board, cells: &[Cell], entry: &Entry) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for name in entry.programs() {
        let found = cells.iter().find(|cell| cell.board == *board && cell.program.name == name);
        let cell = found.with_context(|| format!("{name} on {}", board.core))?;
        all.extend(cell.regions.iter().map(|region| {
            json!({
                "region": region.name,
                "instructions": region.instructions,
                "stack_bytes": region.stack,
            })
        }));
    }
    Ok(all)
}

/// What an image with a module has more than one without, and than the module's tables, at each size.
fn code(board: &Board, entry: &Entry, empty: u64) -> Result<Vec<Value>> {
    let name = &entry.name;
    println!("{}: flash of exported {name}", board.core);
    let of_size = |(rows, columns): &(u64, u64)| {
        let whole = footprint::sized(board, &format!("exported_{name}"), (*rows, *columns))?;
        let tables = table_bytes(entry, (*rows, *columns));
        ensure!(whole > empty + tables, "{name} on {}: less than its tables", board.core);
        let bytes = whole - empty - tables;
        Ok(json!({ "rows": rows, "columns": columns, "bytes": bytes }))
    };
    SIZES.iter().map(of_size).collect()
}

/// The tables in the footprint's image, whose dictionary is its own weight and Ada-LISTA's weights
/// are one.
fn table_bytes(entry: &Entry, (m, n): (u64, u64)) -> u64 {
    // Of codes: scales for each 16 of a column, and a reference to both with the shape.
    let matrix = |rows: u64, columns: u64| match entry.weights {
        "f32" => 4 * rows * columns,
        _ => rows * columns + 4 * rows.div_ceil(16) * columns + 24,
    };
    let (kind, splines) = match entry.kind.strip_suffix("-spline") {
        // Room for 16 knots, values and slopes, and how many there are.
        Some(kind) => (kind, 16 * 4 * (3 * 16 + 1)),
        None => (entry.kind, 0),
    };
    let own = match kind {
        "coupled" => matrix(m, n) + 16 * 12,
        // The image has scales for the largest network.
        "hyper" => matrix(m, n) + 128 * 4,
        "lista" => matrix(n, m) + matrix(n, n) + 16 * 4,
        "ada-lista" => matrix(m, n) + matrix(m, m) + 16 * 8,
        _ => matrix(m, n) + 16 * 4,
    };
    // And a recorded run.
    own + splines + 4 * (m + n)
}
