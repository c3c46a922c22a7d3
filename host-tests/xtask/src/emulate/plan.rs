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
const KINDS: &[&str] = &["ista", "iht", "coupled", "hyper", "lista", "ada-lista", "tista"];

/// How matrices are stored, and the ending of a program's name.
const WEIGHTS: &[(&str, &str)] = &[("f32", ""), ("q8", "_q8")];

/// Programs that count the sizes for which another has no room.
const MORE: &[(&str, &str)] = &[
    ("plan_hyper_q8", "plan_hyper_q8_wide"),
    ("plan_lista", "plan_lista_wide"),
    ("plan_lista_q8", "plan_lista_q8_wide"),
];

/// Sizes at which code is measured.
const SIZES: &[(u64, u64)] = &[(16, 32), (27, 83), (64, 128)];

/// Where the program looks for it.
const RECORD: &str = "host-tests/src/plan/record.json";

/// By target and module.
type Codes = HashMap<(&'static str, String), Vec<Value>>;

/// Measures and writes the record.
pub(super) fn run() -> Result<()> {
    let choice = Choice { limit: 120, ..Choice::everything() };
    let (cells, failures) = counts::measure(&choice, &[Kind::Plan])?;
    // A record with holes would foretell nonsense.
    failures.finish()?;
    let mut cores = Map::new();
    let mut codes = Codes::new();
    for board in BOARDS {
        let empty = footprint::size(board, None)?;
        let mut kinds = Map::new();
        for kind in KINDS {
            let mut stored = Map::new();
            for (weights, ending) in WEIGHTS {
                let name = format!("{}{ending}", kind.replace('-', "_"));
                let counted = counted(board, &cells, &format!("plan_{name}"))?;
                // Once for boards that run the same image.
                let key = (board.target, name.clone());
                let code = match codes.get(&key) {
                    Some(code) => code.clone(),
                    None => code(board, (kind, *weights == "q8"), &name, empty)?,
                };
                codes.insert(key, code.clone());
                let value = json!({ "code": code, "counted": counted });
                stored.insert((*weights).to_owned(), value);
            }
            kinds.insert((*kind).to_owned(), Value::Object(stored));
        }
        cores.insert(board.core.to_owned(), json!({ "target": board.target, "kinds": kinds }));
    }
    let rustc = shell::read(std::process::Command::new("rustc").arg("--version"))?;
    let record = json!({
        "note": "written by `cargo xtask emulate plan`; executed instructions, not cycles",
        "rustc": rustc.trim(),
        "cores": cores,
    });
    let path = shell::root().join(RECORD);
    fs::write(&path, serde_json::to_string_pretty(&record)? + "\n")
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {RECORD}");
    Ok(())
}

/// The regions of a program on a board.
fn counted(board: &Board, cells: &[Cell], name: &str) -> Result<Vec<Value>> {
    let more = MORE.iter().filter(|(of, _)| *of == name).map(|(_, more)| *more);
    let mut all = Vec::new();
    for name in [name].into_iter().chain(more) {
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
fn code(board: &Board, kind: (&str, bool), name: &str, empty: u64) -> Result<Vec<Value>> {
    println!("{}: flash of exported {name}", board.core);
    let of_size = |(rows, columns): &(u64, u64)| {
        let whole = footprint::sized(board, &format!("exported_{name}"), (*rows, *columns))?;
        let tables = table_bytes(kind, (*rows, *columns));
        ensure!(whole > empty + tables, "{name} on {}: less than its tables", board.core);
        let bytes = whole - empty - tables;
        Ok(json!({ "rows": rows, "columns": columns, "bytes": bytes }))
    };
    SIZES.iter().map(of_size).collect()
}

/// The tables in the footprint's image, whose dictionary is its own weight and Ada-LISTA's weights
/// are one.
fn table_bytes((kind, is_q8): (&str, bool), (m, n): (u64, u64)) -> u64 {
    // Of codes: scales for each 16 of a column, and a reference to both with the shape.
    let matrix = |rows: u64, columns: u64| match is_q8 {
        false => 4 * rows * columns,
        true => rows * columns + 4 * rows.div_ceil(16) * columns + 24,
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
    own + 4 * (m + n)
}
